"""Finding places in chat: where the rider is, one page of a list, "第二个怎么走", "还有别的吗".

What was asked and shown is kept in the slot `last_query`, so that the next message can point at it:
{topic, action, where, wanted, skip, items, focus, turn}. A search without a place asks where the rider is and keeps
the question; the place that comes next answers it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.registry import NARROWING
from bot.geo.datum import Point
from bot.geo.places import Place, PlaceMatch, gazetteer
from bot.services.import_spec import district_names
from bot.services.opening_hours import Hours
from bot.services.reference import OutsideKunshan, PlaceUnknown, from_gcj02, is_published, point_of

PAGE = 3
ORDINALS = ("first", "second", "third", "fourth", "fifth")
MORE = "more"
USUAL = "usual"  # the place where the person was last, kept with consent
QUERY_LIFE = 8  # user turns for which a search may be gone on with
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
_DISTANCE = re.compile(r"近一?[点些]|太远|好远|这么远|更近|再近")
_SHORT = 14


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
    or `narrow` it.
    """

    nth: int | None = None
    more: bool = False
    back: bool = False
    narrow: bool = False

    @classmethod
    def of(cls, heard: Heard) -> Follow:
        said = heard.metadata.get("follow") or {}
        if heard.do in ORDINALS:
            return cls(nth=ORDINALS.index(str(heard.do)) + 1)
        if heard.do == MORE:
            return cls(more=True)
        narrow = bool(said.get("filter")) or heard.do not in (None, USUAL)
        return cls(said.get("nth"), bool(said.get("more")), bool(said.get("back")), narrow)


class FindAction(BotAction):
    """Base of the searches by place. Subclasses read what is wanted and show a page or one place."""

    topic: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    per_page: ClassVar[int] = PAGE
    narrowing: ClassVar[str] = ""
    """Short messages after a list in which this occurs want the same list narrowed ("那现在开着的呢")."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if cls.topic:
            NARROWING[cls.topic] = re.compile("|".join(filter(None, (cls.narrowing, _DISTANCE.pattern))))

    def read_wanted(self, heard: Heard, before: dict[str, Any]) -> dict[str, Any]:
        """What must be there, from the message; `before` is what the search so far wanted (narrowing)."""
        return {}

    async def page(
        self, dispatcher: CollectingDispatcher, heard: Heard, where: Where, wanted: dict[str, Any], skip: int
    ) -> Sequence[str]:
        """Say one page; returns the codes of what was shown, in order."""
        raise TypeError(f"{type(self).__name__} shows no page")

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        """Say everything about one place."""
        raise TypeError(f"{type(self).__name__} shows no place")

    async def instead(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event] | None:
        """Answer in another way than by a search (a place named by its full name); None to search."""
        return None

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        last = Query.last(tracker)
        mine = last if last and last.topic == self.topic else None
        follow = Follow.of(heard)
        if mine and mine.items and follow.nth is not None:
            return await self._nth(dispatcher, tracker, heard, mine, follow.nth)
        if mine and mine.where and follow.more:
            return await self._page(dispatcher, tracker, heard, mine.where, mine.wanted, mine.skip + len(mine.items))
        if mine and mine.where and follow.back:
            skip = max(0, mine.skip - self.per_page)
            return await self._page(dispatcher, tracker, heard, mine.where, mine.wanted, skip)
        if mine and mine.where and follow.narrow and _DISTANCE.search(heard.text):
            say(
                dispatcher,
                f"列的就是离{mine.where.label}最近的了。想换个地方找，说个地名或者发定位；也可以少提一个条件。",
                [("还有别的吗", f"/{self.topic}:{MORE}"), *self._towns()[:2]],
            )
            return [mine.kept(tracker)]
        if mine and mine.where and follow.narrow and not heard.location and not _names(heard):
            wanted = self.read_wanted(heard, mine.wanted)
            return await self._page(dispatcher, tracker, heard, mine.where, wanted, 0)
        other = await self.instead(dispatcher, tracker, heard)
        if other is not None:
            return other
        wanted = self.read_wanted(heard, {})
        if mine and not wanted and (mine.where is None or len(heard.text) <= _SHORT):
            wanted = mine.wanted
        place = await self._where(dispatcher, tracker, heard, last, wanted)
        if isinstance(place, Where):
            return await self._page(dispatcher, tracker, heard, place, wanted, 0)
        return [Query(self.topic, self.action_name, None, wanted).kept(tracker), SlotSet("given_place", None)]

    async def _page(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        where: Where,
        wanted: dict[str, Any],
        skip: int,
    ) -> list[Event]:
        items = await self.page(dispatcher, heard, where, wanted, skip)
        query = Query(self.topic, self.action_name, where, wanted, skip, tuple(items), focus=int(len(items) == 1))
        return [query.kept(tracker), SlotSet("given_place", None)]

    async def _nth(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, mine: Query, nth: int
    ) -> list[Event]:
        number = len(mine.items) if nth == -1 else nth
        if not 1 <= number <= len(mine.items):
            say(dispatcher, f"刚才列了 {len(mine.items)} 个，您要看第几个？", self.pointing(len(mine.items)))
            return [mine.kept(tracker)]
        await self.detail(dispatcher, heard, mine.items[number - 1], mine.where)
        return [replace(mine, focus=number).kept(tracker)]

    def pointing(self, count: int) -> list[Choice]:
        """第1个怎么走 …"""
        return [(f"第{number}个怎么走", f"/{self.topic}:{ORDINALS[number - 1]}") for number in range(1, count + 1)]

    # -- where the rider is --------------------------------------------------------------------------------

    async def _where(
        self,
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        heard: Heard,
        last: Query | None,
        wanted: dict[str, Any],
    ) -> Where | None:
        """Where to search from; None when the rider was asked, or told that it cannot be."""
        person = await self.person_id(tracker)
        in_form = bool(tracker.active_loop)  # whose own question comes next: none may stand beside it
        usual = await self.services.people.usual_place(person)
        if usual and heard.do == USUAL:
            return Where(*usual, here=True)
        try:
            if heard.location:
                return await self._here(tracker, heard.location)
            match = _place_of(heard, tracker)
            if match is not None:
                return self._named(dispatcher, match, in_form=in_form)
        except OutsideKunshan as error:
            name = "这个位置" if heard.location else f"“{error}”"
            say(
                dispatcher,
                f"{name}不在昆山，我这里只有昆山的{self.noun}。您人在昆山的话，发个定位，或者说个镇名、路名。",
                self._towns(),
                ask=True,
            )
            return None
        unknown = unknown_name(heard.text)
        if unknown:
            say(
                dispatcher,
                f"“{unknown}”我没查到在哪儿。换个近旁的路名、镇名、地铁站名，或者点“+”发个定位，我再找{self.noun}。",
                self._towns(),
                ask=True,
            )
            return None
        if last and last.where:
            return last.where
        known = await self.services.people.place(person)
        if known:
            return Where(known[0], known[1], known[2] or "您的位置", here=True)
        if in_form:
            say(
                dispatcher,
                f"要找{self.noun}，连地方一起说，比如“花桥哪有{self.noun}”；或者办完这个再发个定位，我马上找。",
            )
            return None
        again = [(f"还在{usual[2]}附近", f"/{self.topic}:{USUAL}")] if usual else []
        say(
            dispatcher,
            f"您在哪儿？点“+”发个定位，或者说个镇名、路名、地铁站名，我找最近的{self.noun}。",
            [*again, *self._towns()],
            ask=True,
        )
        return None

    async def _here(self, tracker: Tracker, location: tuple[float, float, str]) -> Where:
        lat, lng, label = location
        point = from_gcj02(lng, lat)
        await remember_location(self, tracker, location)
        return Where(*point, label or "您的位置", here=True)

    def _named(self, dispatcher: CollectingDispatcher, match: PlaceMatch, *, in_form: bool) -> Where | None:
        inside = [place for place in match.candidates if not place.outside]
        if not inside:
            raise OutsideKunshan(match.candidates[0].name)
        if len(inside) > 1:
            choices = [
                (place.label, f'/{self.topic}{{"place":"{place.district}{place.name}"}}') for place in inside[:5]
            ]
            if in_form:
                names = "、".join(place.label for place in inside[:5])
                say(dispatcher, f"“{match.surface}”有 {len(inside)} 个：{names}。连全名再问一遍，我就找。")
                return None
            say(dispatcher, f"“{match.surface}”有 {len(inside)} 个，您说的是哪个？", choices, ask=True)
            return None
        return self._one(dispatcher, inside[0])

    def _one(self, dispatcher: CollectingDispatcher, place: Place) -> Where | None:
        try:
            lng, lat = point_of(place)
        except PlaceUnknown:
            say(
                dispatcher,
                f"“{place.name}”的准确位置没有公布，我量不了远近。说个旁边的路名或镇名，或者发个定位吧。",
                self._towns(),
                ask=True,
            )
            return None
        return Where(lng, lat, place.name, place.name if place.kind == "district" else None)

    def _towns(self) -> list[Choice]:
        return [(town, f'/{self.topic}{{"place":"{town}"}}') for town in ("高新区", "开发区", "花桥镇", "周市镇")]


async def remember_location(action: BotAction, tracker: Tracker, location: tuple[float, float, str]) -> bool:
    """Keep where a location message (lat, lng in GCJ-02 degrees, label) says the person is, for half an hour.

    What lies outside the city is not kept, there is nothing to be found from there: then False.
    """
    lat, lng, label = location
    try:
        point = from_gcj02(lng, lat)
    except OutsideKunshan:
        return False
    await action.services.people.set_place(await action.person_id(tracker), *point, label)
    return True


def _turn(tracker: Tracker) -> int:
    return int(tracker.get_slot("turn_count") or 0)


def _names(heard: Heard) -> bool:
    return bool(heard.all("place"))


def _place_of(heard: Heard, tracker: Tracker) -> PlaceMatch | None:
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
    return min(matches, key=_coarse) if matches else None


def _coarse(match: PlaceMatch) -> tuple[bool, bool, int]:
    return match.outside, match.candidates[0].kind == "district", match.start


def unknown_name(text: str) -> str | None:
    """A name before 附近, 那边 … that is no place known here: better asked than guessed."""
    for found in _NEAR.finditer(text):
        name = _BEFORE_NAME.sub("", found[1])
        if not _NO_NAME.match(name) and place_in(name) is None:
            return name
    return None


# -- wording -------------------------------------------------------------------------------------------------


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


def address_zh(address: str | None, district: str | None) -> str:
    """The address without the mark of demo rows, which is said once for the whole reply."""
    if not is_published(address):
        return "地址未公布，请打 12345 核实"
    return str(address).replace("（示例数据）", "")


def address_line(address: str | None, district: str | None) -> str:
    """ "地址：…", or that it is not published."""
    said = address_zh(address, district)
    return f"地址：{said}" if is_published(address) else said
