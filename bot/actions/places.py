"""Places in words: the one that a message names, and how an address and opening hours are said."""

from __future__ import annotations

import re

from rasa_sdk import Tracker

from bot.actions.base import Heard
from bot.geo.places import PlaceMatch, gazetteer
from bot.services.import_spec import district_names
from bot.services.opening_hours import Hours
from bot.services.reference import is_published

TOWNS = f"(?:玉山|{'|'.join(name.removesuffix('镇') for name in district_names())})"
"""Pattern of the 11 区镇 as they are said."""
NAMED_STATION = (
    r"[一-鿿]{2,12}(?:示范驿站|党群服务站|党群服务中心|城管服务站|城市管理服务站|职工之家|银行网点|补给站"
    r"|邮政网点|邮政服务网点|便利店|超市|商场服务台)"
)
"""How stations are named: a question about one of them is answered from its row, not in general."""
DEMO_NOTE = "以上是示例数据，位置和时间以现场为准，可打 12345 核实。"
_NO_PLACES = frozenset({"city", "metro_line", "programme_site", "area"})
_NEAR = re.compile(r"([一-鿿A-Za-z0-9]{2,12}?)(?:附近|旁边|那边|这边|周边|边上|门口|对面|一带)")
_BEFORE_NAME = re.compile(
    r"^.*(?:我现在在|我人在|我就在|在|到|离|去|找|有没有|看看|问下|请问|帮我|给我|能|要|想|的|了|是|我|有)"
)
_NO_NAME = re.compile(
    r"^(?:.?[我你他她咱俺这那哪]们?.{0,2}|现在|最近|公司|单位|站点|宿舍|家里?|学校|店里?|商家|路|车|手机|电动车|电瓶车|人"
    r"|[等接下送取派跑]单|送餐|取餐|话)?$"
)


def place_of(heard: Heard, tracker: Tracker) -> PlaceMatch | None:
    """The place that the message names, or that was given just before."""
    if heard.text.startswith("/") or heard.parse.get("do"):
        value = heard.first("place")
        return gazetteer().resolve(str(value)) if value else _given(tracker)
    tapped = next((e for e in heard.all("place") if e.get("extractor") == "payload"), None)
    if tapped is not None:
        return gazetteer().resolve(str(tapped.get("value")))
    return place_in(heard.text) or _given(tracker)


def _given(tracker: Tracker) -> PlaceMatch | None:
    given = tracker.get_slot("given_place")
    return gazetteer().resolve(str(given)) if given else None


def place_in(text: str) -> PlaceMatch | None:
    """The place in Kunshan (else elsewhere) that a text names, 中环 and the lines of the metro left out."""
    matches = [one for one in gazetteer().find_places(text) if one.candidates[0].kind not in _NO_PLACES]
    matches = [one for one in matches if not _LEFT.search(text[: one.start])] or matches  # "我不在周市 在陆家"
    return min(matches, key=_coarse) if matches else None


_NOT_THERE = re.compile(r"不是|不在|不去|不要|不到|记错|说错|不对|除了|别的|之前|以前|原来|平时|昨天|换一")
_LEFT = re.compile(r"(?:不在|没在|不是在?|不去|不到|离开了?)$")
_DESCRIBED = re.compile(r"(?:上|边上|旁边|附近|那边|这边|对面|里)?的?")
_ONE_POINT = re.compile(r"路口|交叉|交界|交汇|十字")


def two_places_in(text: str) -> tuple[PlaceMatch, PlaceMatch] | None:
    """The two places in Kunshan that one wish names ("现在在周市 一会送到陆家"); None when it means one.

    A town with a road or village of its own is one place, so is the crossing of two roads; of "不是周市 是陆家" one
    is meant.
    """
    if _NOT_THERE.search(text) or _ONE_POINT.search(text):
        return None
    named = [one for one in gazetteer().find_places(text) if one.place is not None and not one.outside]
    named = [one for one in named if one.candidates[0].kind not in _NO_PLACES]
    fine = {one.candidates[0].district for one in named if one.candidates[0].kind != "district"}
    apart: dict[str, PlaceMatch] = {}
    for one in named:
        place = one.candidates[0]
        if place.kind != "district" or place.name not in fine:
            apart.setdefault(place.name, one)
    if len(apart) != 2:
        return None
    first, second = apart.values()
    described = _DESCRIBED.fullmatch(text[first.end : second.start])  # 柏庐南路乐购 is one place
    return None if described else (first, second)


def _coarse(match: PlaceMatch) -> tuple[bool, bool, int]:
    return match.outside, match.candidates[0].kind == "district", match.start


def unknown_name(text: str) -> str | None:
    """A name before 附近, 那边 … that is no place known here: better asked than guessed."""
    for found in _NEAR.finditer(text):
        name = _BEFORE_NAME.sub("", found[1])
        if not _NO_NAME.match(name) and place_in(name) is None:
            return name
    return None


def state_zh(hours: Hours, is_open: bool | None, heard: Heard) -> str:
    """现在开着，到21:00 · 现在关着，明天08:00开 · 时间未公布."""
    if not hours.known:
        return "开放时间未公布"
    if hours.always:
        return "24小时开放"
    if is_open:
        closes = hours.closes_at(heard.now)
        return f"现在开着，到{closes:%H:%M}" if closes else f"现在开着（{hours.text}）"
    if is_open is None:
        return f"{hours.text}（节假日先问一下）"
    opens = hours.opens_next(heard.now)
    if opens is None:
        return f"现在关着（{hours.text}）"
    days = (opens.date() - heard.now.date()).days
    day = ("今天", "明天", "后天")[days] if days <= 2 else f"周{'一二三四五六日'[opens.weekday()]}"
    return f"现在关着，{day}{opens:%H:%M}开"


def address_zh(address: str | None) -> str:
    """The address without the mark of demo rows, which is said once for the whole reply."""
    if not is_published(address):
        return "地址未公布，请打 12345 核实"
    return str(address).replace("（示例数据）", "")


def address_line(address: str | None) -> str:
    """ "地址：…", or that it is not published."""
    said = address_zh(address)
    return f"地址：{said}" if is_published(address) else said
