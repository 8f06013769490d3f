"""The time of a visit to the hospital: read from wishes, picks and taps, offered, settled."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import Event, Heard, say
from bot.actions.form_fields import CONFIRM, Field, Question, Refused, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.actions.visit_offers import (
    MOST_OFFERS,
    Offer,
    choices_of,
    named_day,
    neighbour,
    offer_for,
    say_moment,
)
from bot.actions.wish_order import taking_over
from bot.actions.wishes import LUNAR_DAY, Wish, names_lunar_day, pick, read_pick, read_wishes, say_day
from bot.actions.wording import CORRECTION
from bot.services.errors import QuotaExhausted
from bot.services.notices import CHANNEL_NAMES

WAITING = "wait"  # in place of a time: to be told when one is given back
OTHER = "other"  # in place of a time: none of the offered ones
_TOLD = re.compile(
    r"[吃喝做查拉吐摔扭看打验]了|刚(?:刚|才)?[吃喝做查看]|[做查看]完|[吃喝做查得拉吐看打验]过|开始|一直|疼|痛|发烧|感冒|好了|退烧|退了|烧[到了]|病了|[住出]院|不舒服|难受|没睡"
)
_ANOTHER_TIME = re.compile(
    r"(?:能不能|我想|想)?换(?:个|一个|一下)?(?:时间|日子|天|一天)[吧吗呗]?|都不(?:行|合适|方便)|这些都不行"
)
_ANY_HOUR = re.compile(r"(?:几点|哪个点|什么时[候间]|啥时候?|哪个时段|时间)都|有(?:啥|什么|哪些|几个)|全天|一整天|都有")
_CORRECTED = re.compile(rf"{CORRECTION.pattern}|算了|还是|[换改]|挪|呢[?？]?$|^[哦噢啊]?不[，, ]?")
LUNAR_UNKNOWN = "农历的日子我还不会算，说公历几月几号就行。"
_LUNAR = re.compile(r"农历|阴历|旧历|[正冬腊]月|初[一二三四五六七八九十]|腊八|小年|大年三十")
_TWO_DAYS = 2
_EARLIER_YET = re.compile(r"有没有|还有|再早|更早|能不能|能早|早.{0,2}[吗么不]")


def read_visit_wishes(heard: Heard) -> list[dict[str, Any]] | None:
    if heard.text.startswith("/"):
        return None
    wishes = read_wishes(heard.text, heard.now)
    if not wishes and names_lunar_day(heard.text) and not _TOLD.search(heard.text):
        raise Refused(LUNAR_DAY)
    if wishes and all(wish.past for wish in wishes) and _TOLD.search(heard.text):
        return None  # "前两天吃了头孢" tells of the past and wishes for nothing
    return [wish.to_slot() for wish in wishes] or None


def with_hours_kept(wishes: list[dict[str, Any]], before: Values, heard: Heard) -> list[dict[str, Any]]:
    """ "不对 是大后天": another day for a time that was chosen, or corrected, is meant at the hours said before."""
    (wish,) = [Wish.from_slot(one) for one in wishes][:1] or [Wish("any")]
    if len(wishes) != 1 or wish.kind != "at" or not wish.one_day or wish.hours or wish.past or wish.first is None:
        return wishes
    if _ANY_HOUR.search(heard.text):
        return wishes
    held = str(before.get("visit_slot") or "")
    if _is_moment(held):
        hour = datetime.fromisoformat(held)
        said = Wish("at", start=hour.time(), end=(hour + timedelta(minutes=1)).time(), exact=True, dated=False)
        return [said.on(wish.first).to_slot()]
    earlier = [Wish.from_slot(one) for one in before.get("visit_wish") or ()]
    if not earlier or earlier[0].kind != "at":
        return wishes
    of_several_days = not earlier[0].dated or any(one.either for one in earlier)
    if not of_several_days and not _CORRECTED.search(heard.text):
        return wishes
    return [taking_over(wish, earlier[0]).to_slot()]


def _still_on(day: date, out: list[Wish]) -> list[Wish]:
    """ "我周五上午有课" under the times of a Friday: the rest of that day; of a day that does not suit nothing is left."""
    gone = any(not wish.hours and wish.first and wish.first <= day <= (wish.last or day) for wish in out)
    return out if gone else [Wish("at", day, day, text=say_day(day)), *out]


def _on_offered_days(wishes: list[Wish], offers: Sequence[str]) -> list[Wish]:
    """ "九点" after the times of two days: nine o'clock on either."""
    days = sorted({datetime.fromisoformat(at).date() for at in offers})
    if len(days) != _TWO_DAYS or len(wishes) != 1 or wishes[0].kind != "at" or wishes[0].dated:
        return wishes
    return [replace(wishes[0].on(day), either=day != days[0]) for day in days]


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def read_slot(heard: Heard) -> Any:
    """A tapped time, 排队, 换个时间, or which one of the offered ones."""
    tapped = heard.first("slot")
    if tapped:
        return str(tapped) if tapped in (WAITING, OTHER) or _is_moment(str(tapped)) else None
    if heard.text.startswith("/"):
        return None
    if "排队" in heard.text or "候补" in heard.text:
        return WAITING
    number = read_pick(heard.text, asked=False)
    return {"pick": number} if number is not None else None


def read_slot_asked(heard: Heard) -> Any:
    value = read_slot(heard)
    if value is not None or heard.text.startswith("/"):
        return value
    if _ANOTHER_TIME.fullmatch(heard.text.strip()):
        return OTHER
    number = read_pick(heard.text, asked=True)
    return {"pick": number} if number is not None else None


def ask_slot(values: Values) -> Question:
    times = [datetime.fromisoformat(at) for at in values.get("visit_offers") or ()]
    return Question(
        str(values.get("visit_note") or "想约哪天？直接说，比如“下周三上午”。"),
        choices_of(times, may_wait=bool(values.get("visit_may_wait"))),
    )


TIME_FIELDS: tuple[Field, ...] = (
    Field("visit_wish", "", ask_slot, read_visit_wishes, needed=lambda values: False),
    Field(
        "visit_slot",
        "时间",
        ask_slot,
        read_slot,
        read_slot_asked,
        show=lambda at: "排队等空位" if at == WAITING else say_moment(str(at)),
    ),
    *(hidden(name) for name in ("visit_offers", "visit_note", "visit_may_wait", "visit_day")),
)


def is_lunar(text: str) -> bool:
    """Whether a day of the lunar calendar is named, which no time is read from."""
    return _LUNAR.search(text) is not None


class VisitForm(TaskForm):
    """What booking and rescheduling share: turning wishes and picks into one time."""

    async def settle_time(self, channel: str, heard: Heard, values: Values, changed: Values) -> Values:
        """The changes that wishes, picks and taps of this message bring about."""
        hospital = self.services.hospital
        offers: list[str] = list(values.get("visit_offers") or ())
        chosen = changed.get("visit_slot")
        wishes = [Wish.from_slot(wish) for wish in changed.get("visit_wish") or ()]
        held = values.get("visit_slot") if "visit_slot" not in changed else None
        if isinstance(chosen, dict):
            if any(wish.kind == "at" and wish.dated for wish in wishes):
                # "下周二上午第一个": of that time, not of what was offered before
                named_time = await offer_for(hospital, channel, wishes, None, heard.now)
                offers = [at.isoformat() for at in named_time.times]
                if named_time.chosen is not None or not offers:
                    return self._offered(named_time)
            picked = pick(offers, int(chosen["pick"]))
            if picked is not None:
                return self._chosen(picked)
            chosen = None
        if chosen == WAITING and offers and not values.get("visit_may_wait") and not heard.text.startswith("/"):
            times = [datetime.fromisoformat(at) for at in offers]
            on_day = named_day(times)
            note = f"现在还有空位，不用排队。{on_day}{'的' if on_day else ''}选一个："
            return self._offered(Offer(tuple(times), note=note, may_wait=True, day=times[0].date() if on_day else None))
        if chosen == WAITING:
            return {"visit_slot": WAITING}
        if isinstance(chosen, str) and chosen != OTHER:
            return self._chosen(chosen)
        named = any(wish.kind == "at" for wish in wishes)
        relative = next((wish.kind for wish in wishes if wish.kind in ("earlier", "later")), None)
        if relative and not named:
            asked = bool(_EARLIER_YET.search(heard.text))
            return await self._moved(channel, relative, offers, held, asked=asked)
        if any(wish.kind in ("earliest", "any") for wish in wishes) and offers and held is None and not named:
            return self._chosen(offers[0])
        if not wishes and chosen != OTHER:
            wishes = [Wish.from_slot(wish) for wish in values.get("visit_wish") or ()]
        day = values.get("visit_day")
        if not day:
            wishes = _on_offered_days(wishes, offers)
        elif wishes and all(wish.kind == "not" for wish in wishes):
            wishes = _still_on(date.fromisoformat(day), wishes)
        offer = await offer_for(hospital, channel, wishes, date.fromisoformat(day) if day else None, heard.now)
        if not wishes and is_lunar(heard.text):
            offer = replace(offer, note=f"{LUNAR_UNKNOWN}{offer.note}")
        return self._offered(offer)

    async def _earlier_yet(self, channel: str, offers: Sequence[str]) -> Values:
        """ "有没有更早的" under a list: what is free before its first; when nothing is, the list stays."""
        first = datetime.fromisoformat(offers[0])
        free = [slot.starts_at for slot in await self.services.hospital.free_slots(channel)]
        before = sorted(at for at in free if at < first)[-MOST_OFFERS:]
        times = before or [datetime.fromisoformat(at) for at in offers]
        day = named_day(times)
        note = (
            f"更早的{day}有这些，选一个："
            if before
            else f"没有更早的了，最早就是{say_moment(offers[0])}。选一个，或者换个日子："
        )
        return self._offered(Offer(tuple(times), note=note, day=times[0].date() if day else None))

    async def _moved(self, channel: str, way: str, offers: Sequence[str], held: Any, *, asked: bool) -> Values:
        """早一点 or 晚一点: among the offered ones, or next to the one that is held."""
        if held in (None, WAITING, OTHER) or isinstance(held, dict):
            if way == "earlier" and offers and asked:
                return await self._earlier_yet(channel, offers)
            return self._chosen(offers[0] if way == "earlier" else offers[-1]) if offers else {}
        at = await neighbour(self.services.hospital, channel, datetime.fromisoformat(str(held)), later=way == "later")
        return self._chosen(at.isoformat()) if at else {}

    @staticmethod
    def _chosen(at: str) -> Values:
        return {
            "visit_slot": at,
            "visit_day": datetime.fromisoformat(at).date().isoformat(),
            "visit_note": None,
            "visit_may_wait": None,
        }

    @staticmethod
    def _offered(offer: Offer) -> Values:
        if offer.chosen is not None:
            return VisitForm._chosen(offer.chosen.isoformat())
        return {
            "visit_slot": None,
            "visit_offers": [at.isoformat() for at in offer.times],
            "visit_note": offer.note,
            "visit_may_wait": offer.may_wait or None,
            "visit_day": offer.day.isoformat() if offer.day else None,
        }

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        channel = changed.get("visit_channel")
        if channel and before.get("visit_channel") not in (None, channel):
            return f"好，改约{CHANNEL_NAMES[str(channel)]}。"
        timeless = not before.get("visit_slot") and not changed.get("visit_slot")
        return "手机号记下了。" if timeless and changed.get("visit_phone") else ""

    def refused_again(self, dispatcher: CollectingDispatcher, full: QuotaExhausted) -> list[Event]:
        """The time was taken a moment ago: offer what is left, the form stays open."""
        times = sorted(slot.starts_at for slot in full.alternatives)
        note = (
            f"刚刚被别人约走了。最近有空的是{named_day(times)}："
            if times
            else "刚刚被约完了。可以排队，有人退号马上告诉您。"
        )
        changed = self._offered(Offer(tuple(times), note=note, may_wait=True))
        question = ask_slot(changed)
        say(dispatcher, question.text, question.choices, ask=True)
        events: list[Event] = [SlotSet(name, value) for name, value in changed.items()]
        return [*events, SlotSet(CONFIRM, None), SlotSet("requested_slot", "visit_slot")]
