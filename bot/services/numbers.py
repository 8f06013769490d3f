"""Reference numbers that are shown to people: dated, and with a random part nobody can count up."""

from __future__ import annotations

import secrets
from datetime import date

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute


def reference_number(prefix: str, day: date) -> str:
    """"LD20261124-483920": LD dispute ticket, YY hospital booking, JY suggestion, BM sign-up or request.

    Unique by the table's constraint: the caller tries again on a collision. A number alone opens nothing;
    it is always looked up together with its owner.
    """
    return f"{prefix}{day:%Y%m%d}-{secrets.randbelow(900_000) + 100_000}"


async def unused_number(session: AsyncSession, prefix: str, day: date, column: InstrumentedAttribute[str]) -> str:
    """A reference number that `column` does not hold yet (as this transaction sees it)."""
    while True:
        number = reference_number(prefix, day)
        if await session.scalar(select(column).where(column == number)) is None:
            return number
