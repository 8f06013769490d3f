"""Free drinks in chat: the nearest machine, the season, water in between, and a machine out of order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.finding import FindAction
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.last_search import MORE, ORDINALS, Query, Where
from bot.actions.opening import When, hours_answer
from bot.actions.places import DEMO_NOTE, address_line, address_zh, place_in, state_zh
from bot.actions.station import ActionFindStation
from bot.geo.distance import distance_zh, haversine_m
from bot.knowledge.topics import payload
from bot.services.drinks import FoundMachine, MachineInfo, MachinePage, seasonal_drink
from bot.services.errors import AlreadyExists, NotFound
from bot.services.reference import OutsideKunshan, PlaceUnknown, from_gcj02, point_of
from bot.services.stations import Wanted

DRINK_NAMES = {"cold": "冷饮", "hot": "热饮"}
FAULT_NAMES = {"empty": "空了没水", "broken": "坏了不出水", "dirty": "脏了有异味", "other": "别的毛病"}
_FAULTY = r".{0,10}(?:坏|没水|没货|空|没人加|不出|故障|脏|漏|停了|用不了|不能用|没电|卡住|不制冷|不热|臭|报修)"
MACHINE_BROKEN = r"机(?:器|子)?" + _FAULTY
DRINK_MACHINE_BROKEN = r"(?:饮品|饮料|冷饮|热饮|茶饮)机" + _FAULTY
MACHINES_SHOWN = 2
STATIONS_SHOWN = 2
NEAR_METRES = 1500
"""Of a machine out of order: farther from the place that was named, it is hardly the one that is meant."""
_COLD = re.compile(r"冷饮|冰|凉的|冷的|凉茶|酸梅汤|绿豆汤|降暑|解暑")
_HOT = re.compile(r"热饮|热茶|热水|热的|姜茶|暖的|烫")
_WATER = re.compile(r"[接打喝灌装倒讨]点?(?:口|杯)?(?:热|温|凉|开|冰)?水|[热开温凉]水|白开水|饮用水|水喝|渴")
_DRINK = re.compile(r"饮[品料]|[料品茶饮]机|机器|冷饮|热饮|茶|汤|姜|可乐|冰的")
_EMPTY = re.compile(r"空|没水|没货|没有水|没人加|喝完|没有了|缺水|断货")
_BROKEN = re.compile(r"坏|不出|故障|用不了|不能用|没电|停|卡|漏|不制冷|不热")
_DIRTY = re.compile(r"脏|臭|味|霉|虫|不干净|不卫生")


class ActionFindDrinks(FindAction):
    action_name = "action_find_drinks"
    topic = "find_drinks"
    per_page = MACHINES_SHOWN
    noun = "饮品机"

    def sought(self, wanted: dict[str, Any]) -> str:
        return "能喝水的地方" if wanted.get("water") else f"的{self.noun}"

    def read_wanted(self, heard: Heard, before: dict[str, Any]) -> dict[str, Any]:
        if _WATER.search(heard.text) and not _DRINK.search(heard.text):
            return {"water": "hot" if _HOT.search(heard.text) else "any"}
        if _HOT.search(heard.text):
            return before | {"drink": "hot"}
        return before | {"drink": "cold"} if _COLD.search(heard.text) else before

    async def _page(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        where: Where,
        wanted: dict[str, Any],
        skip: int,
    ) -> list[Event]:
        if not wanted.get("water"):
            return await super()._page(dispatcher, tracker, heard, where, wanted, skip)
        return await self._water_near(dispatcher, tracker, heard, where, hot=wanted["water"] == "hot")

    async def _water_near(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, where: Where, *, hot: bool
    ) -> list[Event]:
        """Water was asked for, not a machine: the stations that have it, all the year and mostly nearer."""
        stations = ActionFindStation(self.services)
        after = "登记的是有饮水，是不是热的没有登记，到了问一声。" if hot else ""
        machine = await self.services.drinks.nearest(where.point, limit=1)
        if machine.items:
            one = machine.items[0]
            season = "，夏令冬时才供应" if machine.season is None else ""
            after += f"免费饮品机最近的在{one.machine.station_name or one.machine.name}（{distance_zh(one.metres)}）{season}。"
            nearest = (await self.services.stations.search(where.point, Wanted(services=("water",)), limit=1)).items
            if machine.season and nearest and one.metres <= (nearest[0].metres or 0):
                return await super()._page(dispatcher, tracker, heard, where, {"drink": "hot"} if hot else {}, 0)
        wanted = {"services": ["water"]}
        items = await stations.page(
            dispatcher, heard, where, wanted, 0, after=after, also=[("看饮品机", "/find_drinks")]
        )
        query = Query(stations.topic, stations.action_name, where, wanted, items=tuple(items))
        return [query.kept(tracker), SlotSet("given_place", None)]

    async def opening(self, code: str, when: When | None, heard: Heard) -> tuple[str, str, bool] | None:
        try:
            machine = await self.services.drinks.get(code)
        except NotFound:
            return None
        return machine.station_name or machine.name, hours_answer(machine.hours, when, heard), machine.demo

    async def page(
        self, dispatcher: CollectingDispatcher, heard: Heard, where: Where, wanted: dict[str, Any], skip: int
    ) -> Sequence[str]:
        drink = wanted.get("drink")
        page = await self.services.drinks.nearest(where.point, drink=drink, limit=MACHINES_SHOWN, skip=skip)
        lines: list[str] = []
        if not skip and page.season is None:
            lines.append(f"饮品机是夏令冬时免费供应，具体起止没公布；现在{heard.now.month}月，机器可能没开，先问一声。")
        name = DRINK_NAMES.get(str(drink), "")
        if (
            page.items
            and not skip
            and where.district
            and all(one.machine.district != where.district for one in page.items)
        ):
            lines.append(f"{where.label}没查到{name}饮品机（只在部分示范阵地试点），别处最近的是：")
        elif page.items:
            lines.append(f"{where.near}最近的{name}饮品机：")
        else:
            lines.append("没有更多了。" if skip else f"没查到在用的{name}饮品机（只在部分示范阵地试点）。")
        lines += [_entry(n, one, heard, page) for n, one in enumerate(page.items, 1)]
        demo = any(one.machine.demo for one in page.items)
        links = [
            {"title": f"{n}. {one.machine.station_name or one.machine.name}", "url": one.machine.map_link}
            for n, one in enumerate(page.items, 1)
            if one.machine.map_link
        ]
        if not skip and (page.season is None or not page.items):
            water, more_links, water_demo = await self._water(where)
            lines += water
            links += more_links
            demo = demo or water_demo
        if demo:
            lines.append(DEMO_NOTE)
        choices = self.pointing(len(page.items))
        if page.more:
            choices.append(("还有别的吗", f"/{self.topic}:{MORE}"))
        choices += [("机器坏了要报修", "/find_drinks:broken"), payload("drinks/program")]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)
        return [one.machine.code for one in page.items]

    async def _water(self, where: Where) -> tuple[list[str], list[dict[str, Any]], bool]:
        """The nearest stations with drinking water: what there is the whole year."""
        wanted = Wanted(services=("water",))
        found = (await self.services.stations.search(where.point, wanted, limit=STATIONS_SHOWN)).items
        if not found:
            return [], [], False
        lines = ["平时能喝水的驿站，最近的是："]
        now = self.now()
        for one in found:
            hours = one.station.hours
            closes = hours.closes_at(now)
            state = f"开到{closes:%H:%M}" if one.open and closes else hours.shown
            lines.append(f"· {one.station.name}（{distance_zh(one.metres or 0)}），{state}")
        links = [{"title": one.station.name, "url": one.station.map_link} for one in found if one.station.map_link]
        return lines, links, any(one.station.demo for one in found)

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        try:
            machine = await self.services.drinks.get(code)
        except NotFound:
            say(dispatcher, "这台机器刚刚撤了，换一台吧。", [payload("find_drinks")])
            return
        drinks = "、".join(DRINK_NAMES[each] for each in machine.drinks if each in DRINK_NAMES)
        lines = [
            f"{machine.station_name or machine.name}的饮品机（{drinks}）",
            address_line(machine.address),
            f"时间：{state_zh(machine.hours, machine.hours.open_at(heard.now), heard)}",
        ]
        links = []
        if machine.map_link:
            lines.append("点下面的链接打开地图导航。")
            links = [{"title": f"地图：{machine.station_name or machine.name}", "url": machine.map_link}]
        if machine.demo:
            lines.append(DEMO_NOTE)
        say(
            dispatcher,
            "\n".join(lines),
            [("机器坏了要报修", "/find_drinks:broken"), payload("find_station")],
            custom={"links": links} if links else None,
        )


def _entry(number: int, one: FoundMachine, heard: Heard, page: MachinePage) -> str:
    machine = one.machine
    drinks = list(machine.drinks)
    if page.season is not None and seasonal_drink(page.season) in drinks:
        drinks = [seasonal_drink(page.season)]
    what = "、".join(DRINK_NAMES[each] for each in drinks if each in DRINK_NAMES)
    distance = f"（{distance_zh(one.metres)}）" if machine.located else ""
    doubt = "\n有人刚报修过，去之前心里有数" if one.doubted else ""
    return (
        f"{number}. {machine.station_name or machine.name}{distance}\n"
        f"{what}｜{state_zh(machine.hours, one.open, heard)}\n"
        f"{address_zh(machine.address)}{doubt}"
    )


# -- a machine out of order --------------------------------------------------------------------------------


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
            if point and one.lng is not None and one.lat is not None
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
