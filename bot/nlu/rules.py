"""Entities that rules and lists can read: everything but employers, which have their own extractor."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from bot.geo.files import GAZETTEER_DIR, read_csv, split_list
from bot.geo.places import PlaceMatch, find_places
from bot.language import (
    find_channels,
    find_degrees,
    find_dispute_types,
    find_ids,
    find_money,
    find_phones,
    find_times,
    normalise,
)
from bot.nlu.found import Found
from bot.nlu.lexicon import Lexicon

_NAME = "RuleEntityExtractor"
_ID_ENTITIES = {"ticket": "ticket_no", "booking": "booking_no"}
_NOT_PLACES = frozenset({"programme_site", "metro_line", "city"})
# 歇脚点 is the station itself, 网络主播 a trade
_NO_SERVICE = re.compile("(?:歇脚|休息|落脚)[的滴那个]?(?:点|屋|站|房)|网络(?:主播|直播)")
_MOST_CHARACTERS = 2_000  # a longer text is a paste; its first part says enough and bounds the time


def find_entities(text: str, now: datetime) -> list[Found]:
    """All entities of a text, unresolved. `now`: aware, what 明天 is counted from. Never raises."""
    text = text[:_MOST_CHARACTERS]
    return [
        *_ids(text),
        *_phones(text),
        *_amounts(text),
        *_times(text, now),
        *_closed_lists(text),
        *_services(text),
        *_places(text),
    ]


def _found(entity: str, text: str, start: int, end: int, value: object) -> Found:
    return Found(entity, start, end, text[start:end], value, _NAME)


def _ids(text: str) -> Iterator[Found]:
    for number in find_ids(text):
        if number.kind in _ID_ENTITIES:
            yield _found(_ID_ENTITIES[number.kind], text, number.start, number.end, number.value)


def _phones(text: str) -> Iterator[Found]:
    for phone in find_phones(text):
        yield _found("phone", text, phone.start, phone.end, phone.number)


def _amounts(text: str) -> Iterator[Found]:
    for money in find_money(text):
        yuan = money.fen // 100 if money.fen % 100 == 0 else money.fen / 100
        yield _found("amount", text, money.start, money.end, yuan)


def _times(text: str, now: datetime) -> Iterator[Found]:
    for time in find_times(text, now):
        yield _found("time", text, time.start, time.end, time.iso())


def _closed_lists(text: str) -> Iterator[Found]:
    for entity, finder in (
        ("channel", find_channels),
        ("degree", find_degrees),
        ("dispute_type", find_dispute_types),
    ):
        for label in finder(text):
            yield _found(entity, text, label.start, label.end, label.value)


def _services(text: str) -> Iterator[Found]:
    folded = normalise(text)
    for start, end, code in _service_lexicon().find(folded.text):
        if _NO_SERVICE.match(folded.text, start):
            continue
        first, last = folded.span(start, end)
        yield _found("service", text, first, last, code)


def _places(text: str) -> Iterator[Found]:
    for match in find_places(text):
        if not all(place.kind in _NOT_PLACES for place in match.candidates):
            yield _found("place", text, match.start, match.end, _place_value(match))


def _place_value(match: PlaceMatch) -> str:
    """The place's name, or what was typed when several places have it: the bot then asks."""
    return match.place.name if match.place else match.surface


@lru_cache(maxsize=1)
def _service_lexicon() -> Lexicon[str]:
    surfaces: dict[str, str] = {}
    for row in read_csv(GAZETTEER_DIR / "services.csv"):
        for surface in (row["name"], *split_list(row["synonyms"]), *split_list(row["misspellings"])):
            surfaces[surface] = row["code"]
    return Lexicon(surfaces)
