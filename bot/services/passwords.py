"""Passwords of staff: what makes a good one, made up ones, hashing beside the loop."""

from __future__ import annotations

import asyncio
import secrets
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.services.errors import Invalid

PASSWORD_MIN, PASSWORD_MAX = 10, 128

_hasher = PasswordHasher()
_threads = ThreadPoolExecutor(2, "passwords")  # no more at once: a hash takes 64 MB


def new_password() -> str:
    """14 characters without those that look alike: about 80 bits."""
    return "".join(secrets.choice("abcdefghjkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789") for _ in range(14))


def check_password(password: str, name: str) -> None:
    """Length over composition rules (NIST SP 800-63B); Invalid says what is wrong."""
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        raise Invalid("password", f"密码要 {PASSWORD_MIN} 到 {PASSWORD_MAX} 个字")
    if len(set(password)) < 5 or name.lower() in password.lower():
        raise Invalid("password", "密码太好猜：不要重复同几个字，也不要含账号名")


@cache
def _stranger() -> str:
    """A hash to verify against when there is no such account, so that it takes as long."""
    return _hasher.hash(secrets.token_urlsafe(16))


async def hashed_password(password: str) -> str:
    return await asyncio.get_running_loop().run_in_executor(_threads, _hasher.hash, password)


async def matches(password_hash: str | None, password: str) -> bool:
    """Whether it is the password; takes as long when there is none (`password_hash` None)."""

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash or _stranger(), password[:PASSWORD_MAX])
        except VerificationError:
            return False

    return await asyncio.get_running_loop().run_in_executor(_threads, verify) and password_hash is not None
