"""A drink machine out of order in chat: which one, what is wrong with it, and the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.last_search import ORDINALS, Query
from bot.actions.places import place_in
from bot.geo.distance import distance_zh, haversine_m
from bot.knowledge.topics import payload
from bot.services.drinks import MachineInfo
from bot.services.errors import AlreadyExists, NotFound
from bot.services.reference import OutsideKunshan, PlaceUnknown, from_gcj02, point_of

FAULT_NAMES = {"empty": "空了没水", "broken": "坏了不出水", "dirty": "脏了有异味", "other": "别的毛病"}
_FAULTY = r".{0,10}(?:坏|没水|没货|空|没人加|不出|没出|故障|脏|漏|停了|用不了|不能用|没电|卡住|不制冷|不热|臭|报修)"
MACHINE_BROKEN = r"机(?:器|子)?" + _FAULTY
DRINK_MACHINE_BROKEN = r"(?:饮品|饮料|冷饮|热饮|茶饮)机" + _FAULTY
NEAR_METRES = 1500
"""Of a machine out of order: farther from the place that was named, it is hardly the one that is meant."""
_EMPTY = re.compile(r"空|没水|没货|没有水|没人加|喝完|没有了|缺水|断货")
_BROKEN = re.compile(r"坏|不出|故障|用不了|不能用|没电|停|卡|漏|不制冷|不热")
_DIRTY = re.compile(r"脏|臭|味|霉|虫|不干净|不卫生")


def read_fault(heard: Heard) -> str | None:
    """empty, broken, dirty; by button or by words."""
    if heard.do in FAULT_NAMES:
        return heard.do
    for fault, words in (("empty", _EMPTY), ("dirty", _DIRTY), ("broken", _BROKEN)):
        if words.search(heard.text):
            return fault
    return None


def _read_machine(heard: Heard) -> int | str | None:
    """One of the offered machines (its place in the list), or the words that name one."""
    if heard.do in ORDINALS:
        return ORDINALS.index(str(heard.do))
    if readers.CORRECTING.search(heard.text) and place_in(heard.text):
        return heard.text.strip()[:40]
    return None


def _read_machine_asked(heard: Heard) -> int | str | None:
    if heard.location:
        return heard.location[2] or "发来的位置"
    found = re.search(r"第?\s*([一二三四1234])\s*(?:个|台|号)?$", heard.text.strip())
    if found:
        return "一二三四".find(found[1]) if found[1] in "一二三四" else int(found[1]) - 1
    chosen = _read_machine(heard)
    if chosen is not None or heard.text.startswith("/"):
        return chosen
    return heard.text.strip()[:40] or None


def _ask_machine(values: Values) -> Question:
    offers = values.get("machine_offers") or []
    choices = tuple((str(one[1]), f"/inform:{ORDINALS[n]}") for n, one in enumerate(offers[:4]))
    metres = [one[2] for one in offers if len(one) > 2]
    if metres and min(metres) > NEAR_METRES:
        return Question(
            f"您说的地方附近没查到登记的饮品机，最近的也有{distance_zh(min(metres))}。是下面哪一台？"
            "都不是，就可能不归这个项目管，先找放机器的那家店。",
            (*choices, ("都不是", "/stop")),
        )
    if choices:
        return Question("是哪一台？点一个，或者说在哪条路、哪个驿站。", choices)
    return Question("是哪一台？说在哪条路、哪个驿站，或者发个定位。")


def _offered(machines: Sequence[MachineInfo], heard: Heard) -> list[list[Any]]:
    """[code, name] of machines to choose from, with the metres from the place that was named, if one was."""
    match = place_in(heard.text)
    try:
        point = point_of(match.place) if match and match.place else None
    except PlaceUnknown:
        point = None
    offers: list[list[Any]] = []
    for one in machines[:4]:
        far = (
            [round(haversine_m(*point, one.lng, one.lat))]
            if point and one.located and one.lng is not None and one.lat is not None
            else []
        )
        offers.append([one.code, one.station_name or one.name, *far])
    return offers


class MachineForm(TaskForm):
    form: ClassVar[str] = "machine_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("find_drinks", "broken"), ("drinks/program", "broken")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("find_drinks", MACHINE_BROKEN),
        ("drinks/program", MACHINE_BROKEN),
        ("leave_suggestion", DRINK_MACHINE_BROKEN),
    )
    topics: ClassVar[frozenset[str]] = frozenset(
        {"find_drinks", "drinks/program", "leave_suggestion", "station/demo_sites"}
    )
    calm: ClassVar[str] = (
        r"(?:它|机器|饮品机|水)?(?:不出水|没水了?|出不来水?|水?都?出不来|不出(?:热|冷)水|没电了?|断电了?|断了|漏水了?|倒了|不动了?|不亮了?|没了)"
    )
    title: ClassVar[str] = "饮品机报修"
    confirm_title: ClassVar[str] = "这样报上去："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        def hidden(name: str) -> Field:
            return Field(name, "", lambda v: Question(""), lambda h: None, needed=lambda v: False)

        return (
            Field("machine_choice", "", _ask_machine, _read_machine, _read_machine_asked, free_text=True),
            Field(
                "machine_fault",
                "毛病",
                lambda v: Question("什么毛病？", tuple((name, f"/inform:{key}") for key, name in FAULT_NAMES.items())),
                read_fault,
                lambda h: read_fault(h) or ("other" if readers.ANYTHING_ELSE.search(h.text) else None),
                show=lambda key: FAULT_NAMES.get(str(key), str(key)),
            ),
            Field(
                "machine_name",
                "机器",
                lambda v: Question(""),
                lambda h: None,
                needed=lambda v: bool(v.get("machine_name")),
            ),
            Field("machine_image", "", lambda v: Question(""), lambda h: h.image_url, needed=lambda v: False),
            *(hidden(name) for name in ("machine_code", "machine_offers", "machine_text")),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        text = "" if heard.text.startswith("/") or heard.do else heard.text[:500]
        offers = await self._offers(heard)
        last = Query.last(tracker)
        if not offers and last and last.topic == "find_drinks" and last.items:
            offers = [await self.services.drinks.get(code) for code in last.items]
        if not offers and last and last.where:
            offers = list(await self.services.drinks.by_distance(last.where.point))
        one = offers[0] if len(offers) == 1 else None
        if last and last.topic == "find_drinks" and last.looked_at:
            one = next((machine for machine in offers if machine.code == last.looked_at), one)
        return {
            "machine_text": text or None,
            "machine_offers": _offered(offers, heard) or None,
            "machine_choice": offers.index(one) if one else None,
            "machine_code": one.code if one else None,
            "machine_name": (one.station_name or one.name) if one else None,
        }

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        """A choice becomes a machine; words that name several become new offers."""
        choice = changed.get("machine_choice")
        if choice is None:
            return {}
        offers = values.get("machine_offers") or []
        if isinstance(choice, int):
            if 0 <= choice < len(offers):
                return {"machine_code": offers[choice][0], "machine_name": offers[choice][1]}
            say(dispatcher, "没对上是哪台。")
            return {"machine_choice": None}
        found = await self._offers(heard)
        if len(found) == 1:
            return {"machine_code": found[0].code, "machine_name": found[0].station_name or found[0].name}
        if not found:
            say(dispatcher, "没对上是哪台。")
            return {"machine_choice": None}
        return {
            "machine_choice": None,
            "machine_offers": _offered(found, heard),
        }

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        missed = "machine_choice" in changed and changed["machine_choice"] is None
        return "" if missed else super()._noted(fields, before, changed)

    async def _offers(self, heard: Heard) -> list[MachineInfo]:
        """The machines that a message names or is near to."""
        drinks = self.services.drinks
        try:
            match = place_in(heard.text)
            if match and match.place:
                named = await drinks.named(match.place.name)
                return list(named) or list(await drinks.by_distance(point_of(match.place)))
            if heard.location:
                lat, lng, _ = heard.location
                return list(await drinks.by_distance(from_gcj02(lng, lat)))
        except (OutsideKunshan, PlaceUnknown):
            return []
        return list(await drinks.named(re.sub(r"的?(?:饮品|饮料)?机.*|那[台个]?|驿站.*", "", heard.text.strip())))


class ActionSubmitMachine(BotAction):
    action_name = "action_submit_machine"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        names = [field.name for field in MachineForm.all_fields()]
        events = clear(*names, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        person = await self.person_id(tracker)
        choices: list[Choice] = [payload("find_drinks"), ("看我报的", "/leave_suggestion:mine")]
        try:
            row = await self.services.drinks.report_fault(
                person_id=person,
                machine_code=str(tracker.get_slot("machine_code")),
                fault=str(tracker.get_slot("machine_fault") or "other"),
                text=str(tracker.get_slot("machine_text") or ""),
                image_url=tracker.get_slot("machine_image"),
                key=heard.key,
            )
        except AlreadyExists as earlier:
            say(dispatcher, f"这台您报过了，编号 {earlier.existing.number}，还在处理，不用再报。", choices)
            return events
        except NotFound:
            say(dispatcher, "这台机器已经撤了，不用报了。换一台看看。", [payload("find_drinks")])
            return events
        say(
            dispatcher,
            f"报上去了，编号 {row.number}。多久修好没有公布，急着喝水先找个驿站。有结果我告诉您。",
            choices,
        )
        return events
