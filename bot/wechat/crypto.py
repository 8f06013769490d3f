"""Signatures and message encryption of the Official Account server interface.

Source: developers.weixin.qq.com, "接入概述" (signature) and "消息加解密说明" (AES).
signature     = sha1 of the sorted concatenation of token, timestamp, nonce
msg_signature = the same with the Encrypt text as a fourth part
AES-256-CBC, key = base64(EncodingAESKey + "="), IV = key[:16], PKCS7 padding to blocks of **32** bytes,
plaintext = 16 random bytes + 4-byte big-endian length + message + app id.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import secrets
import struct
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
_RANDOM = 16
_HEADER = _RANDOM + 4
_AES_KEY = re.compile(r"[A-Za-z0-9+/]{43}")


class CryptoError(Exception):
    """The ciphertext is not ours. `reason` is a short code for the log; it holds nothing of the message."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def sign(*parts: str) -> str:
    """Hex sha1 of the parts, sorted and joined (what the platform calls 字典序)."""
    joined = "".join(sorted(parts)).encode("utf-8", "replace")
    return hashlib.sha1(joined, usedforsecurity=False).hexdigest()


def same(expected: str, given: str) -> bool:
    """Compare in constant time. As bytes: `hmac.compare_digest` raises on a str that is not ASCII."""
    return hmac.compare_digest(expected.encode("utf-8", "replace"), given.encode("utf-8", "replace"))


def decode_key(encoding_aes_key: str) -> bytes:
    """The 32 key bytes of an EncodingAESKey. ValueError unless it has its 43 characters."""
    if not _AES_KEY.fullmatch(encoding_aes_key):
        raise ValueError("EncodingAESKey must be 43 characters, as shown in the platform's console")
    return base64.b64decode(encoding_aes_key + "=")


@dataclass(frozen=True)
class Opened:
    """A decrypted message and the number of the key that opened it (0 current, 1 previous)."""

    text: str
    key: int


class MessageCipher:
    """Encrypts and decrypts for one app id, with the current key and, during a rotation, the previous one."""

    def __init__(self, app_id: str, key: str, previous_key: str | None = None) -> None:
        self._app_id = app_id.encode()
        self._keys = [decode_key(k) for k in (key, previous_key) if k]

    def decrypt(self, encrypted: str) -> Opened:
        """Open a base64 Encrypt text. CryptoError when no key opens it or it is for another account."""
        data = _decode(encrypted)
        failure = CryptoError("no key")
        for number, key in enumerate(self._keys):
            try:
                return Opened(self._open(key, data), number)
            except CryptoError as error:
                # the app id is read after the padding and the length held: that key was the right one
                if failure.reason != "app id":
                    failure = error
        raise failure

    def encrypt(self, text: str, *, key: int = 0, salt: bytes | None = None) -> str:
        """The base64 Encrypt text. `salt` (16 bytes) is given by tests only."""
        random = secrets.token_bytes(_RANDOM) if salt is None else salt
        message = text.encode()
        plain = random + struct.pack(">I", len(message)) + message + self._app_id
        pad = BLOCK - len(plain) % BLOCK
        secret = self._keys[key]
        encryptor = Cipher(algorithms.AES(secret), modes.CBC(secret[:16])).encryptor()
        sealed = encryptor.update(plain + bytes([pad]) * pad) + encryptor.finalize()
        return base64.b64encode(sealed).decode()

    def _open(self, key: bytes, data: bytes) -> str:
        decryptor = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
        plain = decryptor.update(data) + decryptor.finalize()
        pad = plain[-1]
        if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
            raise CryptoError("padding")
        body = plain[:-pad]
        if len(body) < _HEADER:
            raise CryptoError("length")
        (length,) = struct.unpack(">I", body[_RANDOM:_HEADER])
        end = _HEADER + length
        if end > len(body):
            raise CryptoError("length")
        if not hmac.compare_digest(body[end:], self._app_id):
            raise CryptoError("app id")
        try:
            return body[_HEADER:end].decode()
        except UnicodeDecodeError as error:
            raise CryptoError("utf-8") from error


def _decode(encrypted: str) -> bytes:
    try:
        data = base64.b64decode(encrypted, validate=True)
    except (binascii.Error, ValueError) as error:
        raise CryptoError("base64") from error
    if not data or len(data) % 16:
        raise CryptoError("block size")
    return data


def seal(cipher: MessageCipher, token: str, text: str, *, timestamp: str, nonce: str, key: int = 0) -> str:
    """The XML envelope of an encrypted reply."""
    encrypted = cipher.encrypt(text, key=key)
    signature = sign(token, timestamp, nonce, encrypted)
    return (
        f"<xml><Encrypt><![CDATA[{encrypted}]]></Encrypt>"
        f"<MsgSignature><![CDATA[{signature}]]></MsgSignature>"
        f"<TimeStamp>{timestamp}</TimeStamp>"
        f"<Nonce><![CDATA[{nonce}]]></Nonce></xml>"
    )
