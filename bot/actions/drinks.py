"""Free drinks in chat: the nearest machine, the season, and water where that is what was asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import Event, Heard, say
from bot.actions.finding import FindAction
from bot.actions.last_search import MORE, Query, Where
from bot.actions.opening import When, hours_answer
from bot.actions.places import DEMO_NOTE, address_line, address_zh, state_zh
from bot.actions.station import ActionFindStation
from bot.geo.distance import distance_zh
from bot.knowledge.topics import payload
from bot.services.drinks import FoundMachine, MachinePage, seasonal_drink
from bot.services.errors import NotFound
from bot.services.stations import Wanted

DRINK_NAMES = {"cold": "冷饮", "hot": "热饮"}
MACHINES_SHOWN = 2
STATIONS_SHOWN = 2
_COLD = re.compile(r"冷饮|冰|凉的|冷的|凉茶|酸梅汤|绿豆汤|降暑|解暑")
_HOT = re.compile(r"热饮|热茶|热水|热的|姜茶|暖的|烫")
_WATER = re.compile(
    r"[接打喝灌装倒讨]点?(?:口|杯)?(?:热|温|凉|开|冰)?水|[热开温凉]水|白开水|饮用水|水喝|(?<!没)有水|渴"
)
_DRINK = re.compile(r"饮[品料]|[料品茶饮]机|机器|冷饮|热饮|茶|汤|姜|可乐|冰的")


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
            given = "、".join(DRINK_NAMES[each] for each in one.machine.drinks if each in DRINK_NAMES)
            at = f"{one.machine.station_name or one.machine.name}（{distance_zh(one.metres)}）"
            after += f"免费饮品机（{given}）最近的在{at}{season}。"
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
