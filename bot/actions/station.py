"""Stations in chat: the nearest that have what is asked for, one in detail, demonstration sites by kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.finding import PAGE, FindAction
from bot.actions.last_search import MORE, ORDINALS, USUAL, Query, Where
from bot.actions.opening import When, hours_answer, state_then_zh, when_asked
from bot.actions.places import DEMO_NOTE, NAMED_STATION, TOWNS, address_line, address_zh, place_in, state_zh
from bot.geo.distance import distance_zh, haversine_m
from bot.knowledge.topics import payload
from bot.services.errors import NotFound
from bot.services.stations import FoundStation, StationPage, Wanted
from bot.storage.stations import SITE_KINDS

SITE_WORDS = {
    "truck_supply": "货车司机|司机补给|补给站|卡车|停大车|停货车",
    "streamer": "主播|直播|好孩子",
    "red_yellow_blue": "红黄蓝|商圈",
    "xiaoge_xiangqu": "享趣|楼宇",
    "luyin_pioneer": "鹿银",
}
_OPEN_NOW = re.compile(
    r"(?:现在|这会儿?|这时候|此刻|半夜|夜里|夜间|深夜|晚上|还|正).{0,4}(?:开着|开门|开的|营业|开放|能进|开[吗不么没])"
    r"|没关门|开着(?!车|货|会|导航|电)|开门的|有开的|开的(?:驿站|站|地方)|(?<!打)开(?:门|放)?[吗么没伐]|半夜|三更|深夜|午夜|凌晨|夜里"
)
_AS_WELL = re.compile(r"还要|也要|还得|还能|又要|又能|同时|并且|而且|再加|外加")
_ALWAYS = re.compile(r"24\s*小时|二十四小时|通宵|整夜|全天开|不关门")
_ASKS_WAY = re.compile(r"怎么走|咋走|怎么去|咋去|在哪|导航|地址|多远|几点|开门|关门|有什么|有啥")
_OPEN_WORDS = r"(?:24\s*小时|通宵|夜里|半夜|晚上|现在|还开|开着|没关门)"
_SHORT_NAMES = {
    "charging": "能充电的",
    "hot_meal": "能热饭的",
    "water": "能喝水的",
    "toilet": "有厕所的",
    "rest": "能休息的",
    "battery_swap": "能换电的",
}
SERVICES_SHOWN = 4
EACH_OF_TWO = 2  # stations shown near each, when two places were named
DETAIL_SERVICES = 10


class ActionFindStation(FindAction):
    action_name = "action_find_station"
    topic = "find_station"
    noun = "驿站"
    shows_both = True
    narrowing = r"(?:现在|这会儿?|还)?(?:开着|开门|能进)的|没关门的|24\s*小时的?"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, NAMED_STATION) for topic in ("station/hours", "station/services", "station/map", "inform")),
        ("hospital/location", "驿站|歇脚"),
        (
            "station/hours",
            f"{TOWNS}.*{_OPEN_WORDS}|{_OPEN_WORDS}.*{TOWNS}|{TOWNS}.*(?:几点|多晚|啥时候).{{0,4}}(?:关|开|下班|$)",
        ),
        ("station/hours", f"{TOWNS}.*(?:有|哪个?).{{0,4}}开(?:着|门)?的?(?:驿站|站|地方)"),
        (
            "station/hours",
            f"{TOWNS}.*(?:周末|周[六日]|星期[六日天]|礼拜[六日天]|[今明后]天|早上|中午|过节|过年).{{0,4}}开",
        ),
        ("station/services", f"{TOWNS}.*{_OPEN_WORDS}|(?:开着|营业|没关门)的(?:驿站|站)"),
        ("station/services", f"{TOWNS}.*(?:哪里|哪个|哪有|有没有|附近|[有能].*[吗么不]$)"),
    )

    def read_wanted(self, heard: Heard, before: dict[str, Any]) -> dict[str, Any]:
        """services (codes), site_kind, open (ISO moment), always; what a button or "那能热饭的呢" changes."""
        if heard.do == "open":
            return before | When(heard.now).kept()
        if heard.do and heard.do not in (USUAL, MORE, *ORDINALS):
            return before | {"services": [heard.do]}
        wanted: dict[str, Any] = {}
        if before and (_OPEN_NOW.search(heard.text) or _ALWAYS.search(heard.text)) and not heard.all("service"):
            wanted |= before
        services = list(dict.fromkeys(str(e["value"]) for e in heard.all("service") if e.get("value")))
        if services and _AS_WELL.search(heard.text):
            services = list(dict.fromkeys([*(before.get("services") or ()), *services]))
        if services:
            wanted["services"] = services
        kind = site_kind(heard.text)
        if kind:
            wanted["site_kind"] = kind
        if _ALWAYS.search(heard.text):
            wanted["always"] = True
        elif _OPEN_NOW.search(heard.text):
            wanted |= (when_asked(heard.text, heard.now) or When(heard.now)).kept()
        return wanted

    def sought(self, wanted: dict[str, Any]) -> str:
        services = [str(code) for code in wanted.get("services") or []]
        named = _SHORT_NAMES.get(services[0]) if len(services) == 1 else None
        return f"{named}{self.noun}" if named else f"的{self.noun}"

    async def instead(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event] | None:
        about = str(heard.metadata.get("about") or "")
        asked = about or _ASKS_WAY.search(heard.text)
        named = await self.services.stations.mentioned(heard.text) if asked else None
        if named is None and about.startswith("station/") and place_in(heard.text) is None:
            dispatcher.utter_message(response=f"utter_{about}")
            return []
        if named is None:
            return None
        say_station(dispatcher, heard, named, None)
        query = Query(self.topic, self.action_name, None, items=(named.station.code,), focus=1)
        return [query.kept(tracker)]

    async def page(
        self,
        dispatcher: CollectingDispatcher,
        heard: Heard,
        where: Where,
        wanted: dict[str, Any],
        skip: int,
        *,
        after: str = "",
        also: Sequence[Choice] = (),
    ) -> Sequence[str]:
        """`after`, `also`: what another search that shows stations adds, as a sentence and as choices."""
        names = await self.services.stations.service_names()
        conditions = _conditions(wanted, where)
        page, note = await self._search(where, conditions, names, skip, heard.now)
        if not page.items:
            say(
                dispatcher,
                note or "没有更多了，就这些。",
                [payload("find_station"), payload("station/services")],
            )
            return ()
        lines = [note or self._headline(where, conditions, names, page, heard.now)]
        lines += [_entry(number, found, heard, conditions) for number, found in enumerate(page.items, 1)]
        if after:
            lines.append(after)
        if any(found.station.demo for found in page.items):
            lines.append(DEMO_NOTE)
        links = [
            {"title": f"{number}. {found.station.name}", "url": found.station.map_link}
            for number, found in enumerate(page.items, 1)
            if found.station.map_link
        ]
        say(
            dispatcher,
            "\n".join(lines),
            [*self._choices(page, conditions), *also],
            custom={"links": links} if links else None,
        )
        return [found.station.code for found in page.items]

    async def both(
        self, dispatcher: CollectingDispatcher, heard: Heard, wheres: tuple[Where, Where], wanted: dict[str, Any]
    ) -> tuple[Sequence[str], Sequence[str]] | None:
        names = await self.services.stations.service_names()
        lines: list[str] = []
        shown: list[FoundStation] = []
        split = 0
        for where in wheres:
            conditions = _conditions(wanted, where)
            page, note = await self._search(where, conditions, names, 0, heard.now)
            few = page.items[:EACH_OF_TWO]
            lines.append(note or f"{where.near}最近的{_asked(conditions, names, heard.now)}驿站：")
            lines += [_entry(number, one, heard, conditions) for number, one in enumerate(few, len(shown) + 1)]
            shown += few
            split = split or len(few)
        if not split or split == len(shown):
            return None
        if any(one.station.demo for one in shown):
            lines.append(DEMO_NOTE)
        links = [
            {"title": f"{number}. {one.station.name}", "url": one.station.map_link}
            for number, one in enumerate(shown, 1)
            if one.station.map_link
        ]
        say(dispatcher, "\n".join(lines), self.pointing(len(shown)), custom={"links": links} if links else None)
        codes = [one.station.code for one in shown]
        return codes[:split], codes[split:]

    async def opening(self, code: str, when: When | None, heard: Heard) -> tuple[str, str, bool] | None:
        try:
            found = await self.services.stations.get(code)
        except NotFound:
            return None
        return found.station.name, hours_answer(found.station.hours, when, heard), found.station.demo

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        try:
            found = await self.services.stations.get(code)
        except NotFound:
            say(dispatcher, "这个驿站刚刚停用了，换一个吧。", [payload("find_station")])
            return
        follow = heard.metadata.get("follow") or {}
        names = await self.services.stations.service_names()
        lead, elsewhere = _answer_about(heard, found, names) if follow else ("", None)
        say_station(dispatcher, heard, found, where, lead=lead, elsewhere=elsewhere)

    async def _search(
        self, where: Where, conditions: Wanted, names: dict[str, str], skip: int, now: datetime
    ) -> tuple[StationPage, str | None]:
        """A page; when nothing fits, the nearest that comes close, and a sentence that says so."""
        find = self.services.stations.search
        page = await find(where.point, conditions, limit=PAGE, skip=skip)
        if page.items or skip:
            return page, None
        asked = _asked(conditions, names, now)
        if conditions.district:
            page = await find(where.point, replace(conditions, district=None), limit=PAGE)
            if page.items:
                return page, f"{where.label}没查到{asked}驿站，别处最近的是："
        if _when(conditions) or conditions.always:
            page = await find(where.point, replace(conditions, open_at=None, open_on=(), always=False), limit=PAGE)
            if page.items:
                return page, f"{where.near}没查到肯定{asked}驿站，时间您先看一眼，最近的是："
        if len(conditions.services) > 1:
            one = replace(conditions, services=conditions.services[:1], district=None)
            page = await find(where.point, one, limit=PAGE)
            if page.items:
                first = names.get(conditions.services[0], conditions.services[0])
                return page, f"没有一个驿站把您要的都占全，有{first}的最近是："
        return page, f"没查到{asked}驿站。可以换个条件，或打 12345 问。"

    @staticmethod
    def _headline(where: Where, conditions: Wanted, names: dict[str, str], page: StationPage, now: datetime) -> str:
        asked = _asked(conditions, names, now)
        count = len(page.items)
        if page.skip:
            return f"{where.near}再往远一点的 {count} 个{asked}驿站："
        if page.total is not None and where.district:
            nearest = f"，离镇中心最近的 {count} 个" if page.total > count else ""
            return f"{where.label}有 {page.total} 个{asked}驿站{nearest}："
        return f"{where.near}最近的 {count} 个{asked}驿站："

    def _choices(self, page: StationPage, conditions: Wanted) -> list[Choice]:
        choices = self.pointing(len(page.items))
        if page.more:
            choices.append(("还有别的吗", f"/{self.topic}:{MORE}"))
        if _when(conditions) is None and not conditions.always:
            choices.append(("只看现在开着的", f"/{self.topic}:open"))
        wish = next((code for code in _SHORT_NAMES if code not in conditions.services), None)
        if wish:
            choices.append((f"找{_SHORT_NAMES[wish]}", f"/{self.topic}:{wish}"))
        return choices


class ActionDemoSites(BotAction):
    """The demonstration sites of one kind, under the question which ones there are."""

    action_name = "action_demo_sites"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(("station/demo_sites", kind) for kind in SITE_WORDS)
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        ("station/demo_sites", words) for words in SITE_WORDS.values()
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        kind = heard.do if heard.do in SITE_WORDS else site_kind(heard.text)
        found = (await self.services.stations.demo_sites(kind))[:PAGE]
        if not found:
            say(dispatcher, "这类示范阵地没有查到，可打 12345 问市委组织部。", [payload("station/demo_sites")])
            return []
        lines = [f"{SITE_KINDS[kind] if kind else '示范阵地'}查到这些："]
        lines += [_entry(number, one, heard, Wanted()) for number, one in enumerate(found, 1)]
        lines.append("30 个示范阵地里公开点名的有 5 个，其余名单、地址、时间没有公布。" + DEMO_NOTE)
        find = ActionFindStation
        choices = [
            (f"第{number}个怎么走", f"/{find.topic}:{word}")
            for number, word in zip(range(1, len(found) + 1), ("first", "second", "third"), strict=False)
        ]
        say(dispatcher, "\n".join(lines), [*choices, payload("find_station")])
        codes = tuple(one.station.code for one in found)
        query = Query(find.topic, find.action_name, None, items=codes, focus=int(len(codes) == 1))
        return [query.kept(tracker)]


def site_kind(text: str) -> str | None:
    """Which kind of demonstration site the words name."""
    return next((kind for kind, words in SITE_WORDS.items() if re.search(words, text)), None)


_PHONE = re.compile(r"电话|号码")


def _answer_about(heard: Heard, found: FoundStation, names: dict[str, str]) -> tuple[str, Choice | None]:
    """ "那有厕所伐", "刚才那个电话多少" about one station: the answer, and how to find one that has what it has not."""
    codes = list(dict.fromkeys(str(e["value"]) for e in heard.all("service") if e.get("value")))
    said = "，".join(
        f"{'登记有' if code in found.station.services else '没登记有'}{names.get(code, code)}" for code in codes
    )
    if said:
        lacking = next((code for code in codes if code not in found.station.services), None)
        elsewhere = (f"找有{names.get(lacking, lacking)}的", f"/find_station:{lacking}") if lacking else None
        return f"{found.station.name}{said}。", elsewhere
    if _PHONE.search(heard.text):
        return "这个站的电话没有登记，我不乱报，可以打 12345 问。", None
    return "", None


def say_station(
    dispatcher: CollectingDispatcher,
    heard: Heard,
    found: FoundStation,
    where: Where | None,
    *,
    lead: str = "",
    elsewhere: Choice | None = None,
) -> None:
    """Everything about one station, with links that open a map. `lead`: the answer to what was asked of it;
    `elsewhere`: a choice that finds another one.
    """
    station = found.station
    lines = [station.name]
    if where is not None and station.located and station.lng is not None and station.lat is not None:
        metres = haversine_m(*where.point, station.lng, station.lat)
        origin = "您" if where.here else where.label
        lines[0] += f"，离{origin}{distance_zh(metres)}（直线）"
    lines.append(address_line(station.address))
    lines.append(f"时间：{state_zh(station.hours, found.open, heard)}" + _weekly(found))
    names = found.service_names
    lines.append("服务：" + "、".join(names[:DETAIL_SERVICES]) + ("等" if len(names) > DETAIL_SERVICES else ""))
    links = []
    if station.map_link and station.ride_link:
        lines.append("点下面的链接打开地图导航。")
        links = [
            {"title": f"地图：{station.name}", "url": station.map_link},
            {"title": "骑行导航", "url": station.ride_link},
        ]
    if station.demo:
        lines.append(DEMO_NOTE)
    if lead:
        lines.insert(0, lead)
    say(
        dispatcher,
        "\n".join(lines),
        [
            *([elsewhere] if elsewhere and where else []),
            *(
                [("还有别的吗", "/find_station:more"), payload("leave_suggestion")]
                if where
                else [payload("find_station")]
            ),
        ],
        custom={"links": links} if links else None,
    )


def _weekly(found: FoundStation) -> str:
    """The week's hours, where the state alone does not say them."""
    hours = found.station.hours
    return f"（{hours.text}）" if hours.known and not hours.always and found.open is not None else ""


def _entry(number: int, found: FoundStation, heard: Heard, conditions: Wanted) -> str:
    station = found.station
    distance = f"（{distance_zh(found.metres)}）" if found.metres is not None and station.located else ""
    shown = max(SERVICES_SHOWN, len(conditions.services))
    services = "、".join(found.service_names[:shown])
    state = state_then_zh(station.hours, _when(conditions), found.open, heard)
    address = address_zh(station.address)
    return f"{number}. {station.name}{distance}\n{state}｜{services}\n{address}"


def _conditions(wanted: dict[str, Any], where: Where) -> Wanted:
    when = When.of(wanted) or When()
    return Wanted(
        services=tuple(wanted.get("services") or ()),
        site_kind=wanted.get("site_kind"),
        open_at=when.at,
        open_on=when.days,
        always=bool(wanted.get("always")),
        district=where.district,
    )


def _when(conditions: Wanted) -> When | None:
    return When(conditions.open_at, conditions.open_on) if conditions.open_at or conditions.open_on else None


def _asked(conditions: Wanted, names: dict[str, str], now: datetime) -> str:
    """ "现在开着、有手机充电和热饭的": what the headline says was asked for."""
    parts = []
    when = _when(conditions)
    if conditions.always:
        parts.append("24小时开放的")
    elif when:
        parts.append("现在开着的" if when.is_now(now) else f"{when.said(now)}开着的")
    if conditions.services:
        parts.append("有" + "、".join(names.get(code, code) for code in conditions.services) + "的")
    if conditions.site_kind:
        parts.append(f"{SITE_KINDS.get(conditions.site_kind, '')}类")
    return "".join(parts)
