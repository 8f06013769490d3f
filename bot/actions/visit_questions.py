"""Short questions in the middle of a booking: answered from what is known of the channel, or honestly not known."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from datetime import datetime

from bot.actions.form_fields import Values
from bot.actions.visit_offers import say_moment
from bot.actions.visit_others import KIN
from bot.services.hospital import HospitalService
from bot.services.hospital_places import FreeSlot
from bot.services.notices import CHANNEL_NAMES, when_zh
from bot.services.review import SURNAMES

LENGTH = 18  # characters of a question that names no matter of its own
_Answer = Callable[[HospitalService, str, Values], Awaitable[str]]

_NOT_HERE = re.compile(r"驿站|建行|银行|网点|仲裁|窗口|工会|学堂|图书馆|岗亭|泊位")


async def _hours(hospital: HospitalService, channel: str, values: Values) -> str:
    row = await hospital.channel(channel)
    days = "工作日" if row.workdays_only else "每天"
    demo = "（示例号源）" if row.demo else ""
    return (
        f"{CHANNEL_NAMES[channel]}放号的时间是{days} {row.slots[0]} 到 {row.slots[-1]}{demo}；"
        "三院几点开门、几点下班没有公布，以三院通知为准。"
    )


async def _floor(hospital: HospitalService, channel: str, values: Values) -> str:
    return "几楼、哪个诊室没有公布，到了先问导诊台“昆小哥医院”。"


async def _way(hospital: HospitalService, channel: str, values: Values) -> str:
    return "远近我这里算不了：三院的地址没有核实过，不给您乱指。在地图里搜“昆山市第三人民医院”，能看到多远、怎么走。"


async def _left(hospital: HospitalService, channel: str, values: Values) -> str:
    quota = await hospital.quota(channel)
    year = f"{quota.year} 年 {quota.quota} 份，还剩 {quota.left} 份。" if quota.quota is not None else ""
    free = await hospital.free_slots(channel)
    held = _moment(values)
    if held is not None:
        left = sum(slot.left for slot in free if slot.starts_at == held)
        here = f"{when_zh(held)}还剩 {left} 个号。" if left else f"{when_zh(held)}没有号了，换个时间吧。"
        return year + here
    return year + (_earliest_of(free) if free else "这几天的号都约满了，可以排队。")


async def _quiet(hospital: HospitalService, channel: str, values: Values) -> str:
    return "哪个时候人少、要等多久没有公布，我不乱说。每个时间放的号有数，按约好的时间去就行。"


async def _earliest(hospital: HospitalService, channel: str, values: Values) -> str:
    free = await hospital.free_slots(channel)
    if not free:
        return "这几天的号都约满了，可以排队。"
    held = _moment(values)
    if held is not None and held != free[0].starts_at:
        return f"{_earliest_of(free)}您选的是{when_zh(held)}，要换就说“最早的”。"
    return _earliest_of(free)


def _earliest_of(free: list[FreeSlot]) -> str:
    return f"有号，最早的是{say_moment(free[0].starts_at.isoformat())}。"


def _moment(values: Values) -> datetime | None:
    try:
        return datetime.fromisoformat(str(values.get("visit_slot")))
    except ValueError:
        return None


async def _parking(hospital: HospitalService, channel: str, values: Values) -> str:
    return "三院能不能停车、停哪儿没有公布，到了看现场指引。"


_QUESTIONS: tuple[tuple[re.Pattern[str], _Answer], ...] = (
    (
        re.compile(
            r"几点(?:就)?(?:关|下班|开门|上班|开始|结束|停)|(?:中午|午间|晚上|夜里|周末|周六|周日|星期[六天日]|礼拜[六天日]|节假日|过节).{0,4}"
            r"(?:开(?:不|吗|门|诊)|上班(?:不|吗)|休息(?:不|吗)|关门?(?:不|吗))|(?:上|下)班时间|营业时间|开放时间"
        ),
        _hours,
    ),
    (
        re.compile(
            r"几楼|哪[一个]?层|几层|哪个?(?:诊室|科室|楼|窗口)|几号楼|进门.{0,4}(?:哪|找谁)|找谁|到了.{0,4}(?:找|去哪|咋|怎么)"
        ),
        _floor,
    ),
    (re.compile(r"停车|车位|(?:车|电瓶车|电动车)(?:能|好|往)?停(?:哪|不|吗)"), _parking),
    (re.compile(r"远不远|远吗|远么|多远|近不近|近吗|坐几路|坐什么车|骑车.{0,4}多久|怎么去|咋去|咋走|怎么走"), _way),
    (
        re.compile(
            r"(?:还有|有没有|有)(?:多少)?(?:名额|空位|号源?|位置|份)(?:没|吗|么|不|嘛|[?？]|$)|还剩(?:几|多少)|剩(?:几|多少)(?:个|份)"
            r"|(?:名额|号|份数?)(?:还)?(?:够不够|够吗|剩多少|多不多|满了没|满了吗|有没有|还有没)|约满了?(?:没|吗)"
        ),
        _left,
    ),
    (
        re.compile(
            r"(?:啥|什么|哪个|哪些|几点|哪)(?:时候|时间|时段|点|天)?.{0,3}(?:人少|不挤|不用排队|不排队|清净)|人多不多|人多[吗么]|挤不挤|要排(?:多久|队[吗么不])"
            r"|排队(?:要)?(?:多久|久不久|久吗)|要等(?:多久|很久吗)|等多久"
        ),
        _quiet,
    ),
    (
        re.compile(
            r"(?!.*(?:结果|拿|取|领|到手|办[下好]|出证))(?:最早|最快|最近)(?:的)?(?:是|能|可以|能约|约)?(?:到)?(?:的)?(?:啥|什么|哪|几)(?:时候|时间|天|一天|号|点)?|(?:啥|什么)时候(?:最早|最快|有号|有空位|能约)|哪天(?:有号|有空位|能约|最早)"
        ),
        _earliest,
    ),
)


_NAME = rf"[{SURNAMES}][\u4e00-\u9fff]{{1,2}}"
_GIVES_NAME = re.compile(
    rf"(?:我|他|她|本人|{KIN})?(?:的?名字|姓名)?(?:就?叫|是|[:：])?\s*(?:叫\s*)?{_NAME}(?:的名字)?"
)
_NO_NAME = re.compile(
    r"周[一二三四五六日天末市庄边围]|谢[谢了]|何[时必况]|许[多久]|任何|曾经|陆家|夏天|余[下款]|黄[昏牌]|龙华|马上|田里|唐突"
)
NAMELESS = "约号不用报名字，到三院带本人身份证就行。"


def gives_name(text: str) -> bool:
    """Whether a message is nothing but somebody's name ("李梅", "我叫王强")."""
    return _GIVES_NAME.fullmatch(text.strip(" 。,，.!！")) is not None and _NO_NAME.search(text) is None


def is_about_hours(answer: _Answer | None) -> bool:
    """Whether "周末开不" was asked, which names a time and wishes for none."""
    return answer is _hours


def asks(text: str) -> _Answer | None:
    """What answers a short question about the visit that is being booked; None when it is no such question."""
    if len(text) > LENGTH or text.startswith("/") or _NOT_HERE.search(text):
        return None
    return next((answer for words, answer in _QUESTIONS if words.search(text)), None)
