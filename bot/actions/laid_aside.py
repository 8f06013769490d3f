"""The form that waits in the slot `suspended`: laid aside for something else, or stopped by the rider ("算了").

One laid aside is offered again when what came between is done. One that was stopped is not pressed on anybody: it
only waits for "还是弄吧", with the values it had, and for no longer than `STOPPED_LIFE`. Several wait in a row: under
`before` lies the next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from bot.actions.base import Choice
from bot.actions.form_fields import SKIPPED, Values

if TYPE_CHECKING:
    from bot.actions.forms import TaskForm

MOST_KEPT = 6  # forms that wait
STOPPED_LIFE = timedelta(hours=2)
PARKED_LIFE = timedelta(days=3)  # of one that was put off ("明天再弄"), which the reply says
TAKE_UP: Choice = ("接着办", "/stop:resume")
AGAIN: Choice = ("重新填", "/inform:again")
_AGAIN = re.compile(
    r"(?:那|还是|我|要|想|就|不如|算了|全部|都)*[，,\s]*(?:从头(?:来|开始|再来|填|说|弄)|重新?(?:来|填|开始|弄|登记|报|说|写)|重来)"
    r"(?:一遍|一次|一个|过|吧|呗|了)*[。!！]?"
)

Getter = Callable[[str], Any]


def put_aside(form: type[TaskForm], get: Getter) -> dict[str, Any]:
    """What `suspended` keeps of a form that is left for something else. `get`: reads a slot."""
    values = {field.name: get(field.name) for field in form.all_fields()}
    kept = {name: value for name, value in values.items() if value is not None}
    return {"form": form.form, "topic": form.start_topic, "title": form.title, "values": kept}


def stopped(form: type[TaskForm], get: Getter, now: datetime, life: timedelta = STOPPED_LIFE) -> dict[str, Any] | None:
    """The same of a form that the rider stopped; None when nothing of worth was filled in."""
    kept = put_aside(form, get)
    return as_stopped(kept, now, life) if of_worth(form, kept["values"]) else None


def over(newer: dict[str, Any], before: Any) -> dict[str, Any]:
    """The newer one on top of those that wait already, which are there again when the newer is taken up."""
    rest = without(before, str(newer["form"]))
    own = {key: value for key, value in newer.items() if key != "before"}
    older = next((one for one in _all(before) if one["form"] == newer["form"]), None)
    if older and older.get("values") and not own.get("values"):
        own = older  # half filled in: worth more than one that was only named
    return {**own, "before": rest} if rest else own


def without(kept: Any, form: str) -> dict[str, Any] | None:
    """Those that wait, in their order, but this form."""
    return _row([one for one in _all(kept) if one["form"] != form])


def without_phones(kept: Any) -> dict[str, Any] | None:
    """Those that wait, without the phone numbers in them."""
    return _row(
        [
            {**one, "values": {k: v for k, v in (one.get("values") or {}).items() if not is_phone(k)}}
            for one in _all(kept)
        ]
    )


def moved_on(kept: Any, now: datetime, *, worth: bool) -> dict[str, Any] | None:
    """The first is not wanted now: the next that waits comes first. `worth`: the first can still be taken up."""
    first, *rest = _all(kept)
    return _row([*rest, as_stopped(first, now)] if worth else rest)


def still_waiting(kept: Any, now: datetime) -> dict[str, Any] | None:
    """Those whose time has not run out."""
    return _row([one for one in _all(kept) if not is_over(one, now)])


def _all(kept: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    while isinstance(kept, dict):
        found.append({key: value for key, value in kept.items() if key != "before"})
        kept = kept.get("before")
    return found


def _row(kept: list[dict[str, Any]]) -> dict[str, Any] | None:
    row: dict[str, Any] | None = None
    for one in reversed(kept[:MOST_KEPT]):
        row = {**one, "before": row} if row else one
    return row


def beneath(kept: Any) -> Any:
    return kept.get("before") if isinstance(kept, dict) else None


def as_stopped(kept: dict[str, Any], now: datetime, life: timedelta = STOPPED_LIFE) -> dict[str, Any]:
    return {**kept, "until": (now + life).isoformat()}


def of_worth(form: type[TaskForm], values: Values) -> bool:
    """A value that is read back, and more than a phone, which may be one that was remembered."""
    return any(
        field.label and not is_phone(field.name) and values.get(field.name) not in (None, SKIPPED)
        for field in form.all_fields()
    )


def is_phone(name: str) -> bool:
    return name.endswith("phone")


def is_stopped(kept: Any) -> bool:
    return isinstance(kept, dict) and bool(kept.get("until"))


def is_over(kept: Any, now: datetime) -> bool:
    """A stopped form whose time has run out: it may not come back."""
    return is_stopped(kept) and datetime.fromisoformat(str(kept["until"])) < now


def waiting(kept: Any) -> dict[str, Any] | None:
    """The form laid aside that is to be offered again; None for one that the rider stopped."""
    return kept if isinstance(kept, dict) and not is_stopped(kept) else None


def wants_again(text: str, do: str | None) -> bool:
    """ "重新填", "从头来": all values of the running form are to go."""
    return do == "again" or bool(_AGAIN.fullmatch(text.strip()))


def goes_on(form: type[TaskForm], kept: Values, told: Values) -> bool:
    """Whether a form begun anew is about the same as the stopped one: nothing told now says otherwise."""
    labels = [field.name for field in form.all_fields() if field.label and not is_phone(field.name)]
    return not any(
        told.get(name) is not None and kept.get(name) not in (None, SKIPPED) and told[name] != kept[name]
        for name in labels
    )
