"""Freight in chat: the nearest loading berth, and whether one may drive there then."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.finding import PAGE, FindAction
from bot.actions.last_search import MORE, Where
from bot.actions.places import DEMO_NOTE, TOWNS, address_line, address_zh
from bot.actions.vehicles import CLASS_NAMES, ENERGY_NAMES, read_class, read_energy, read_length
from bot.actions.wording import instead
from bot.geo.distance import distance_zh
from bot.geo.places import find_places
from bot.knowledge.topics import payload
from bot.language import describe, parse_time
from bot.services.freight import BerthInfo, FoundBerth
from bot.services.notices import when_zh
from bot.services.passage import Decision, PassageQuestion

ASK_POLICE = "出车前看路口标志，或打 12345 问市公安局交警，把路段、时间、车型、牌照一次说清。"
FAR_M = 5000.0
_NOW = re.compile(r"现在|马上|这会儿|立刻|今天晚上|正要")


class ActionFindBerth(FindAction):
    action_name = "action_find_berth"
    topic = "find_berth"
    noun = "蓝窗泊位"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("freight/blue_window", f"附近|{TOWNS}"),)
    narrowing = r"(?:现在|这会儿?)?(?:能用|能停|开着)的|停得下|\d\s*米|点.{0,3}(?:能|可以|让)停|能不能停"

    def read_wanted(self, heard: Heard, before: dict[str, Any]) -> dict[str, Any]:
        """length (metres), vehicle_class, open (ISO moment)."""
        if heard.do == "open":
            return before | {"open": heard.now.isoformat()}
        length, vehicle_class = read_length(heard.text), read_class(heard.text)
        span = parse_time(heard.text, heard.now, "future")
        wanted: dict[str, Any] = {"length": length} if length else {}
        wanted |= {"vehicle_class": vehicle_class} if vehicle_class else {}
        if span and span.begin and span.grain == "minute":
            wanted["open"] = span.begin.isoformat()
        elif _NOW.search(heard.text):
            wanted["open"] = heard.now.isoformat()
        return before | wanted if heard.metadata.get("follow") else wanted

    async def page(
        self, dispatcher: CollectingDispatcher, heard: Heard, where: Where, wanted: dict[str, Any], skip: int
    ) -> Sequence[str]:
        find = self.services.freight.find_berth
        length, vehicle_class = wanted.get("length"), wanted.get("vehicle_class")
        at = datetime.fromisoformat(wanted["open"]) if wanted.get("open") else None
        fits: dict[str, Any] = {"length_m": length, "vehicle_class": vehicle_class}
        page = await find(where.point, **fits, open_at=at, district=where.district, limit=PAGE, skip=skip)
        asked = _asked(length, vehicle_class)
        usable = "" if at is None else "现在能用的" if at == heard.now else "那时能用的"
        head = f"{where.near}{usable or '最近的'}{asked}蓝窗泊位："
        if not page.items and not skip:
            page = await find(where.point, **fits, limit=PAGE)
            head = f"{where.near}没查到{usable}{asked}蓝窗，最近的是（看好时段）："
        if not page.items:
            text = "没有更多泊位了。" if skip else f"没查到{asked or '停得下您的车的'}蓝窗泊位。{ASK_POLICE}"
            say(dispatcher, text, [payload("freight/blue_window"), payload("find_berth")])
            return ()
        moment = at or heard.now
        lines = [head, *(_entry(number, one, moment) for number, one in enumerate(page.items, 1))]
        far = page.items[0].metres > FAR_M
        lines.append("蓝窗设在中环区域里，给新能源货车装卸临停。" if far else "蓝窗是给新能源货车装卸临停的。")
        if any(one.berth.demo for one in page.items):
            lines.append(DEMO_NOTE)
        choices = self.pointing(len(page.items))
        if page.more:
            choices.append(("还有别的吗", f"/{self.topic}:{MORE}"))
        if at is None:
            choices.append(("只看现在能用的", f"/{self.topic}:open"))
        choices.append(payload("freight/blue_window"))
        links = [
            {"title": f"{number}. {one.berth.name}", "url": one.berth.map_link}
            for number, one in enumerate(page.items, 1)
            if one.berth.map_link
        ]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)
        return [one.berth.code for one in page.items]

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        berth = next((one for one in await self.services.freight.berths() if one.code == code), None)
        if berth is None:
            say(dispatcher, "这个泊位刚刚停用了，换一个吧。", [payload("find_berth")])
            return
        lines = [
            berth.name,
            address_line(berth.address),
            f"时段：{_hours(berth)}，{_usable(berth.hours.open_at(heard.now))}",
            _size(berth),
        ]
        if berth.map_link:
            lines.append("点下面的链接打开地图导航。")
        if berth.demo:
            lines.append(DEMO_NOTE)
        links = [{"title": f"地图：{berth.name}", "url": berth.map_link}] if berth.map_link else []
        choices: list[Choice] = [("还有别的吗", f"/{self.topic}:{MORE}"), payload("freight/blue_window")]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)


def _asked(length: float | None, vehicle_class: str | None) -> str:
    size = f"{length:g}米" if length else ""
    name = CLASS_NAMES.get(str(vehicle_class), "")
    return f"能停{size}{name or '车'}的" if size or name else ""


def _entry(number: int, one: FoundBerth, moment: datetime) -> str:
    berth = one.berth
    return (
        f"{number}. {berth.name}（{distance_zh(one.metres)}）\n"
        f"{_hours(berth)}，{_usable(one.usable)}｜{_size(berth)}\n"
        f"{address_zh(berth.address)}"
    )


def _hours(berth: BerthInfo) -> str:
    return "全天" if berth.hours.always else berth.hours.text or "时段未公布"


def _usable(usable: bool | None) -> str:
    if usable is None:
        return "这会儿能不能停要看现场标志"
    return "这会儿能停" if usable else "这会儿不能停"


def _size(berth: BerthInfo) -> str:
    parts = []
    if berth.length_m and berth.width_m:
        parts.append(f"长{berth.length_m:g}米宽{berth.width_m:g}米")
    if berth.max_minutes:
        parts.append(f"限停{berth.max_minutes}分钟")
    return "，".join(parts) or "大小、限停时间未公布"


class ActionPassage(BotAction):
    """May this vehicle drive there then: the loaded rules decide, and without them nothing is known."""

    action_name = "action_passage"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        ("freight/passage", word) for word in (*CLASS_NAMES, *ENERGY_NAMES, "inside_ring", "outside_ring")
    )
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "freight/passage",
            r"(?:\d|[一二两三四五六七八九十])\s*(?:点|:|：)|半夜|凌晨|早高峰|晚高峰|现在|这会儿|明天|后天|今天"
            r"|[一-鿿]{2,4}(?:路|大道|街)(?!段|线|口标)",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        before = tracker.get_slot("passage_question")
        again = heard.do or heard.metadata.get("follow")
        question = _question(heard, before if again and isinstance(before, dict) else {})
        decision = await self.services.freight.passage(question)
        text, choices = _answer(question, decision, heard)
        say(dispatcher, text, choices, ask=decision.reason == "need")
        kept = {
            "moment": question.moment.isoformat(),
            "vehicle_class": question.vehicle_class,
            "energy": question.energy,
            "area": question.area,
            "road": question.road,
            "turn": int(tracker.get_slot("turn_count") or 0),
        }
        return [SlotSet("passage_question", kept)]


INSIDE, OUTSIDE = "中环内", "中环外"


def _question(heard: Heard, before: dict[str, Any]) -> PassageQuestion:
    """What is asked; `before`: what was said before a button that answers our question back, or "下午两点呢"."""
    better = instead(heard)
    text = "" if heard.text.startswith("/") or heard.do else better.heard.text if better else heard.text
    span = parse_time(text, heard.now, "future") if text else None
    said = span.begin if span and span.begin and span.kind == "at" else None
    moment = said or (datetime.fromisoformat(before["moment"]) if before.get("moment") else heard.now)
    roads = [match for match in find_places(text) if match.candidates[0].kind == "road"]
    road = (roads[0].place.name if roads[0].place else roads[0].surface) if roads else None
    area = {"inside_ring": INSIDE, "outside_ring": OUTSIDE}.get(str(heard.do))
    if area is None and re.search(r"中环(?:内|里|以内|里面)", text):
        area = INSIDE
    return PassageQuestion(
        moment=moment,
        vehicle_class=heard.do if heard.do in CLASS_NAMES else read_class(text) or before.get("vehicle_class"),
        energy=heard.do if heard.do in ENERGY_NAMES else read_energy(text) or before.get("energy"),
        area=area or before.get("area"),
        road=road or before.get("road"),
    )


def _answer(question: PassageQuestion, decision: Decision, heard: Heard) -> tuple[str, list[Choice]]:
    what = _said_back(question, heard)
    others = [payload("find_berth"), payload("freight/blue_window"), payload("human_handoff")]
    rule = decision.rule
    if rule is not None and decision.verdict is not None:
        verdict = {"allowed": "可以走", "permit": "要有通行证才能走", "forbidden": "不能走"}[decision.verdict]
        until = f"，有效到{rule.valid_to:%Y年%m月%d日}" if rule.valid_to else ""
        demo = DEMO_NOTE if rule.demo else ""
        return f"{what}：{verdict}。\n依据：{rule.source}{until}。\n现场标志和交警指挥优先。{demo}", others
    if decision.reason == "need":
        return _ask_back(what, decision.need)
    if decision.reason == "no_match":
        why = "手头的规则没写到这种情况，没写到不等于能走。"
    elif decision.reason == "calendar":
        why = "那天是节假日或调休，手头的规则没写怎么算。"
    else:
        why = "具体的时段和路段没有公布，我不替交警报。公布的只有中环内分时、错时、分类通行，新能源货车优化。"
    return f"{what}能不能走，我不知道：{why}\n{ASK_POLICE}", others


def _ask_back(what: str, need: Sequence[str]) -> tuple[str, list[Choice]]:
    if "energy" in need:
        choices = [(name, f"/freight/passage:{key}") for key, name in ENERGY_NAMES.items()]
        return f"{what}能不能走，要看车是什么动力。您的车是哪种？", choices
    if "vehicle_class" in need:
        choices = [(name, f"/freight/passage:{key}") for key, name in CLASS_NAMES.items()]
        return f"{what}能不能走，要看车型。您的车是哪种？", choices
    if "area" in need:
        return f"{what}能不能走，要看在不在中环里面。您是要进哪儿？", [
            ("中环里面", "/freight/passage:inside_ring"),
            ("中环外面", "/freight/passage:outside_ring"),
        ]
    return f"{what}能不能走，要看走哪条路。连路名一起再说一遍，比如“早上8点人民路能走吗”。", []


def _said_back(question: PassageQuestion, heard: Heard) -> str:
    """ "纯电动轻型货车 11月26日（周四）08:00 走人民路"."""
    span = parse_time(heard.text, heard.now, "future") if not heard.text.startswith("/") else None
    when = describe(span, heard.now) if span and span.kind == "at" else when_zh(question.moment)
    energy = ENERGY_NAMES.get(str(question.energy), "")
    vehicle = CLASS_NAMES.get(str(question.vehicle_class), "货车" if energy else "")
    # the road as it was said: 前进路 is not to be answered as 前进中路
    roads = [match.surface for match in find_places(heard.text) if match.candidates[0].kind == "road"]
    road = roads[0] if roads else question.road
    where = f"走{road}" if road else question.area or ""
    return " ".join(part for part in (f"{energy}{vehicle}", when, where) if part)
