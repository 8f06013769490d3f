"""The last search of a conversation, so that the next message can point at it: "第二个怎么走", "还有别的吗".

It is kept in the slot `last_query`: {topic, action, where, wanted, skip, items, focus, turn}.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from bot.actions.base import Event, Heard
from bot.geo.datum import Point

ORDINALS = ("first", "second", "third", "fourth", "fifth")
MORE = "more"
USUAL = "usual"  # the place where the person was last, kept with consent
QUERY_LIFE = 8  # user turns for which a search may be gone on with


@dataclass(frozen=True)
class Where:
    """From where to measure: WGS-84 point and what to call it; `district` when only its places count."""

    lng: float
    lat: float
    label: str
    district: str | None = None
    here: bool = False

    @property
    def point(self) -> Point:
        return self.lng, self.lat

    @property
    def near(self) -> str:
        """ "花桥镇", "昆山南站附近", "您附近"."""
        if self.here:
            return "您附近"
        return self.label if self.district else f"{self.label}附近"


@dataclass(frozen=True)
class Query:
    """A search of this conversation, as kept in `last_query`."""

    topic: str
    action: str
    where: Where | None
    wanted: dict[str, Any] = field(default_factory=dict)
    skip: int = 0
    items: tuple[str, ...] = ()
    focus: int = 0
    """Which of the items was looked at last (1 the first): what "能导航吗" and "那个" mean; 0 for none."""
    turn: int = 0

    @property
    def looked_at(self) -> str | None:
        """The code of the place in focus."""
        return self.items[self.focus - 1] if 1 <= self.focus <= len(self.items) else None

    @classmethod
    def last(cls, tracker: Tracker) -> Query | None:
        """The last search, if it is not too long ago."""
        kept = tracker.get_slot("last_query")
        if not isinstance(kept, dict) or _turn(tracker) - int(kept.get("turn") or 0) > QUERY_LIFE:
            return None
        where = kept.get("where")
        return cls(
            topic=str(kept.get("topic")),
            action=str(kept.get("action")),
            where=Where(**where) if where else None,
            wanted=dict(kept.get("wanted") or {}),
            skip=int(kept.get("skip") or 0),
            items=tuple(kept.get("items") or ()),
            focus=int(kept.get("focus") or 0),
            turn=int(kept.get("turn") or 0),
        )

    def kept(self, tracker: Tracker) -> Event:
        """The event that remembers this search."""
        event: Event = SlotSet("last_query", asdict(self) | {"turn": _turn(tracker), "items": list(self.items)})
        return event


@dataclass(frozen=True)
class Follow:
    """What a message says about the last list: `nth` (1 the first, -1 the last), `more`, `back` to the page before,
    `narrow` it, or ask for the `hours` of what it shows.
    """

    nth: int | None = None
    more: bool = False
    back: bool = False
    narrow: bool = False
    hours: bool = False

    @classmethod
    def of(cls, heard: Heard) -> Follow:
        said = heard.metadata.get("follow") or {}
        if heard.do in ORDINALS:
            return cls(nth=ORDINALS.index(str(heard.do)) + 1)
        if heard.do == MORE:
            return cls(more=True)
        narrow = bool(said.get("filter")) or heard.do not in (None, USUAL)
        return cls(said.get("nth"), bool(said.get("more")), bool(said.get("back")), narrow, bool(said.get("hours")))


def _turn(tracker: Tracker) -> int:
    return int(tracker.get_slot("turn_count") or 0)
