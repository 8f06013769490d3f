"""Reading parts of the day (下午, 晌午, 今早) and clock times (两点半, 14:30, 差一刻三点)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from bot.language.numbers import DIGITS
from bot.language.time_value import Part

NUMERAL = "0123456789〇零一二两俩三四五六七八九十廿卅"
N = r"(?:[0-9]{1,2}|[〇零一二两俩三四五六七八九十廿卅]{1,3})"
JOIN = r" ?(?:一?直?到|至|-{1,2}|~|—{1,2}|–) ?"

# 下黑手, 挨黑车撞, 落黑名单 are no evenings.
_DUSK = r"(?=$|[ ,。!?]|以?[前后]|的?时候|的?时分|那会|那阵|点|儿|天|去|来|过|能|有|约|行|可|也|都|吧|吗|呢)"
_PART_WORDS: dict[Part, str] = {
    "DAWN": "凌晨|零晨|后半夜|下半夜|天不亮|天没亮|拂晓|五更",
    "AM": "大清早|大早上|一大早|一早上?|早上|早晨|早间|清早|清晨|朝早|上午|上昼|上半[天昼晌]|头午|半上午|"
    "前半?晌|头半?晌|[早上]半?晌(?!午饭|饭|觉)|半晌午(?!饭|觉)|早起头|打早(?![饭餐点上晨安班卡])|大早(?=$|[ ,。去来起])",
    "NOON": "大中午|中午头?|小?晌午(?!饭后|过后|后)头?|正午|午间|中饭(?:时候|点)|中上",
    "PM": "半?下午|下昼|下半[天昼]|午后|过了?晌午?(?!饭|觉)|过午(?![夜饭餐睡休觉])|[后下]半?晌|晏昼|"
    "(?:吃[过完了]|过了)(?:中|午|晌午?)饭|(?:中|午|晌午?)饭(?:以后|之后|过后|后)|晌午(?:以后|之后|过后|后)",
    "EVENING": "大晚上|晚上头?|晚间|傍晚|黄昏|夜饭(?:时候|点)|下晚|晚夕|晚半晌|天黑(?:了|后|以后)?|当晚|天?[刚将]?擦黑|"
    rf"傍黑|掌灯(?:时分|的?时候)|(?:挨|落|煞|下|麻)黑{_DUSK}",
    "NIGHT": "三更半夜|大半夜|半夜|深夜|午夜|夜里头?|夜间|前半夜",
}
_SINGLE: dict[str, Part] = {
    "早": "AM",
    "晨": "AM",
    "晚": "EVENING",
    "夜": "NIGHT",
    "宵": "EVENING",
    "午": "NOON",
}
_PART = re.compile("|".join(f"(?P<{code}>{words})" for code, words in _PART_WORDS.items()))
_GREETING = re.compile(r" ?(?:好(?![的呀不嘛]?约)|安(?!排))")
_A_BIT = r"(?!一点(?![半钟整多零二三四五1-5]))"
_SINGLE_BEFORE_CLOCK = re.compile(rf"[早晚夜]{_A_BIT}(?= ?{N} ?[点:时])")
_SINGLE_AFTER_DAY = re.compile(rf"[早晚夜晨宵午](?![点些饭安会班餐高茶]|就[是有已开]){_A_BIT}")
PART_TRIGGERS = "凌零后下天拂五大一早清朝上头前中晌正午过晏吃晚傍黄夜当擦三半深打小刚将掌挨落煞麻"

_CLOCK = re.compile(
    rf"(?P<h>{N})(?P<range>{JOIN}{N})? ?(?P<sign>点钟?|时(?![间候段效薪限常不代尚机装光而])|"
    r":(?=[0-5]\d(?!\d)))"
    r"(?P<tail> ?(?P<half>半)| ?过?(?P<quarter>[一三13])刻(?!钟以)| ?过?(?P<m>零[一二三四五六七八九]|"
    r"[0-5]?\d|[一二三四五]?十[一二三四五六七八九]?|[一二三四五六七八九](?=分))(?:分钟?(?!之|钱|"
    r"半))?(?!\d|点|号|月|个|人|块|元|万|千|百|单|米|公里)|(?P<even>整))?"
    r"(?P<more>多|来钟|左右|前后|出头|上下|的?样子)?"
)
_TO_HOUR = re.compile(
    rf"差(?P<m>一刻|{N})(?:钟|分钟?)?(?:到|就|不到)?(?P<h>{N})点|"
    rf"(?P<h2>{N})点差(?P<m2>一刻|{N}分)(?:钟)?"
)
_DOTTED = re.compile(r"(?P<h>[01]?\d|2[0-3])[.点](?P<m>[0-5]\d)(?![\d.]|[元块万千百kw%])")
_TWO_HOURS = re.compile(r"[一二两三四五六七八九]{2}")
_NOT_A_CLOCK = re.compile(r"点(?:建议|意见|要求|问题|疑问|原因|想法|诉求|看法|以内|外卖|个赞|击|水)")
_A_DECIMAL = re.compile(r"点[一二三四五六七八九零\d]{1,4}(?:[万千百kw元块倍折%米]|公里|个百分)")


@dataclass(frozen=True, slots=True)
class PartOfDay:
    """A part of the day read up to `end`."""

    end: int
    code: Part


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock face reading: `hour` as said, not yet put into the morning or afternoon.

    `sure`: written in the 24-hour way (14:30, 08:00, 20点). `to_hour`: the second hour of 两三点 and 2到4点.
    """

    end: int
    hour: int
    minute: int
    sure: bool = False
    approximate: bool = False
    to_hour: int | None = None


@lru_cache(maxsize=1024)
def small_number(text: str) -> int | None:
    """A numeral below 100 (12, 十二, 二十三, 廿三, 零五), or None."""
    if text.isascii():
        return int(text) if text.isdigit() else None
    tens = {"廿": "二十", "卅": "三十"}
    text = "".join(tens.get(character, character) for character in text).replace("俩", "两")
    if "十" in text:
        head, _, tail = text.partition("十")
        if len(head) > 1 or len(tail) > 1 or "十" in tail:
            return None
        return (DIGITS[head] if head else 1) * 10 + (DIGITS[tail] if tail else 0)
    if len(text) == 1:
        return DIGITS[text]
    return DIGITS[text[0]] * 10 + DIGITS[text[1]] if len(text) == 2 else None


def _lasts(text: str, i: int) -> bool:
    """跑了一上午: a length, not a time; but 周一上午 is one."""
    return text[i - 1 : i] == "一" and text[max(0, i - 2) : i - 1] not in {"周", "拜", "期", "十"} and i > 0


def read_part(text: str, i: int, after_day: bool) -> PartOfDay | None:
    """A part of the day at `i`; 早 and 晚 alone only after a day or before a clock time."""
    if _lasts(text, i):
        return None
    match = _PART.match(text, i)
    if match is not None and not _GREETING.match(text, match.end()):
        code: Part = match.lastgroup  # type: ignore[assignment]
        return PartOfDay(match.end(), code)
    single = (_SINGLE_AFTER_DAY.match(text, i) if after_day else None) or _SINGLE_BEFORE_CLOCK.match(text, i)
    if match is None and single is not None:
        return PartOfDay(single.end(), _SINGLE[single[0]])
    return None


def read_clock(text: str, i: int, in_context: bool) -> Clock | None:
    """A clock time at `i`. `in_context`: a day, a part of the day or another time stands right before it."""
    if (
        i
        and not in_context
        and (text[i - 1] in NUMERAL or text[i - 1] in "百千万第.点:/-几" or "a" <= text[i - 1] <= "z")
    ):
        return None
    to_hour = _TO_HOUR.match(text, i)
    if to_hour is not None:
        return _before_the_hour(to_hour)
    match = _CLOCK.match(text, i)
    if match is None:
        dotted = _DOTTED.match(text, i) if in_context else None
        return Clock(dotted.end(), int(dotted["h"]), int(dotted["m"])) if dotted else None
    return _clock(text, match, in_context)


def _before_the_hour(match: re.Match[str]) -> Clock | None:
    hour = small_number(match["h"] or match["h2"])
    said = match["m"] or match["m2"]
    minutes = 15 if said == "一刻" else small_number(said.removesuffix("分"))
    if hour is None or minutes is None or not (1 <= hour <= 24 and 0 < minutes < 60):
        return None
    return Clock(match.end(), hour - 1 or 12, 60 - minutes)


def _clock(text: str, match: re.Match[str], in_context: bool) -> Clock | None:
    hour, end, second = small_number(match["h"]), match.end(), _second_hour(match)
    if match["h"] == "十一二" and not second:
        hour, second = 11, 12
    elif _TWO_HOURS.fullmatch(match["h"]) and not second:
        hour, second = DIGITS[match["h"][0]], DIGITS[match["h"][1]]
        if second != hour + 1:
            return None
    if match["sign"] == ":":
        minute, end = int(text[match.end("sign") : match.end("sign") + 2]), match.end("sign") + 2
    else:
        minute = _minute(match)
    if hour is None or hour > 24 or minute > 59 or (hour == 24 and minute):
        return None
    if _A_DECIMAL.match(text, match.start("sign")):
        return None
    if match["range"] and (second is None or match["sign"] == ":"):
        return None
    # 一点 is mostly "a bit", and two points may be made about anything.
    bare = match["sign"] == "点" and not match["tail"] and not match["more"] and not second
    counts_points = match["h"] == "一" or _NOT_A_CLOCK.match(text, match.start("sign"))
    if bare and counts_points and not in_context:
        return None
    sure = hour > 12 or hour == 0 or (match["h"].startswith("0") and len(match["h"]) == 2)
    return Clock(end, hour, minute, sure, bool(match["more"]), second)


def _minute(match: re.Match[str]) -> int:
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] in "一1" else 45
    return (small_number(match["m"]) or 0) if match["m"] else 0


def _second_hour(match: re.Match[str]) -> int | None:
    if not match["range"]:
        return None
    number = re.search(rf"{N}$", match["range"])
    return small_number(number[0]) if number else None


def to_24_hours(hour: int, part: Part | None, sure: bool) -> int:
    """The hour of the day (24 and more: the next day), by the part of the day named or by habit.

    By habit a bare 1 to 6 is in the afternoon, 7 to 11 in the morning, 12 at noon.
    """
    if hour > 12 or (sure and part is None):
        return hour
    if part is None:
        return hour + 12 if 1 <= hour <= 6 else hour
    if part in ("DAWN", "AM"):
        return 0 if hour == 12 and part == "DAWN" else hour
    if part == "NOON":
        return hour + 12 if hour <= 3 else hour
    if part == "PM":
        return hour if hour == 12 else hour + 12
    if hour == 12:
        return 24
    if part == "EVENING":
        return hour + 12 if hour >= 4 else hour + 24
    return hour if hour <= 5 else hour + 12
