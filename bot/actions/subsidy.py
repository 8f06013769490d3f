"""昆小哥学堂: how much of the tuition comes back, with what-ifs that keep the case (那大专呢, 要是毕不了业呢)."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.actions.learners import SELF, Learner, read_learners, read_other, read_who, said_of
from bot.actions.study_words import MEMBER, SECOND, is_second, read_had, read_level, read_member, read_second_degree
from bot.actions.subsidy_followups import BOTH, CASE_LIFE, NOT_GRADUATING, OTHER_SCHOOL, TOGETHER, means_award
from bot.actions.subsidy_wording import EXTRA_FEES, LEVEL_NAMES, word, word_several
from bot.actions.tuition import EXTRA_FEE, PRICED, Fee, ask_fee, changed, lone_count, read_counts, read_fee, with_count
from bot.knowledge.topics import payload
from bot.language import find_money, format_yuan, normalise
from bot.services.subsidy import MOST_TUITION_FEN, SubsidyCase, calculate


def read_tuition(heard: Heard) -> int | None:
    """The whole tuition in fen: one sum, the sum of several years, or a price times the number of credits, terms, years."""
    return _tuition(heard, bare=False)


def read_tuition_asked(heard: Heard) -> Any:
    """Also a bare number; {"count": True} when only a number of terms or credits is told, for a price said before."""
    found = _tuition(heard, bare=True)
    if found is not None or heard.text.startswith("/"):
        return found
    return {"count": True} if lone_count(normalise(heard.text).text) is not None else None


def _tuition(heard: Heard, *, bare: bool) -> int | None:
    if heard.text.startswith("/"):
        return None
    folded = normalise(heard.text).text
    fee = read_fee(folded, bare=bare)
    if fee is not None:
        return None if fee.pending else fee.fen
    # "不对 是读三年" names no sum, though a correction may be a bare number
    if find_money(heard.text) or read_counts(folded) or PRICED.search(folded):
        return None
    return readers.amount_fen(heard)


class SubsidyForm(TaskForm):
    """Asks only for what is missing; what the rider said a moment ago is kept for a what-if."""

    form: ClassVar[str] = "subsidy_form"
    start_topic: ClassVar[str] = "calc_subsidy"
    topics: ClassVar[frozenset[str]] = frozenset()
    title: ClassVar[str] = "补助试算"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, r"学费\D{0,8}(?:\d{3,}|\d(?:\.\d)?万|[一二两三四五六七八九][千万])")
        for topic in ("school/subsidy_rule", "school/union_award", "school/how_to_claim")
    )
    confirm_needed: ClassVar[bool] = False

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "tuition",
                "学费",
                lambda values: Question(ask_fee(str(values.get("tuition_said") or ""))),
                read_tuition,
                read_tuition_asked,
                show=readers.show_fen,
            ),
            Field(
                "study_level",
                "层次",
                lambda values: Question(
                    "读的是大专还是本科？",
                    (("大专", '/inform{"degree":"junior_college"}'), ("本科", '/inform{"degree":"bachelor"}')),
                ),
                read_level,
                show=lambda level: LEVEL_NAMES[str(level)],
            ),
            Field("union_member", "", lambda v: Question(""), read_member, needed=lambda v: False),
            Field("second_degree", "", lambda v: Question(""), read_second_degree, needed=lambda v: False),
            hidden("tuition_said"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        case = tracker.get_slot("subsidy_case")
        known: Values = {"tuition_said": "" if heard.text.startswith("/") else heard.text}
        if isinstance(case, dict) and (heard.metadata.get("what_if") or heard.first("what_if")):
            known |= {name: case.get(name) for name in ("tuition", "study_level", "union_member", "second_degree")}
        return known

    async def settle(self, dispatcher: CollectingDispatcher, heard: Heard, values: Values, changed: Values) -> Values:
        if heard.text.startswith("/") or "tuition_said" in changed:
            return {}
        before = str(values.get("tuition_said") or "")
        settled: Values = {"tuition_said": f"{before} {heard.text}".strip()}
        if "tuition" not in changed:
            return settled
        price = read_fee(before)
        told = read_fee(heard.text)
        if price is not None and price.pending and (told is None or told.pending):
            whole = with_count(price, heard.text)
            if whole is not None:
                # "75" after the price of a credit is a number of them, and so it is kept
                said = f"{before} {whole.said()}"
                return {"tuition": whole.fen, "tuition_said": said}
        return settled | ({"tuition": None} if isinstance(changed["tuition"], dict) else {})

    def besides(self, heard: Heard, values: Values) -> Values:
        """ "两年半" while the level is asked, a price without a number: they count when the sum is made."""
        if heard.text.startswith("/"):
            return {}
        price = read_fee(heard.text, bare=True)
        if not read_counts(normalise(heard.text).text) and not (price and price.pending):
            return {}
        return {"tuition_said": f"{values.get('tuition_said') or ''} {heard.text}".strip()}

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        return ""


class ActionCalcSubsidy(BotAction):
    """The sums, with why, and the case kept for what comes next."""

    action_name = "action_calc_subsidy"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        fields = [field.name for field in SubsidyForm.all_fields()]
        given: dict[str, Any] = {name: tracker.get_slot(name) for name in fields}
        events = clear(*fields, CONFIRM)
        if given["tuition"] is None or given["study_level"] is None:
            return events
        said = str(given["tuition_said"] or "")
        turn = tracker.get_slot("turn_count") or 0
        last = tracker.get_slot("subsidy_case")
        last = last if isinstance(last, dict) and turn - int(last.get("turn") or 0) <= CASE_LIFE else {}
        before = last if heard.metadata.get("what_if") or heard.first("what_if") else {}
        kept = self._several(dispatcher, said, given, before, last) or self._one(dispatcher, said, given, before, last)
        return [*events, SlotSet("subsidy_case", kept | {"turn": turn})] if kept else events

    def _several(
        self, dispatcher: CollectingDispatcher, said: str, given: Values, before: Values, last: Values
    ) -> Values | None:
        """Two courses at once, another person's beside the last one, all of them together. None: it is about one."""
        learners = read_learners(said)
        alone = len({one.who for one in learners}) == 1
        courses = [
            _kept(one, given["union_member"] if alone else members_of(said, one.who, asked=False)) for one in learners
        ]
        new = 0
        if not courses and last:
            level = str(last["study_level"])
            other = read_other(said, level) if before else None
            if other is None and not before and read_who(said) != last.get("who", SELF):
                fee = _fee_of(said, int(given["tuition"]))
                other = Learner(read_who(said), str(given["study_level"]), fee)
            if other is not None and other.who != last.get("who", SELF):
                kept = [one for one in _all_of(last) if one.get("who") != other.who]
                courses, new = [*kept, _kept(other, given["union_member"] if not before else None)], 1
        if not courses and before.get("others") and (TOGETHER.search(said) or BOTH.search(said)):
            courses = _all_of(before)
        if not courses and before.get("others") and MEMBER.search(said) and not find_money(said):
            courses = [
                one | ({} if (now := members_of(said, one["who"], asked=True)) is None else {"union_member": now})
                for one in _all_of(before)
            ]
        if not courses:
            return None
        if any(max(one["tuition"], one["high"] or 0) > MOST_TUITION_FEN for one in courses):
            return None
        say(dispatcher, word_several([_course(one) for one in courses], new=new), _next(_course(courses[0])[1])[-2:])
        mine = next((one for one in courses if one["who"] == SELF), courses[0])
        return mine | {"others": [one for one in courses if one is not mine]}

    def _one(
        self, dispatcher: CollectingDispatcher, said: str, given: Values, before: Values, last: Values
    ) -> Values | None:
        fee, note = changed(said, Fee.of_kept(before)) if before else (_fee_of(said, int(given["tuition"])), "")
        if fee.unit == "year" and fee.count is None:
            note = "这是一年的，全程读几年告诉我，我再算总数。"
        if fee.halves:
            note = f"{fee.halves}按一年两个学期算的，不对就说几个学期。"
        level = str(given["study_level"])
        has = read_had(said) or before.get("schooling")
        if SECOND.search(said) and not read_had(said) and given["second_degree"]:
            has = level
        second = is_second(str(has), level) if has else bool(given["second_degree"])
        if max(fee.fen, fee.high_fen or 0) > MOST_TUITION_FEN:
            say(
                dispatcher,
                f"{format_yuan(fee.fen)}的学费好像多打了几个零，麻烦再说一遍学费总数。",
                [payload("calc_subsidy")],
            )
            return None
        case = SubsidyCase(
            fee.fen,
            level,
            union_member=given["union_member"],
            second_degree=second,
            graduates=not NOT_GRADUATING.search(said),
            open_university=not OTHER_SCHOOL.search(said),
        )
        award = bool(before and means_award(normalise(said).text))
        text = word(case, calculate(case), together=award or bool(TOGETHER.search(said)), fee=fee)
        if award and not second:
            text = f"那 1000 元是工会“双千计划”的奖励，跟补学费是两笔，只给读本科、符合条件的工会会员。\n{text}"
        if note and not second:
            one = SubsidyCase(fee.each_fen or fee.fen, level)
            text += "\n" + note.format(grant=format_yuan(calculate(one).grant_fen))
        if EXTRA_FEE.search(said) and not second:
            # asked about as a what-if it is the answer, beside a first sum a note
            text = f"{EXTRA_FEES}\n{text}" if before else f"{text}\n{EXTRA_FEES}"
        if fee.about and not fee.high_fen and not second:
            text += "\n您说的是大约数，我按整数估的；有准数再说一遍，我给您算准。"
        if read_had(said) and level == "bachelor" and has == "junior_college":
            text = f"有大专再读本科是往上读，不按二学历算，以学堂认定为准。\n{text}"
        say(dispatcher, text, _next(case))
        kept = fee.kept() | {"who": before.get("who", SELF) if before else read_who(said)}
        kept |= {"study_level": level, "schooling": has, "union_member": given["union_member"]}
        return kept | {"second_degree": second, "others": before.get("others") or []}


def _fee_of(said: str, tuition: int) -> Fee:
    """The tuition of the form with the way it was said; the bare sum when the words tell another one."""
    for bare in (False, True):
        fee = read_fee(said, bare=bare)
        if fee is None and not bare:
            continue
        if fee is not None and fee.unit == "" and fee.fen == tuition and (counts := read_counts(said)):
            yearly = re.search(r"(?:一|每|1)(?:学)?年(?![半级多零])", said)
            if yearly and "year" in counts:
                return Fee(tuition, unit="year", each_fen=tuition).times(counts["year"])
        if fee is not None and tuition in (fee.fen, fee.each_fen):
            return fee
    return Fee(tuition)


def members_of(said: str, who: str, *, asked: bool) -> bool | None:
    """Whether that person is in the union, of "我是会员她不是", "都是会员"; None when nothing is said of it.

    asked: the message is about nothing else, so "她不是" is enough.
    """
    if re.search(r"都(?:不是|没)", said):
        return False
    if re.search(r"都(?:是|入|加)\S{0,3}(?:会员|工会|会)", said):
        return True
    part = said_of(said, who)
    if not re.search(r"会员|工会|入会" + (r"|是|入|加" if asked else ""), part):
        return None
    return not re.search(r"不是|[没未](?:有|加|入|参)|非会员|不算", part)


def _kept(one: Learner, member: bool | None) -> Values:
    """One course for the slot."""
    fee = one.fee or Fee(0)
    return fee.kept() | {"who": one.who, "study_level": str(one.level), "union_member": member}


def _all_of(case: Values) -> list[Values]:
    """The course worked out last and those beside it."""
    return [{key: value for key, value in case.items() if key not in ("others", "turn")}, *(case.get("others") or [])]


def _course(kept: Values) -> tuple[str, SubsidyCase, Fee]:
    fee = Fee.of_kept(kept)
    return (
        str(kept.get("who") or SELF),
        SubsidyCase(fee.fen, str(kept["study_level"]), union_member=kept.get("union_member")),
        fee,
    )


def _next(case: SubsidyCase) -> list[tuple[str, str]]:
    other = "junior_college" if case.level == "bachelor" else "bachelor"
    choices = [(f"换成{LEVEL_NAMES[other]}呢", f'/calc_subsidy{{"degree":"{other}","what_if":true}}')]
    if case.level == "bachelor" and case.union_member is not True:
        choices.append(("我是工会会员", '/calc_subsidy{"member":true,"what_if":true}'))
    return [*choices, payload("school/how_to_claim"), payload("enroll_school")]
