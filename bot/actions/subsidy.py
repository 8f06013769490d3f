"""昆小哥学堂: how much of the tuition comes back, with what-ifs that keep the case (那大专呢, 要是毕不了业呢)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.knowledge.topics import payload
from bot.language import Money, find_degrees, find_durations, find_money, format_yuan, normalise, read_study
from bot.services.subsidy import AWARD_FEN, MOST_TUITION_FEN, Reason, Subsidy, SubsidyCase, calculate

LEVEL_NAMES = {"junior_college": "大专", "bachelor": "本科"}
CASE_LIFE = 6  # user turns in which "那大专呢" still means the last case

_NOT_MEMBER = re.compile(
    r"(?:不是|没(?:有)?(?:加|入|参加|进)|还没(?:加|入)?|未(?:加|入)|没得|不算|非|不在)(?:入|过|上|了)?(?:什么|啥)?"
    r"(?:工会|会员|入会)|工会(?:没|未|还没)(?:加|入|有)|没工会"
)
_MEMBER = re.compile(r"工会|会员|入(?:了)?会")
_SECOND = re.compile(r"二学历|第二学历|第二个(?:大专|本科|文凭|学历)|(?:再|又)(?:读|念|拿)一?个(?:大专|本科)")
_NOT_SECOND = re.compile(r"不是(?:第)?二学历|第一(?:个)?学历|首个学历")
_EACH_YEAR = re.compile(r"(?:一|每|1)(?:学)?年(?![半级多零])|年(?:费|学费)")
_WHOLE = re.compile(r"一共|总共|合计|总额|总数|全部|全程|加起来")
_NTH_YEAR = re.compile(r"第[一二三四五1-5](?:学)?年")
_FEE = re.compile(r"学费|总共|一共|合计|总额|共")
_OTHER_FEE = re.compile(r"(?:书本|教材|报名|注册|考试|资料|住宿|工会|奖励|双千|补|领)(?:费|金|了|我|能|的)*$")
_NOT_GRADUATING = re.compile(
    r"毕不了业|没(?:能)?毕(?:得了)?业|不能(?:按时)?毕业|拿不到(?:毕业)?证|中途退|读不完|退学|没读完|念不完|挂科|延期毕业|延毕"
)
_OTHER_SCHOOL = re.compile(r"自考|别的学校|其他学校|国开|读电大|国家开放大学|函授|苏州大学|网络教育")
_TOGETHER = re.compile(r"加起来|加一块|加一起|一共|总共|合起来|两(?:样|笔|个|项)")
_WHAT_IF = re.compile(
    r"^(?:那|那么|要是|如果|假如|万一|还是|换成?|改成|我(?:不是|没|是)|不是|是工会|没加|(?:我)?(?:已经|早就?|都)?(?:加?入)了)|呢[？?]?$"
    r"|^(?:不对|错了|说错了)|学费.{0,3}(?:改成|改为|换成|应该是)|按.{1,6}算"
)
# the schooling one has, put in ways that sound like an aim: 大专刚毕业, 早就有个本科了
_DEGREE = r"(?P<{}>大专|专科|高职|本科)"
_HAD = re.compile(
    _DEGREE.format("after") + r"(?:都|已经|已|刚刚?|早就?|也|都?是)+(?:毕业|毕了业|读完|念完|上完)"
    r"|(?:已经|早就?|之前|以前|本来)(?:就)?(?:有|是|读过|拿过|念过)了?(?:一?个|张)?" + _DEGREE.format("before")
)
_ONLY_YEARS = re.compile(
    r"(?:不对|不是|错了|那|是|要|得|读|一共|总共|全程|[\s，,])*[\d.一二两三四五六]+年(?:半)?(?:制|的|呢|吧|读完|毕业)*[？?。]?"
)
_ENROLS = re.compile(r"报名|登记|想[读学报]|要[读学报]")
_RANKS = ("junior_college", "bachelor", "postgraduate")


def read_tuition(heard: Heard) -> int | None:
    """The whole tuition in fen: one sum, the sum of several years, or a year's sum times the years."""
    return _tuition(heard, bare=False)


def read_tuition_asked(heard: Heard) -> int | None:
    return _tuition(heard, bare=True)


def _tuition(heard: Heard, *, bare: bool) -> int | None:
    if heard.text.startswith("/"):
        return None
    folded = normalise(heard.text).text
    sums = [money for money in find_money(heard.text, bare=bare) if not _is_other_fee(heard.text, money)]
    if not sums:
        # "不对 是读三年" names no sum, though a correction may be a bare number
        return None if find_money(heard.text) or _years(heard.text) else readers.amount_fen(heard)
    years_named = len(_NTH_YEAR.findall(folded))
    if years_named >= 2:  # one sum a year, or better ask for the total
        return sum(money.fen for money in sums) if len(sums) == years_named else None
    chosen = _fee(heard.text, sums)
    years = _years(heard.text)
    around = folded[max(0, chosen.start - 6) : chosen.end + 5]
    if years is not None and (_EACH_YEAR.search(around) or (_EACH_YEAR.search(folded) and not _WHOLE.search(folded))):
        return round(chosen.fen * years)
    return chosen.fen


def _fee(text: str, sums: list[Money]) -> Money:
    """The sum that is the tuition: the one called so, else the first."""
    return next((m for m in sums if _FEE.search(text[max(0, m.start - 8) : m.start])), sums[0])


def _is_other_fee(text: str, money: Money) -> bool:
    before = text[max(0, money.start - 8) : money.start]
    return bool(_OTHER_FEE.search(before)) or (money.fen == AWARD_FEN and "工会" in text)


def _years(text: str) -> float | None:
    """The length of the course, when it is said to be more than a year."""
    months = [float(d.months) for d in find_durations(text) if d.months and d.months > 12]
    return months[0] / 12 if months else None


def read_level(heard: Heard) -> str | None:
    tapped = heard.first("degree")
    study = read_study(heard.text)
    if study.aim and study.has is None and read_had(heard.text) == study.aim and len(find_degrees(heard.text)) == 1:
        return None  # the only degree named is the one already had
    return study.aim or (str(tapped) if tapped in LEVEL_NAMES and not study.has else None)


def read_had(text: str) -> str | None:
    """The schooling that is had already (codes of `bot.language.SCHOOLING`), None when none is said."""
    has = read_study(text).has
    found = None if has else _HAD.search(normalise(text).text)
    if found is None:
        return has
    return "bachelor" if (found["after"] or found["before"]) == "本科" else "junior_college"


def read_member(heard: Heard) -> bool | None:
    text = normalise(heard.text).text
    if _NOT_MEMBER.search(text):
        return False
    tapped = heard.first("member")
    if isinstance(tapped, bool):
        return tapped
    if re.search(r"(?:什么|啥)是?会员|要不要|是不是|怎么(?:加|入)|如果不", text):
        return None
    return True if _MEMBER.search(text) and "计划" not in text else None


def read_second_degree(heard: Heard) -> bool | None:
    text = normalise(heard.text).text
    if _NOT_SECOND.search(text):
        return False
    aim, has = read_study(heard.text).aim, read_had(heard.text)
    if aim and has in _RANKS:
        return _is_second(str(has), aim)
    return True if _SECOND.search(text) else None


def _is_second(has: str, level: str) -> bool:
    """Whether someone with that schooling studies for a degree of the same or a lower rank."""
    return has in _RANKS and _RANKS.index(has) >= _RANKS.index(level)


def _course(said: str, tuition: int, before: dict[str, Any]) -> tuple[int, int, float | None, str]:
    """(whole tuition, the sum as it was said, years it was multiplied by, a note), tuition in fen.

    before: the case a what-if starts from, empty for a new one.
    """
    years, whole = _years(said), _WHOLE.search(said)
    sums = [money for money in find_money(said) if not _is_other_fee(said, money)]
    named = _fee(said, sums).fen if sums and len(_NTH_YEAR.findall(said)) < 2 else None
    if before:
        base = named or int(before.get("base") or before["tuition"])
        length = years or (None if whole else before.get("years"))
        total = round(base * length) if length else base
        guessed = years and named is None and not before.get("years")
        note = (
            f"按一年{format_yuan(base)}、读{years:g}年算；{format_yuan(base)}要是总数，就补{{grant}}。"
            if guessed
            else ""
        )
        return total, base, length, note
    yearly = bool(_EACH_YEAR.search(said)) and not whole and named is not None
    if yearly and years and named is not None:
        return round(named * years), named, years, ""
    note = "这是一年的，全程读几年告诉我，我再算总数。" if yearly else ""
    return tuition, tuition, None, note


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
                lambda values: Question("学费一共多少钱？（读完全程的总数，一年的也行，告诉我读几年）"),
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
        return {"tuition_said": f"{values.get('tuition_said') or ''} {heard.text}".strip()}

    def besides(self, heard: Heard, values: Values) -> Values:
        """ "两年半" while the level is asked: the years count when the sum is made."""
        if heard.text.startswith("/") or _years(heard.text) is None:
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
        what_if = bool(heard.metadata.get("what_if") or heard.first("what_if"))
        kept_case = tracker.get_slot("subsidy_case")
        before: dict[str, Any] = kept_case if what_if and isinstance(kept_case, dict) else {}
        tuition, base, years, note = _course(said, int(given["tuition"]), before)
        level = str(given["study_level"])
        has = read_had(said) or before.get("schooling")
        if _SECOND.search(said) and not read_had(said) and given["second_degree"]:
            has = level
        second = _is_second(str(has), level) if has else bool(given["second_degree"])
        if tuition > MOST_TUITION_FEN:
            say(
                dispatcher,
                f"{format_yuan(tuition)}的学费好像多打了几个零，麻烦再说一遍学费总数。",
                [payload("calc_subsidy")],
            )
            return events
        case = SubsidyCase(
            tuition,
            level,
            union_member=given["union_member"],
            second_degree=second,
            graduates=not _NOT_GRADUATING.search(said),
            open_university=not _OTHER_SCHOOL.search(said),
        )
        text = word(case, calculate(case), together=bool(_TOGETHER.search(said)))
        if note and not second:
            text += "\n" + note.format(grant=format_yuan(calculate(replace(case, tuition_fen=base)).grant_fen))
        if read_had(said) and level == "bachelor" and has == "junior_college":
            text = f"有大专再读本科是往上读，不按二学历算，以学堂认定为准。\n{text}"
        say(dispatcher, text, _next(case))
        kept = {"tuition": tuition, "base": base, "years": years, "study_level": level, "schooling": has}
        kept |= {"union_member": given["union_member"], "second_degree": second}
        return [*events, SlotSet("subsidy_case", kept | {"turn": tracker.get_slot("turn_count") or 0})]


def word(case: SubsidyCase, result: Subsidy, *, together: bool = False) -> str:
    """The result in the rider's words, the sum first."""
    level, tuition = LEVEL_NAMES[case.level], format_yuan(case.tuition_fen)
    if Reason.NOT_GRADUATING in result.reasons:
        return (
            "没毕业就补不了：两笔钱都要在规定时间内拿到毕业证才有，学费得自己出。\n"
            "规定时间是几年、延期算不算，没有公布，先问昆山开放大学，或打 12345 转市教育局。\n"
            f"要是按时毕业，{_certain(case)}。"
        )
    if Reason.SECOND_DEGREE in result.reasons:
        return (
            "这种算二学历，助学金和双千计划都不补，能拿 0 元。\n"
            "规定写的是“不含二学历”。您的情况算不算，以昆山开放大学认定为准，也可以打 12345 问。"
        )
    if Reason.OTHER_SCHOOL in result.reasons:
        return (
            "这笔补不了：只补纳入昆小哥学堂、拿江苏开放大学非全日制毕业证的学费，别的学校和自考不在内。\n"
            "拿不准就打 12345 转市教育局问。"
        )
    grant = f"{level}学费总额{tuition}，毕业后补 50%，就是{format_yuan(result.grant_fen)}"
    if Reason.AWARD_NEEDS_BACHELOR in result.reasons:
        award = "工会“双千计划”的 1000 元只给本科，大专没有。"
        head = f"一共能拿{format_yuan(result.grant_fen)}。\n{grant}。" if together else f"{grant}。"
    elif result.award_fen is None:
        award = (
            f"是工会会员的话，还可能申领“双千计划” 1000 元，加起来{format_yuan(result.total_if_member_fen)}；"
            f"不是会员就是{format_yuan(result.grant_fen)}。"
        )
        head = f"{grant}。"
    elif result.award_fen:
        award = f"您是工会会员，读本科还可申领“双千计划”奖励 {AWARD_FEN // 100} 元。"
        head = f"{grant}。" if not together else f"加起来{format_yuan(result.total_fen)}。\n{grant}。"
        award += "" if together else f"加起来{format_yuan(result.total_fen)}。"
    else:
        award = "不是工会会员，“双千计划”的 1000 元拿不到；入了会并符合条件才能申领。"
        head = f"{grant}。" if not together else f"一共{format_yuan(result.grant_fen)}。\n{grant}。"
    return f"{head}\n{award}\n都要先自己交学费，在规定时间内拿到江苏开放大学毕业证后才补，不含二学历；以学堂审核为准。"


def _certain(case: SubsidyCase) -> str:
    graduated = SubsidyCase(case.tuition_fen, case.level, case.union_member)
    result = calculate(graduated)
    return f"{LEVEL_NAMES[case.level]}学费{format_yuan(case.tuition_fen)}能补{format_yuan(result.grant_fen)}"


def _next(case: SubsidyCase) -> list[tuple[str, str]]:
    other = "junior_college" if case.level == "bachelor" else "bachelor"
    choices = [(f"换成{LEVEL_NAMES[other]}呢", f'/calc_subsidy{{"degree":"{other}","what_if":true}}')]
    if case.level == "bachelor" and case.union_member is not True:
        choices.append(("我是工会会员", '/calc_subsidy{"member":true,"what_if":true}'))
    return [*choices, payload("school/how_to_claim"), payload("enroll_school")]


def is_what_if(text: str) -> bool:
    """Whether a message asks about the case that was just worked out, with something changed."""
    folded = normalise(text).text.strip()
    if len(folded) > 24:
        return False
    if not (_WHAT_IF.search(folded) or _TOGETHER.search(folded) or _NOT_GRADUATING.search(folded)):
        return False
    about = (_NOT_GRADUATING, _TOGETHER, _MEMBER, _SECOND, _OTHER_SCHOOL)
    return any(p.search(folded) for p in about) or bool(find_degrees(text) or find_money(text))


def adds_to_case(text: str) -> bool:
    """Whether a message tells what the case lacks: the schooling one has ("我已经是大专毕业了"), how many years it takes."""
    folded = normalise(text).text.strip()
    if len(folded) > 24 or _ENROLS.search(folded):
        return False
    return read_had(text) is not None or bool(_ONLY_YEARS.fullmatch(folded))
