"""Reading days, weeks, months and years: 明儿, 下周三, 礼拜六, 12.3号, 月底, 去年8月, 三天后."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal

from bot.language.time_clock import JOIN, NUMERAL, N, small_number
from bot.language.time_holidays import Days, read_holiday
from bot.language.time_value import Grain

Prefer = Literal["auto", "future", "past"]
_DAY = timedelta(days=1)
_YEARS = range(1950, 2101)
_MONTH_N = r"(?:[0-9]{1,2}|[〇零一二三四五六七八九十]{1,3})"
_YEAR_WORDS = {"大前年": -3, "前年": -2, "去年": -1, "上一年": -1, "旧年": -1, "今年": 0, "本年": 0, "明年": 1, "来年": 1, "后年": 2}
_THIRDS: dict[str, tuple[int, int]] = {"初": (1, 10), "上旬": (1, 10), "中": (11, 20), "中旬": (11, 20), "底": (21, 31), "末": (21, 31), "下旬": (21, 31)}
_Y4 = r"(?:(?:19|20)\d{2}|[一二][九零〇][〇零一二三四五六七八九]{2})"
_THIRD = r"初(?![一二三四五六七八九十])|中旬|上旬|下旬|底(?!薪)|末|中(?![秋午介心间文国])"
_REL_YEAR = "|".join(f"{word}(?!级)" for word in _YEAR_WORDS)
_FULL = re.compile(
    rf"(?P<y>{_Y4}|\d{{2}}) ?年 ?(?P<m>{_MONTH_N}) ?月份?(?: ?(?P<d>{_MONTH_N}) ?(?:[号日]|(?!\d|[{NUMERAL}个]))|(?P<third>{_THIRD}))?"
)
_NUMERIC = re.compile(r"(?P<y>(?:19|20)\d{2})(?P<s>[-/.年])(?P<m>\d{1,2})(?:[-/.月])(?P<d>\d{1,2})[号日]?(?!\d|[-/.]\d)")
_COMPACT = re.compile(r"(?P<y>20\d{2})(?P<m>0[1-9]|1[0-2])(?P<d>0[1-9]|[12]\d|3[01])(?![\d\-]|[元块万千])")
_MONTH = re.compile(
    rf"(?:(?P<ry>{_REL_YEAR})的?)?(?:(?P<m0>{_MONTH_N})(?P<join>{JOIN}|、))?(?P<m>{_MONTH_N}) ?月份?(?!个)"
    rf"(?: ?(?P<d>{_MONTH_N})(?:{JOIN}(?P<d2>{_MONTH_N}))? ?(?:[号日](?!线|楼|院)|(?![{NUMERAL}个点年天月块元:.]))|(?P<third>{_THIRD}))?"
)
_LUNAR = re.compile(
    rf"(?:农历|阴历|旧历)(?:的?{_REL_YEAR})?(?:闰?{N}|正|冬|腊)?月?(?:初?{N})?|(?:{N}|正|冬|腊)月(?:初[一二三四五六七八九十]{{1,2}}|大?年三十)|[正冬腊]月(?:{N}|里|间|底|初|中)?|"
    r"八月十五|五月初?五|七月七|九月九(?!号|日)|三月三(?!号|日|十)|初[一二三四五六七八九十]|二十[四三](?:小年)|小年"
)
_YEAR = re.compile(rf"(?P<rel>{_REL_YEAR})(?P<part>年?底|年?初|上半年|下半年|年?末)?|(?P<y>{_Y4})年(?P<part2>底|初|上半年|下半年)?(?!\d|[{NUMERAL}]+月)|(?P<alone>年底|年末|年初|上半年|下半年)")
_REL_MONTH = re.compile(
    rf"(?P<rel>(?:[上下]{{1,3}}一?个?|这一?个?|本|当|次)月)(?:份)?的?(?:(?P<d>{N})(?:{JOIN}(?P<d2>{N}))?[号日]|(?P<third>{_THIRD}))?|(?P<alone>月[底初末中](?!薪|秋))"
)
_POINTED = re.compile(
    r"(?P<m>1[0-2]|0?[1-9])(?P<s>[./\-])(?P<d>3[01]|[12]\d|0?[1-9])"
    r"(?P<sign>[号日]|(?!\d|(?P=s)\d|[./:]\d|[个元块万千kw%折点人单米]|小时|公里))"
)
_POINTED_COMPANY = re.compile(rf" ?(?:上午|下午|早上|晚上|\(?周|\(?星期|礼拜)|{JOIN}\d{{1,2}}[./]\d{{1,2}}[号日]")
_IMPOSSIBLE = re.compile(rf"(?:{N} ?月份? ?{N} ?[号日]?|{N}[点:]\d{{0,2}})")
_DAY_NUMBER = re.compile(rf"(?:(?P<d0>{_MONTH_N})(?P<sign0>[号日])?{JOIN})?(?P<d>{_MONTH_N})(?:号|日)(?!线|楼|院|店|门|口|库|仓|桥|路|机|码|车|馆|台|窗|公路|栋|厂|站|位|床|员|桩|柜|技师|选手|项目|那种|文件|附近|位置|\d)")
_WEEK = re.compile(
    r"(?P<rel>[上下]{1,3}一?个?|这一?个?|本|当|次)(?:周(?![市庄边年刊])|星期|礼拜|礼白|星其|[州洲舟粥](?=[一二三四五六日天末1-6]))(?:的?(?:周|星期|礼拜)?(?P<d>[一二三四五六日天末七]|[1-7](?!\d))(?!个|次|单|[百千万]|十(?!点|[一二三四五六七八九]?[点号]))|(?P<third>[初中底]))?"
)
_WEEKDAY = re.compile(
    r"(?:周|星期|礼拜|礼白|星其)(?:(?P<two>六日|六天)|(?P<d>[一二三四五六日天末七]|(?<=拜)两(?!个|天|次)|[1-7](?!\d)))(?!个月|[百千万]|十(?![一二]?点))|双休日|(?P<end>周六日)"
)
_NAMED_DAYS: tuple[tuple[int, str], ...] = (
    (-3, "大前[天日儿]"), (3, "大后[天日儿]"), (-2, "前[天日](?![气天])|前儿个?|前个儿"), (-1, "昨[天日]|昨儿个?|昨个儿?"),
    (0, "今[天日](?!头条)|今儿个?|今个儿?|今朝|当[天日](?![然])|即日"), (1, "明[天日]|明儿个?|明个儿?|明朝|[名明][天添田]|翌日"),
    (2, "后[天日](?![天])|后儿个?|后个儿?|后朝|后添"),
)
_NAMED = re.compile("|".join(f"(?P<d{offset + 9}>{words})" for offset, words in _NAMED_DAYS))
_SHORT = re.compile(r"(?P<w>[今明昨前后])(?=[早晚夜晨](?![点会餐饭班高安])|宵|上午|下午|中午|傍晚)")
_SHORT_OFFSETS = {"今": 0, "明": 1, "昨": -1, "前": -2, "后": 2}
_AGO = re.compile(
    r"(?P<n>\d{1,3}|[几半俩仨]|[一二两三四五六七八九十]{1,3})(?P<g>个)?(?P<half>半)?(?P<more>多)?(?P<u>天|日|周|星期|礼拜|月|年)(?P<half2>半)?(?P<more2>多)?"
    r"(?:(?P<dir>[以之]?[前后]|过后)(?![面头果台续悔门天日儿途半])|(?P<within>[之以]?内|里头?(?!的|面)))"
)
_VAGUE: tuple[tuple[int, int, str], ...] = (
    (2, 3, r"(?:再|等)?过[两二]天"), (3, 7, r"(?:再|等)?过几[天日]"), (0, 2, r"这[两几]天|这一两天|近[两几]天内"),
    (-3, -1, r"前(?:[两几][天日]|一?阵子?|些天)|头[两几]天"),
)
_VAGUE_RE = re.compile("|".join(f"(?P<v{index}>{words})" for index, (_, _, words) in enumerate(_VAGUE)))
_NOT_BEFORE = {"前": "目之以先提午饭节假眼", "后": "以最然先背之幕今午饭"}
_NOT_BEFORE_SHORT = {**_NOT_BEFORE, "明": "声说证文聪透表"}
DATE_TRIGGERS = "大前昨今当即明名翌后上下这本次周星礼双近头过再等年月农阴旧正冬腊来去半小初元新春清五劳端中国圣妇三情除七八九十一二两俩仨四六几廿卅〇零建儿教重"


@dataclass(frozen=True, slots=True)
class Now:
    """What a reading rests on: today, whether the text looks back or ahead, and the day just named before it."""

    today: date
    prefer: Prefer = "auto"
    after: Days | None = None


def _month_days(year: int, month: int) -> int:
    return calendar.monthrange(year, month)[1]


def add_months(day: date, months: int) -> date:
    """The same day of another month, or its last day if there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, _month_days(year, month + 1)))


def _whole_month(end: int, year: int, month: int, third: str | None = None) -> Days | None:
    if year not in _YEARS or not 1 <= month <= 12:
        return None
    last = _month_days(year, month)
    if third is None:
        return Days(end, date(year, month, 1), date(year, month, last), "month")
    first_day, last_day = _THIRDS[third]
    return Days(end, date(year, month, first_day), date(year, month, min(last, last_day)), "day", True, third in "初中底末")


def _one_day(end: int, year: int, month: int, day: int) -> Days | None:
    if year not in _YEARS or not 1 <= month <= 12 or not 1 <= day <= _month_days(year, month):
        return None
    only = date(year, month, day)
    return Days(end, only, only, "day")


def _choose(candidates: Iterable[Days | None], now: Now, lean: bool) -> Days | None:
    """Of the same words in several years, months or weeks: the one meant.

    Ahead by default; behind if the text looks back. `lean`: without a sign, 8月 said in November is last August,
    since that is nearer than the next.
    """
    found = sorted((days for days in candidates if days is not None), key=lambda days: days.first)
    if now.after is not None:
        following = [days for days in found if days.last >= now.after.first]
        return following[0] if following else None
    ahead = next((days for days in found if days.last >= now.today), None)
    behind = next((days for days in reversed(found) if days.first <= now.today), None)
    if ahead is None or behind is None:
        return ahead or behind
    if now.prefer == "past" and ahead.first > now.today:
        return behind
    if now.prefer == "future" or not lean or behind.last >= now.today:
        return ahead
    since, until = (now.today - behind.last).days, (ahead.first - now.today).days
    return behind if since < until else ahead


def _year_number(text: str) -> int:
    if text.isascii():
        return int(text) if len(text) == 4 else 2000 + int(text)
    digits = "".join(str(small_number(character)) for character in text)
    return int(digits)


def _numbers(match: re.Match[str], *names: str) -> list[int | None]:
    return [small_number(match[name]) if match[name] else None for name in names]


def _read_full(text: str, i: int, now: Now) -> Days | None:
    match = _NUMERIC.match(text, i) or _COMPACT.match(text, i)
    if match is not None:
        return _one_day(match.end(), int(match["y"]), int(match["m"]), int(match["d"]))
    match = _FULL.match(text, i)
    if match is None:
        return None
    month, day = _numbers(match, "m", "d")
    year = _year_number(match["y"])
    if day is not None:
        return _one_day(match.end(), year, month or 0, day)
    return _whole_month(match.end(), year, month or 0, match["third"])


def _read_month(text: str, i: int, now: Now) -> Days | None:
    match = _MONTH.match(text, i)
    if match is None:
        return None
    first_month, month, day, second = _numbers(match, "m0", "m", "d", "d2")
    if month is None or not 1 <= month <= 12:
        return None
    given = now.today.year + _YEAR_WORDS[match["ry"]] if match["ry"] else None
    years = [given] if given else [now.today.year + offset for offset in range(-4, 5)]
    if first_month is not None and match["join"]:
        if not 1 <= first_month < 13 or day or match["third"]:
            return None
        return _choose((_month_range(match.end(), year, first_month, month) for year in years), now, True)
    if day is None:
        return _choose((_whole_month(match.end(), year, month, match["third"]) for year in years), now, True)
    return _choose((_days_of(match.end(), year, month, day, second) for year in years), now, True)


def _month_range(end: int, year: int, first: int, last: int) -> Days | None:
    begin = _whole_month(end, year, first)
    until = _whole_month(end, year if last > first else year + 1, last)
    return Days(end, begin.first, until.last, "month", True) if begin and until else None


def _days_of(end: int, year: int, month: int, day: int, second: int | None) -> Days | None:
    first = _one_day(end, year, month, day)
    last = _one_day(end, year, month, second) if second else first
    if first is None or last is None or last.first < first.first:
        return None
    return Days(end, first.first, last.last, "day", last is not first)


def _read_rel_month(text: str, i: int, now: Now) -> Days | None:
    match = _REL_MONTH.match(text, i)
    if match is None:
        return None
    if match["alone"]:
        if i and text[i - 1] in "个" + NUMERAL:
            return None
        third = match["alone"][1]
        months = (add_months(now.today.replace(day=1), offset) for offset in range(-1, 3))
        return _choose((_whole_month(match.end(), month.year, month.month, third) for month in months), now, False)
    rel = match["rel"]
    offset = rel.count("下") - rel.count("上") + rel.count("次")
    month = add_months(now.today.replace(day=1), offset)
    day, second = _numbers(match, "d", "d2")
    if day is not None:
        return _days_of(match.end(), month.year, month.month, day, second)
    return _whole_month(match.end(), month.year, month.month, match["third"])


def _read_pointed(text: str, i: int, now: Now) -> Days | None:
    """12.3号, 12/3; 12.3 and 12-3 without 号 only where the sign cannot be a decimal point or a range."""
    match = _POINTED.match(text, i)
    if match is None:
        return None
    separator, month, day = match["s"], int(match["m"]), int(match["d"])
    if separator != "/" and not match["sign"]:
        alone = i == 0 and match.end() == len(text)
        if not alone and _POINTED_COMPANY.match(text, match.end()) is None:
            return None
    if separator == "/" and not match["sign"] and (month, day) in {(1, 2), (1, 3), (2, 3), (1, 4)}:
        return None
    return _choose((_one_day(match.end(), now.today.year + offset, month, day) for offset in range(-4, 5)), now, True)


def _read_day_number(text: str, i: int, now: Now) -> Days | None:
    match = _DAY_NUMBER.match(text, i)
    if match is None or (i and text[i - 1] in "路街巷弄道村区站室楼院"):
        return None
    start, day = _numbers(match, "d0", "d")
    if day is None or not 1 <= day <= 31 or (start is not None and not 1 <= start < day):
        return None
    base = (now.after.first if now.after else now.today).replace(day=1)
    months = [add_months(base, offset) for offset in range(-2, 4)]
    first = start if start is not None else day
    second = day if start is not None else None
    return _choose((_days_of(match.end(), m.year, m.month, first, second) for m in months), now, False)


def _monday(day: date) -> date:
    return day - day.weekday() * _DAY


def _weekday_number(character: str) -> int:
    return 6 if character in "日天七7" else 1 if character == "两" else (small_number(character) or 1) - 1


def _in_week(end: int, monday: date, character: str) -> Days:
    if character == "末":
        return Days(end, monday + 5 * _DAY, monday + 6 * _DAY, "day", True)
    day = monday + _weekday_number(character) * _DAY
    return Days(end, day, day, "day")


def _counts_weeks(text: str, i: int) -> bool:
    """一周三次, 两个星期三千: the weeks are counted; but 周六周日 names two days, and 约个周日 one."""
    before = text[i - 1: i]
    if before == "个":
        return i > 1 and text[i - 2] in NUMERAL + "几多"
    return bool(before) and (before in "每多" or (before in NUMERAL and text[i - 2: i - 1] not in {"周", "期", "拜"}))


def _read_week(text: str, i: int, now: Now) -> Days | None:
    match = _WEEK.match(text, i)
    if match is not None and not (i and text[i - 1] in "一早晚以路网线马边" and text[i] in "上下"):
        rel = match["rel"]
        monday = _monday(now.today) + 7 * (rel.count("下") - rel.count("上") + rel.count("次")) * _DAY
        if match["d"]:
            return replace(_in_week(match.end(), monday, match["d"]), week=monday)
        if match["third"]:
            first, last = {"初": (0, 1), "中": (2, 3), "底": (4, 6)}[match["third"]]
            return Days(match.end(), monday + first * _DAY, monday + last * _DAY, "day", True, True, week=monday)
        return Days(match.end(), monday, monday + 6 * _DAY, "day", True, week=monday)
    match = _WEEKDAY.match(text, i)
    if match is None or _counts_weeks(text, i):
        return None
    character = match["d"] or "末"
    if now.after is not None and now.after.week is not None and character != "末":
        inherited = _in_week(match.end(), now.after.week, character)
        if inherited.first > now.after.first:
            return replace(inherited, week=now.after.week)
    base = _monday(now.today)
    chosen = _choose((_in_week(match.end(), base + 7 * offset * _DAY, character) for offset in range(-1, 3)), now, False)
    return replace(chosen, weekly=now.prefer != "past" and now.after is None) if chosen else None


def _read_named(text: str, i: int, now: Now) -> Days | None:
    match = _NAMED.match(text, i)
    before = text[i - 1] if i else ""
    if match is not None:
        if before and before in _NOT_BEFORE.get(text[i], "") or (before and text[i] == "后" and before in "天日周月年期拜时"):
            return None
        day = now.today + (int((match.lastgroup or "d9")[1:]) - 9) * _DAY
        return Days(match.end(), day, day, "day")
    short = _SHORT.match(text, i)
    if short is None or (before and before in _NOT_BEFORE_SHORT.get(text[i], "")) or (before and text[i] in "前后" and before in "天日周月年期拜时午点分号半段"):
        return None
    day = now.today + _SHORT_OFFSETS[short["w"]] * _DAY
    return Days(short.end(), day, day, "day")


def _read_year(text: str, i: int, now: Now) -> Days | None:
    match = _YEAR.match(text, i)
    before = text[i - 1] if i else ""
    if match is None or (before and (match["alone"] and before in NUMERAL + "每个几" or match["rel"] == "来年" and before in "十多")):
        return None
    year = now.today.year if match["alone"] else (
        now.today.year + _YEAR_WORDS[match["rel"]] if match["rel"] else _year_number(match["y"])
    )
    if year not in _YEARS:
        return None
    part = match["part"] or match["part2"] or match["alone"] or ""
    for sign, first, last in (("底", 12, 12), ("末", 12, 12), ("初", 1, 1), ("上半年", 1, 6), ("下半年", 7, 12)):
        if sign in part:
            ends = date(year, last, _month_days(year, last))
            return Days(match.end(), date(year, first, 1), ends, "month", first != last, first == last)
    return Days(match.end(), date(year, 1, 1), date(year, 12, 31), "year")


def _read_ago(text: str, i: int, now: Now) -> Days | None:
    """三天后, 半个月前, 两年前; 三天内 and 这两天 are stretches."""
    match = _AGO.match(text, i)
    if match is None or (i and text[i - 1] in NUMERAL + "百千万.第"):
        return None
    unit = match["u"]
    few, half = match["n"] == "几", match["n"] == "半"
    if match["within"] and (few or unit == "年"):
        return None
    if unit == "月" and not (match["g"] or match["n"] in {"半", "俩", "仨"}):
        return None
    number = 3 if few else {"俩": 2, "仨": 3}.get(match["n"]) or (0 if half else _small_or_large(match["n"]))
    if number is None or (unit == "年" and number > 60) or (unit == "月" and number > 720):
        return None
    halved = bool(half or match["half"] or match["half2"])
    sign = -1 if match["dir"] and "前" in match["dir"] else 1
    day = _shift(now.today, unit, sign * number, sign if halved else 0)
    vague = few or bool(match["more"] or match["more2"]) or unit in "月年"
    if match["within"]:
        return Days(match.end(), now.today, day, "day", True)
    return Days(match.end(), day, day, "day", False, vague)


def _small_or_large(text: str) -> int | None:
    return int(text) if text.isascii() else small_number(text)


def _shift(day: date, unit: str, count: int, half: int) -> date:
    if unit in {"周", "星期", "礼拜"}:
        return day + (7 * count + 3 * half) * _DAY
    if unit == "月":
        return add_months(day, count) + 15 * half * _DAY
    return add_months(day, 12 * count + 6 * half) if unit == "年" else day + (count + half) * _DAY


def _read_vague(text: str, i: int, now: Now) -> Days | None:
    match = _VAGUE_RE.match(text, i)
    if match is None or not match.lastgroup or (i and text[i - 1] in "提之以"):
        return None
    first, last, _ = _VAGUE[int(match.lastgroup[1:])]
    return Days(match.end(), now.today + first * _DAY, now.today + last * _DAY, "day", True, True)


def _read_holiday(text: str, i: int, now: Now) -> Days | None:
    return _choose(read_holiday(text, i, now.today), now, True)


_READERS: tuple[Callable[[str, int, Now], Days | None], ...] = (
    _read_full, _read_ago, _read_holiday, _read_month, _read_year, _read_rel_month, _read_week, _read_named,
    _read_vague, _read_pointed, _read_day_number,
)


def _continues_number(before: str, character: str, joined: bool) -> bool:
    """Whether a numeral only goes on from what stands before it: the 8月 of 18月, the 3/4 of 12/3/4."""
    if character not in NUMERAL:
        return False
    if character.isascii():
        return before.isascii() and (before.isalnum() or before in "._" or (before in "/-" and not joined))
    return before in "百千万第" or (before in NUMERAL and not before.isascii())


def read_days(text: str, i: int, now: Now) -> Days | None:
    """The day, days, month or year named at `i` of a folded text, or None."""
    if i and _continues_number(text[i - 1], text[i], now.after is not None):
        return None
    for reader in _READERS:
        days = reader(text, i, now)
        if days is not None:
            return days
    return None


def skip_lunar(text: str, i: int) -> int | None:
    """Where a date of the lunar calendar at `i` ends: 三月初五 is not understood, and must not be misread."""
    match = _LUNAR.match(text, i)
    return match.end() if match else None


def skip_impossible(text: str, i: int) -> int | None:
    """Where a date or time that cannot be (2月30号, 28点) ends, lest 30号 or 8点 be found inside it."""
    match = _IMPOSSIBLE.match(text, i)
    return match.end() if match else None


__all__ = ["DATE_TRIGGERS", "Days", "Grain", "Now", "Prefer", "add_months", "read_days", "skip_impossible", "skip_lunar"]
