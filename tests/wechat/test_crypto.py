"""Signatures and encryption: the platform's published vectors, wechatpy as a second opinion, broken input."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

from bot.wechat.crypto import CryptoError, MessageCipher, decode_key, same, seal, sign
from bot.wechat.xml import read_fields

TOKEN = "AAAAA"
KEY = "A" * 43
OTHER_KEY = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
APP_ID = "wxba5fad812f8e6fb9"
# the example of "消息加解密说明"
ENCRYPTED = (
    "+qdx1OKCy+5JPCBFWw70tm0fJGb2Jmeia4FCB7kao+/Q5c/ohsOzQHi8khUOb05JCpj0JB4RvQMkUyus8TPxLKJGQqcvZqzDpVzazhZv6JsX"
    "UnnR8XGT740XgXZUXQ7vJVnAG+tE8NUd4yFyjPy7GgiaviNrlCTj+l5kdfMuFUPpRSrfMZuMcp3Fn2Pede2IuQrKEYwKSqFIZoNqJ4M8EajA"
    "sjLY2km32IIjdf8YL/P50F7mStwntrA2cPDrM1kb6mOcfBgRtWygb3VIYnSeOBrebufAlr7F9mFUPAJGj04="
)


@pytest.mark.parametrize(
    ("timestamp", "nonce", "expected"),
    [
        ("1714036504", "1514711492", "f464b24fc39322e44b38aa78f5edd27bd1441696"),  # URL check
        ("1714037059", "486452656", "899cf89e464efb63f54ddac96b0a0a235f53aa78"),  # plain mode
        ("1714112445", "415670741", "6c5c811b55cc85e0e1b54100749188c20beb3f5d"),  # safe mode, URL part
    ],
)
def test_published_signatures(timestamp: str, nonce: str, expected: str) -> None:
    assert sign(TOKEN, timestamp, nonce) == expected
    check_signature(TOKEN, expected, timestamp, nonce)  # wechatpy raises when it disagrees


def test_published_safe_mode_message() -> None:
    expected = "046e02f8204d34f8ba5fa3b1db94908f3df2e9b3"
    assert sign(TOKEN, "1714112445", "415670741", ENCRYPTED) == expected
    opened = MessageCipher(APP_ID, KEY).decrypt(ENCRYPTED)
    assert json.loads(opened.text)["Event"] == "debug_demo"
    assert opened.key == 0


def test_published_safe_mode_reply() -> None:
    sealed = MessageCipher(APP_ID, KEY).encrypt('{"demo_resp":"good luck"}', salt=b"707722b803182950")
    expected = "ELGduP2YcVatjqIS+eZbp80MNLoAUWvzzyJxgGzxZO/5sAvd070Bs6qrLARC9nVHm48Y4hyRbtzve1L32tmxSQ=="
    assert sealed == expected
    assert sign(TOKEN, "1713424427", "415670741", sealed) == "1b9339964ed2e271e7c7b6ff2b0ef902fc94dea1"


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_round_trip_of_any_text(text: str) -> None:
    cipher = MessageCipher(APP_ID, OTHER_KEY)
    assert cipher.decrypt(cipher.encrypt(text)).text == text


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_wechatpy_reads_our_replies(text: str) -> None:
    envelope = seal(MessageCipher(APP_ID, OTHER_KEY), TOKEN, text, timestamp="1714112445", nonce="n1")
    fields = read_fields(envelope)
    oracle = WeChatCrypto(TOKEN, OTHER_KEY, APP_ID)
    opened = oracle.decrypt_message(envelope, fields["MsgSignature"], "1714112445", "n1")
    assert opened == text


def test_we_read_what_wechatpy_encrypts() -> None:
    oracle = WeChatCrypto(TOKEN, OTHER_KEY, APP_ID)
    envelope = oracle.encrypt_message("<xml>花桥附近哪里能充电</xml>", "n2", "1714112445")
    fields = read_fields(envelope)
    assert same(sign(TOKEN, "1714112445", "n2", fields["Encrypt"]), fields["MsgSignature"])
    assert MessageCipher(APP_ID, OTHER_KEY).decrypt(fields["Encrypt"]).text == "<xml>花桥附近哪里能充电</xml>"


def test_wechatpy_refuses_a_changed_envelope() -> None:
    envelope = seal(MessageCipher(APP_ID, OTHER_KEY), TOKEN, "好", timestamp="1714112445", nonce="n1")
    with pytest.raises(InvalidSignatureException):
        WeChatCrypto(TOKEN, OTHER_KEY, APP_ID).decrypt_message(envelope, "0" * 40, "1714112445", "n1")


def test_previous_key_still_opens_during_a_rotation() -> None:
    old, rotated = MessageCipher(APP_ID, KEY), MessageCipher(APP_ID, OTHER_KEY, KEY)
    assert rotated.decrypt(old.encrypt("旧")).key == 1
    assert rotated.decrypt(rotated.encrypt("新")).key == 0
    assert old.decrypt(rotated.encrypt("用旧钥匙回", key=1)).text == "用旧钥匙回"


@pytest.mark.parametrize(
    ("encrypted", "reason"),
    [
        ("", "block size"),
        ("不是base64", "base64"),
        ("AAAA", "block size"),
        (base64.b64encode(bytes(31)).decode(), "block size"),
        (base64.b64encode(bytes(64)).decode(), "padding"),
        (ENCRYPTED[:-4], "block size"),
        (ENCRYPTED[:64], "padding"),
        ("=" * 64, "base64"),
    ],
)
def test_broken_ciphertext_is_an_error_with_a_reason(encrypted: str, reason: str) -> None:
    with pytest.raises(CryptoError) as caught:
        MessageCipher(APP_ID, KEY).decrypt(encrypted)
    assert caught.value.reason == reason


@given(st.binary(min_size=16, max_size=400))
def test_noise_never_opens_and_never_crashes(data: bytes) -> None:
    blocks = data[: len(data) // 16 * 16]
    with pytest.raises(CryptoError):
        MessageCipher(APP_ID, KEY, OTHER_KEY).decrypt(base64.b64encode(blocks).decode())


def test_message_for_another_account_is_refused() -> None:
    foreign = MessageCipher("wx0000000000000000", KEY).encrypt("hi")
    with pytest.raises(CryptoError, match="app id"):
        MessageCipher(APP_ID, KEY).decrypt(foreign)
    with pytest.raises(CryptoError, match="app id"):
        MessageCipher(APP_ID, KEY, OTHER_KEY).decrypt(foreign)


def test_comparison_takes_any_text() -> None:
    assert same("abc", "abc")
    assert not same("abc", "签名")
    assert not same("abc", "\ud800")
    assert not same("abc", "")


@pytest.mark.parametrize("key", ["", "A" * 42, "A" * 44, "A" * 42 + "=", "A" * 42 + "中"])
def test_bad_aes_key_is_named(key: str) -> None:
    with pytest.raises(ValueError, match="43"):
        decode_key(key)
