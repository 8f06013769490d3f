"""Base of the searches by place: where the rider is, one page of a list, what points at the list before.

A search without a place asks where the rider is and keeps the question; the place that comes next answers it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.actions.last_search import MORE, ORDINALS, USUAL, Follow, Query, Where
from bot.actions.opening import When, when_asked
from bot.actions.places import DEMO_NOTE, place_of, two_places_in, unknown_name
from bot.actions.registry import NARROWING
from bot.geo.places import Place, PlaceMatch
from bot.services.reference import OutsideKunshan, PlaceUnknown, from_gcj02, point_of

PAGE = 3
_DISTANCE = re.compile(r"近一?[点些]|太远|好远|这么远|更近|再近")
_HOLIDAY = re.compile(r"过年|春节|国庆|元旦|中秋|端午|清明|五一|劳动节|除夕|大年|过节|节假日|放假")
_SHORT = 14  # characters: so short a message goes on with what was wanted before


class FindAction(BotAction):
    """Base of the searches by place. Subclasses read what is wanted and show a page or one place."""

    topic: ClassVar[str] = ""
    noun: ClassVar[str] = ""
    per_page: ClassVar[int] = PAGE
    shows_both: ClassVar[bool] = False
    """Whether a wish that names two places is answered for both."""
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

    def sought(self, wanted: dict[str, Any]) -> str:
        """的驿站, 能充电的驿站: what is looked for, behind 最近."""
        return f"的{self.noun}"

    def before_asking(self, wanted: dict[str, Any]) -> str:
        """A sentence to put before the question where the rider is."""
        return ""

    async def both(
        self, dispatcher: CollectingDispatcher, heard: Heard, wheres: tuple[Where, Where], wanted: dict[str, Any]
    ) -> tuple[Sequence[str], Sequence[str]] | None:
        """Say what is near either of two places; the codes shown for each. None: this search shows one place only."""
        return None

    async def opening(self, code: str, when: When | None, heard: Heard) -> tuple[str, str, bool] | None:
        """(name, whether it is open then or its hours, whether that is example data) of one place shown before."""
        return None

    async def instead(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event] | None:
        """Answer in another way than by a search (a place named by its full name); None to search."""
        return None

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        last = Query.last(tracker)
        mine = last if last and last.topic == self.topic else None
        follow = Follow.of(heard)
        if mine and mine.items and follow.hours:
            return await self._hours(dispatcher, tracker, heard, mine, follow.nth)
        if mine and mine.items and follow.nth is not None:
            return await self._nth(dispatcher, tracker, heard, mine, follow.nth)
        if mine and mine.where and follow.more:
            where, shown = mine.where, int(mine.wanted.get("split") or len(mine.items))
            if mine.wanted.get("also") and mine.focus > shown:  # one of the second place was looked at
                where, shown = Where(**mine.wanted["also"]), len(mine.items) - shown
            return await self._page(dispatcher, tracker, heard, where, _alone(mine.wanted), mine.skip + shown)
        if mine and mine.where and follow.back:
            skip = max(0, mine.skip - self.per_page)
            return await self._page(dispatcher, tracker, heard, mine.where, mine.wanted, skip)
        if mine and mine.where and follow.narrow and _DISTANCE.search(heard.text):
            if mine.skip:  # a later page is shown: the nearest are on the first
                return await self._page(dispatcher, tracker, heard, mine.where, mine.wanted, 0)
            say(
                dispatcher,
                f"列的就是离{mine.where.label}最近的了。想换个地方找，说个地名或者发定位；也可以少提一个条件。",
                [("还有别的吗", f"/{self.topic}:{MORE}"), *self._towns()[:2]],
            )
            return [mine.kept(tracker)]
        if mine and mine.where and follow.narrow and not heard.location and not heard.all("place"):
            wanted = self.read_wanted(heard, mine.wanted)
            return await self._page(dispatcher, tracker, heard, mine.where, wanted, 0)
        other = await self.instead(dispatcher, tracker, heard)
        if other is not None:
            return other
        wanted = self.read_wanted(heard, {})
        if mine and not wanted and (mine.where is None or len(heard.text) <= _SHORT):
            wanted = _alone(mine.wanted)
        pair = self._pair(heard)
        if pair is not None:
            return await self._page(dispatcher, tracker, heard, pair[0], wanted | {"also": asdict(pair[1])}, 0)
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
        also = Where(**wanted["also"]) if wanted.get("also") else None
        two = await self.both(dispatcher, heard, (where, also), wanted) if also else None
        if two is not None:
            kept = wanted | {"split": len(two[0])}
            return [
                Query(self.topic, self.action_name, where, kept, 0, (*two[0], *two[1])).kept(tracker),
                SlotSet("given_place", None),
            ]
        wanted = _alone(wanted)
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
        where = mine.where
        if mine.wanted.get("also") and number > int(mine.wanted.get("split") or 0):
            where = Where(**mine.wanted["also"])
        await self.detail(dispatcher, heard, mine.items[number - 1], where)
        return [replace(mine, focus=number).kept(tracker)]

    async def _hours(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard, mine: Query, nth: int | None
    ) -> list[Event]:
        """ "晚上十点还开吗" of the places just listed, or of the one looked at."""
        when = when_asked(heard.text, heard.now)
        numbers = [nth] if nth and 1 <= nth <= len(mine.items) else list(range(1, len(mine.items) + 1))
        lines, demo = [], False
        for number in numbers:
            found = await self.opening(mine.items[number - 1], when, heard)
            if found is not None:
                name, words, example = found
                lines.append(f"{name}：{words}" if len(numbers) == 1 else f"{number}. {name}：{words}")
                demo = demo or example
        if not lines:
            say(dispatcher, f"刚才那个{self.noun}几点开没有公布，可打 12345 问。", self.pointing(len(mine.items)))
            return [mine.kept(tracker)]
        if _HOLIDAY.search(heard.text):
            lines.append("节假日可能不一样，去之前打 12345 问一声。")
        if demo:
            lines.append(DEMO_NOTE)
        pointing = [self.pointing(len(mine.items))[number - 1] for number in numbers]
        say(dispatcher, "\n".join(lines), [*pointing, ("还有别的吗", f"/{self.topic}:{MORE}")])
        return [replace(mine, focus=nth or mine.focus).kept(tracker)]

    def _pair(self, heard: Heard) -> tuple[Where, Where] | None:
        """The two places that a typed wish names, when it may be measured from both."""
        if not self.shows_both or heard.location or heard.do or heard.text.startswith("/"):
            return None
        named = two_places_in(heard.text)
        if named is None:
            return None
        try:
            first, second = (self._measured(match.candidates[0]) for match in named)
        except PlaceUnknown:
            return None
        return first, second

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
            match = place_of(heard, tracker)
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
            f"{self.before_asking(wanted)}您在哪儿？点“+”发个定位，或者说个镇名、路名、地铁站名，我找最近{self.sought(wanted)}。",
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
            return self._measured(place)
        except PlaceUnknown:
            say(
                dispatcher,
                f"“{place.name}”的准确位置没有公布，我量不了远近。说个旁边的路名或镇名，或者发个定位吧。",
                self._towns(),
                ask=True,
            )
            return None

    @staticmethod
    def _measured(place: Place) -> Where:
        """PlaceUnknown when nobody has published where it is."""
        lng, lat = point_of(place)
        return Where(lng, lat, place.name, place.name if place.kind == "district" else None)

    def _towns(self) -> list[Choice]:
        return [(town, f'/{self.topic}{{"place":"{town}"}}') for town in ("高新区", "开发区", "花桥镇", "周市镇")]


def _alone(wanted: dict[str, Any]) -> dict[str, Any]:
    """What is wanted, without the second place of a wish that named two."""
    return {name: value for name, value in wanted.items() if name not in ("also", "split")}


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
