"""Reference numbers that are shown to people: dated, and with a random part nobody can count up."""

from __future__ import annotations

import secrets
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession


def reference_number(prefix: str, day: date) -> str:
    """ "LD20261124-483920": LD dispute ticket, YY hospital booking, JY suggestion, BM sign-up or request.

    A number alone opens nothing; it is always looked up together with its owner.
    """
    return f"{prefix}{day:%Y%m%d}-{secrets.randbelow(900_000) + 100_000}"


async def new_number(session: AsyncSession, prefix: str, day: date, model: Any) -> str:
    """A number that no row of `model` (column `number`) has; the unique constraint still has the last word."""
    while True:
        number = reference_number(prefix, day)
        if await session.scalar(select(model.id).where(model.number == number)) is None:
            return number
