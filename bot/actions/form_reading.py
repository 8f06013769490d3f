"""How the fields of a form are found in a message: all it holds, and which value a correction is about."""

from __future__ import annotations

from dataclasses import replace

from bot.actions.base import Heard
from bot.actions.form_fields import SKIPPED, Field, Refused, Values
from bot.actions.wording import CORRECTION


def read_fields(
    heard: Heard, fields: list[Field], asked: Field | None, values: Values
) -> tuple[Values, str | None, bool]:
    """Every field the message holds. A value already there is replaced only by a correction or a new answer.

    Returns (new values, why one was refused, whether a value that is there already was said again).
    """
    found: Values = {}
    exact = 0  # values of a closed kind, also those that were there already
    refusal = None
    correcting = bool(CORRECTION.search(heard.text))
    for field in fields:
        is_asked = asked is not None and field.name == asked.name
        reader = (field.read_answer or field.read) if is_asked else field.read
        has = values.get(field.name) not in (None, SKIPPED)
        held = field.free_text and not is_asked and asked is not None and not correcting and has
        if held and field.read(heard) != heard.text.strip():
            continue  # but a message that is nothing else than another such value takes its place
        try:
            value = reader(heard)
        except Refused as why:
            refusal = str(why)
            continue
        if value is not None:
            exact += not field.free_text
            if value != values.get(field.name):
                found[field.name] = value
    # the whole sentence is not the answer when it was read as something more exact
    whole = asked is not None and asked.free_text and found.get(asked.name) == heard.text.strip()
    if (
        asked is not None
        and whole
        and (len(found) > 1 or exact)
        and not values.get(asked.name)
        and not asked.read(heard)
    ):
        del found[asked.name]
    return found, refusal, bool(exact) and not found


def held_corrected(heard: Heard, fields: list[Field], values: Values) -> Values:
    """ "36了 说错了" when something else is asked: the one value held that it can be another value of."""
    read: Values = {}
    for field in fields:
        if field.free_text or not field.label or values.get(field.name) in (None, SKIPPED):
            continue
        try:
            value = (field.read_answer or field.read)(heard)
        except Refused:
            continue
        if value is not None and value != values[field.name]:
            read[field.name] = value
    return read if len(read) == 1 else {}


def holding(wrong: str, heard: Heard, fields: list[Field], values: Values) -> Field | None:
    """The field whose value is what the rider says is wrong."""
    held = [f for f in fields if f.label and values.get(f.name) not in (None, SKIPPED)]
    said = replace(heard, text=wrong, entities=[])
    for field in held:
        shown = field.show(values[field.name])
        if wrong == shown:
            return field
        try:
            if (field.read_answer or field.read)(said) == values[field.name]:
                return field
        except Refused:
            continue
    near = [f for f in held if wrong in f.show(values[f.name])]
    return min(near, key=lambda f: len(f.show(values[f.name])), default=None)


def holds_strictly(field: Field, heard: Heard) -> bool:
    """Whether the message holds a value of the field whatever was asked."""
    try:
        return field.read(heard) is not None
    except Refused:
        return False


def corrects(heard: Heard) -> bool:
    return not heard.text.startswith("/") and bool(CORRECTION.search(heard.text))
