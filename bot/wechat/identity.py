"""Names for people in logs: an openid is personal data and never appears there whole."""

from __future__ import annotations

import hashlib
import hmac

SENDER_PREFIX = "wx:"


def sender_of(openid: str) -> str:
    """The sender name the dialogue host knows this person by."""
    return SENDER_PREFIX + openid


def openid_of(sender: str) -> str | None:
    """The openid behind a sender name; None for people of other channels."""
    return sender[len(SENDER_PREFIX) :] if sender.startswith(SENDER_PREFIX) else None


def pseudonym(secret: str, openid: str) -> str:
    """A stable name for one person in logs, e.g. ``u-5f3a9c01d2``; not to be undone without the secret."""
    digest = hmac.new(secret.encode(), b"wechat-log:" + openid.encode("utf-8", "replace"), hashlib.sha256)
    return f"u-{digest.hexdigest()[:10]}"
