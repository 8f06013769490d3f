"""What rows of reference data have in common: a code, and where they come from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.storage.base import AwareDateTime, Base

DEMO_PREFIX = "demo"


class Sourced:
    """Mixin of imported tables: where a row comes from."""

    provenance: Mapped[str] = mapped_column(Text, default="")

    @property
    def demo(self) -> bool:
        """A synthetic row: whoever shows it says so."""
        return self.provenance.startswith(DEMO_PREFIX)


class ReferenceRow(Sourced):
    """Mixin of reference tables: surrogate key, the operator's own code, provenance."""

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(32), unique=True)


class DataVersion(Base):
    """One counter for each kind of data that is held in memory; whoever changes rows adds one to it."""

    __tablename__ = "data_versions"

    kind: Mapped[str] = mapped_column(String(40), primary_key=True)
    version: Mapped[int] = mapped_column(Integer, default=1)
    changed_at: Mapped[datetime] = mapped_column(AwareDateTime)
