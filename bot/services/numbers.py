"""Reference numbers that are shown to people: dated, and with a random part nobody can count up."""

from __future__ import annotations

import secrets
from datetime import date


def reference_number(prefix: str, day: date) -> str:
    """"LD20261124-483920": LD dispute ticket, YY hospital booking, JY suggestion, BM sign-up or request.

    Unique by the table's constraint: the caller tries again on a collision. A number alone opens nothing;
    it is always looked up together with its owner.
    """
    return f"{prefix}{day:%Y%m%d}-{secrets.randbelow(900_000) + 100_000}"
