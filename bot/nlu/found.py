"""An entity found in a message, and what to do when two claim the same stretch of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

# Who wins where two overlap, best first: what is written by rule beats what may mean many things.
_STANDING = (
    "ticket_no",
    "booking_no",
    "phone",
    "employer",
    "time",
    "amount",
    "dispute_type",
    "channel",
    "degree",
    "place",
    "service",
)
# A sum inside the words of a dispute (扣了两千多) is a mention of its own.
_MAY_NEST = frozenset(
    {
        ("amount", "dispute_type"),
        ("time", "dispute_type"),
        ("employer", "dispute_type"),
        ("place", "dispute_type"),
    }
)


@dataclass(frozen=True, slots=True)
class Found:
    """`surface == text[start:end]` of the message as typed; `value` as the taxonomy normalises it."""

    entity: str
    start: int
    end: int
    surface: str
    value: Any
    extractor: str
    confidence: float = 1.0

    def as_entity(self) -> dict[str, Any]:
        """In Rasa's form."""
        return {
            "entity": self.entity,
            "start": self.start,
            "end": self.end,
            "value": self.value,
            "surface": self.surface,
            "confidence": self.confidence,
            "extractor": self.extractor,
        }


def resolve(found: Iterable[Found]) -> list[Found]:
    """In reading order, without overlaps: a longer one beats one inside it, else the better standing wins."""
    kept: list[Found] = []
    order = sorted(
        found, key=lambda item: (-_standing_group(item), item.start - item.end, _STANDING.index(item.entity))
    )
    for item in order:
        if not any(_clash(item, other) for other in kept):
            kept.append(item)
    return sorted(kept, key=lambda item: (item.start, -item.end))


def _standing_group(item: Found) -> int:
    return 1 if item.entity in ("ticket_no", "booking_no", "phone") else 0


def _clash(item: Found, other: Found) -> bool:
    if item.end <= other.start or other.end <= item.start:
        return False
    return (item.entity, other.entity) not in _MAY_NEST and (other.entity, item.entity) not in _MAY_NEST
