"""Sums of money: 八千五, 1w2, 九百块, 五百多, 3,200元, 一万块出头, 块把钱, 欠我5800工资.

A number is money when its unit says so (块, 元, ¥), when it is a round spoken sum that counts nothing else
(八千五, 3.5k), or when the words beside it speak of money (扣我800, 学费7200). Everything is in whole fen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal

from bot.language.normalise import Normalised, normalise
from bot.language.numbers import DIGITS, Number, read_number
from bot.language.spans import Span

MOST_FEN = 10**14
_UNIT = re.compile(
    r" ?(?:块大洋|块钱|元钱|块(?!儿)|元(?!旦|件|素|气|通快|通速)|圆(?![通统])整?|塊|人民币|rmb(?![a-z])|yuan(?![a-z])|"
    r"¥)(?:人民币|整)?"
)
_SMALL = re.compile(
    r"零?([零一二两三四五六七八九]|\d{1,2})(毛|角|分)(?![钟之])(?:零?([一二两三四五六七八九]|\d)分?)?钱?"
)
_BARE_SMALL = re.compile(r"(零?)([一二两三四五六七八九]|\d)(?![\d万千百十点.:/多])(?:钱)?")
_ZERO_SMALL = re.compile(r"零([一二两三四五六七八九]|\d)(毛|角)钱?")
_MAO = re.compile(r"(?:毛钱|毛|角钱)(?!病|巾|衣|豆|笔|重|坯)")
_ODD = re.compile(r"块把钱|块八毛|块儿八毛|毛把钱|百八十块钱?|块把")
_ABOUT_AFTER = re.compile(r"(?:块钱?|元)?(?:出头|左右|上下|不到|以上|以内|朝上|往上)")
_MORE_AFTER_UNIT = re.compile(r"[多来余](?!次|少)钱?")
_ABOUT_BEFORE = re.compile(
    r"(?:大概|大约|差不多|将近|接近|约|不到|快|至少|最少|最多|起码|得有|上下)(?:有|是|要|了|在)?$"
)
_JOIN = re.compile(r" ?(?:到|至|-|~|—|–|、|或者?)+ ?")
_PREFIX = re.compile(r"(?:¥|\$|rmb|人民币) ?$")
_MONEY_NOUNS = (
    r"押金|保证金|定金|订金|学费|学废|学杂费|费用|工资|薪水|薪资|底薪|月薪|时薪|年薪|欠薪|报酬|提成|奖金|"
    r"补贴|补助|助学金|红包|房租|租金|车租|罚款|货款|"
    r"运费|派费|佣金|[装服管中培服搬挂报注考学][备装理介训务运号名册试分]费|医药费|金额|价格|现金|贷款|"
    r"首付|月供|余额|存款|xuefei|gongzi|yajin"
)
_BEFORE = re.compile(
    r"(?:欠|扣|罚|赔偿?|退还?|交了?|缴了?|付了?|给了?|收了?|花了?|垫了?|借了?|贷|拿了?|挣了?|赚了?|少了?|"
    r"亏了?|发了|发我|总共|一共|共|合计|总额|总计|转了?|打了|结了?|"
    rf"还?差|补|抵|卖|值|涨到|降到|{_MONEY_NOUNS}|钱)"
    r"(?:了|我们?|他们?|俩|着|的是|是|有|要|能|大概|大约|差不多|将近|一共|总共|共|合计|整整|就|才|只|还|"
    r"我的?|:|,|每月|每年|每学期|一个月|一年|一次|一单|都|得|快|多|大专|本科| )*$"
)
_AFTER = re.compile(
    rf" ?(?:多|左右|出头)?(?:的|块的)?(?:{_MONEY_NOUNS}|赔偿|钱|不退|没退|不给|没给|没发|不发|没结|没到账|"
    r"要不回|拿不回|到手|一个月|一年|包住|包干|一学期)"
)
_SHORTHAND_AROUND = re.compile(rf"{_MONEY_NOUNS}|学分|能补|补多少|补几|欠我|扣我|本科|大专|专科|专升本|会员")
_COUNTED = re.compile(
    r"(?:多|来|余|几)?(?:个|単|单|人|天|日|月|年|号|点|分钟|分(?!没|不|三|两)|秒|小时|钟|米|公里|千米|里|"
    r"km|kg|公斤|斤|吨|升|ml|次|回|趟|家|张|"
    r"岁|件|份|位|路|栋|幢|室|层|楼|期|折|倍|%|度|名|条|台|辆|部|站|项|类|处|步|字|页|套|款|节|课|学[分期年]|门|"
    r"瓦|v|w|级|届|班|院|"
    r"伏|安|平|方|亩|块地|瓶|杯|箱|票|线|镇|街|村|组|周|星期|礼拜|季|代|粉|播放|字节|mb|gb|g|样(?!样)|桩|档(?!口)|拨(?![打通])|根(?![本据])|双(?![方倍])|筐|袋|/\d|:\d|-\d|"
    r"\.\d|[a-z])"
)
_SPACED_COUNT = re.compile(r" (?:个|单|人|天|月|年|号|点|分钟|小时|米|公里|次|岁|件|位|栋|室|楼|km|kg)")
_NOT_A_SUM_BEFORE = re.compile(
    r"(?:跑了?|送了?|接了?|单数|单量|满分|考了?|第|尾号|工号|房号|房间|编号|号码|车牌|打电话|拨打?|热线|"
    r"电话|打(?:了|过|个)?|体重|身高|时速|限速|说是|型号|学号)[是:为到 ]*$"
)
# Numbers to dial, none of them a sum.
_HOTLINES = frozenset(
    {
        "110", "119", "120", "122", "12110", "12123", "12306", "12315", "12320", "12328", "12329", "12333",
        "12338", "12345", "12348", "12351", "12355", "12356", "12366", "12371", "12378", "95533", "96110",
    }
)  # fmt: skip
_NAME_AFTER = re.compile(r"[灯百姓家货般里载世官科佛岛户物年克瓦]|分之")
_GLUED_BEFORE = re.compile(r"[a-z第@#_/:.\-]$")
_MEASURE_BLOCK = re.compile(r"块(?=[牌砖内地板布肉石电屏木金玻表砸差])")
_A_BLOCK_BEFORE = re.compile(r"(?:加|哪|这|那|连|成|出来|下来|一起|住|同|搞|弄|合)$")
_ASKING = re.compile(r"(?:能|补|罚|要|收|领|拿|是|得|给|发|到底|多少)(?:我)?$")
_ASKED_BEFORE = re.compile(r"(?:好|十|扣了?|欠我?|差|花了?|损失|才|就|亏了?|少了?|收了?|交了?|要)$")
_DISMISSED = re.compile(r"钱?(?:都|也|还|就)?(?:没|不|未|莫|冇)")


@dataclass(frozen=True, slots=True)
class Money(Span):
    """A sum in fen; `high_fen` for a range (五六百). `approximate` for 多, 左右, 不到 and ranges."""

    fen: int
    high_fen: int | None
    approximate: bool

    @property
    def yuan(self) -> Decimal:
        """The (lower) sum in yuan."""
        return Decimal(self.fen) / 100


@dataclass(frozen=True, slots=True)
class _Sum:
    start: int
    end: int
    low: Decimal
    high: Decimal | None
    approximate: bool
    has_unit: bool


def _fen(yuan: Decimal) -> int:
    return int((yuan * 100).to_integral_value(ROUND_HALF_UP))


def find_money(text: str, bare: bool = False) -> list[Money]:
    """The sums named in `text`, in reading order, spans in the original text. Never raises.

    `bare=True` is for a form that has just asked for an amount: a lone number is then the answer.
    """
    folded = normalise(text)
    found: list[Money] = []
    i = found_to = 0
    while i < len(folded.text):
        item = _read_sum(folded.text, i, found_to, bare)
        if item is None:
            i = _skip(folded.text, i)
            continue
        money = _money(folded, item)
        if money is not None:
            found.append(money)
        i = found_to = item.end
    return found


def parse_money(text: str) -> int | None:
    """The one sum of an answer to "多少钱", in fen, or None if there is none or more than one."""
    found = find_money(text, bare=True)
    return found[0].fen if len(found) == 1 else None


def format_yuan(fen: int) -> str:
    """850000 → "8500元", 580 → "5.8元": what `parse_money` reads back."""
    yuan, rest = divmod(abs(fen), 100)
    decimals = f".{rest:02d}".rstrip("0") if rest else ""
    return f"{'-' if fen < 0 else ''}{yuan}{decimals}元"


def _money(folded: Normalised, item: _Sum) -> Money | None:
    low, high = _fen(item.low), _fen(item.high) if item.high is not None else None
    if not 0 < low <= MOST_FEN or (high or 0) > MOST_FEN:
        return None
    start, end = folded.span(item.start, item.end)
    return Money(start, end, folded.original[start:end], low, high, item.approximate)


def _skip(text: str, i: int) -> int:
    """The next place worth looking at: past the whole run of digits or letters, lest 8500 be read as 500."""
    number = read_number(text, i)
    if number is not None:
        return max(number.end, i + 1)
    if "a" <= text[i] <= "z":
        while i < len(text) and ("a" <= text[i] <= "z" or text[i].isdigit()):
            i += 1
        return i
    return i + 1


def _read_sum(text: str, i: int, since: int, bare: bool) -> _Sum | None:
    odd = _ODD.match(text, i)
    if odd is not None:
        small = "毛把" in odd[0]
        low = Decimal("0.1") if small else Decimal(100) if odd[0].startswith("百") else Decimal(1)
        return _Sum(i, odd.end(), low, low * 2, True, True)
    number = read_number(text, i)
    if number is None or (number.arabic and number.digits > 9):
        return None
    before = text[max(since, i - 12) : i]
    if text[i] == "几" and not (_ASKED_BEFORE.search(before) or _some_hundreds(text, number, before)):
        return None
    if _GLUED_BEFORE.search(before) and not _PREFIX.search(before):
        return None
    start = i
    prefix = _PREFIX.search(before)
    if prefix is not None:
        start = i - len(prefix[0])
    item = _one_sum(text, i, number, before)
    upper = _read_upper(text, item, number, before)
    if upper is not None:
        item, number = upper, replace(number, scaled=number.scaled or upper.low >= 100)
    if not (item.has_unit or prefix or _is_money(text, item, number, before, bare)):
        return None
    approximate = item.approximate or bool(_ABOUT_BEFORE.search(before))
    about = _ABOUT_AFTER.match(text, item.end)
    end = about.end() if about else item.end
    return _Sum(start, end, item.low, item.high, approximate or bool(about), True)


def _some_hundreds(text: str, number: Number, before: str) -> bool:
    """押金几百块 speaks of a sum; 能补几块 and 要几百 ask for one."""
    return number.scaled and bool(_UNIT.match(text, number.end)) and not _ASKING.search(before)


def _one_sum(text: str, i: int, number: Number, before: str) -> _Sum:
    """A number with its unit, if it has one: 三块五, 12元, 九百块, 两毛."""
    unit = _UNIT.match(text, number.end)
    if unit is None or _means_together(text, number, unit, before):
        odd = _ZERO_SMALL.match(text, number.end - 2) if number.low >= 100 else None
        if odd is not None:  # 一万零五毛: no ten thousand and five
            low = number.low - _digit(odd[1]) + _small_change(odd)
            return _Sum(i, odd.end(), low, None, number.approximate, True)
        mao = _MAO.match(text, number.end)
        if mao is not None and number.low < 100 and not _DISMISSED.match(text, mao.end()):
            return _Sum(i, mao.end(), number.low / 10, number.high and number.high / 10, number.approximate, True)
        return _Sum(i, number.end, number.low, number.high, number.approximate, False)
    end, low = unit.end(), number.low
    approximate = number.approximate
    small = _SMALL.match(text, end)
    if small is not None:
        low += _small_change(small)
        end = small.end()
    elif (tail := _BARE_SMALL.match(text, end)) and text[end - 1] in "块元" and not _COUNTED.match(text, tail.end()):
        low += Decimal(_digit(tail[2])) / (100 if tail[1] else 10)  # 三块零五 is 3.05
        end = tail.end()
    elif more := _MORE_AFTER_UNIT.match(text, end):
        end, approximate = more.end(), True
    elif text.startswith("钱", end):
        end += 1
    return _Sum(i, end, low, number.high, approximate, True)


def _means_together(text: str, number: Number, unit: re.Match[str], before: str) -> bool:
    """一块办, 一块去: "together", unless money is plainly spoken of."""
    if _MEASURE_BLOCK.match(text, number.end):
        return True
    if unit[0].strip() != "块" or number.low != 1 or text[number.end - 1] != "一":
        return False
    if _A_BLOCK_BEFORE.search(before):
        return True
    after = text[unit.end() : unit.end() + 1]
    return after not in tuple("钱多半的,。!?;、)") and after not in DIGITS and not _BEFORE.search(before)


def _small_change(match: re.Match[str]) -> Decimal:
    first = Decimal(_digit(match[1])) / (100 if match[2] == "分" else 10)
    further = match[3] if match.re is _SMALL else None
    return first + (Decimal(_digit(further)) / 100 if further else 0)


def _digit(text: str) -> int:
    return int(text) if text.isascii() else DIGITS[text]


def _read_upper(text: str, item: _Sum, number: Number, before: str) -> _Sum | None:
    """三千到五千, 1000-1500元: the second number lends its unit (and 千, if the first is a lone digit)."""
    join = _JOIN.match(text, item.end)
    if join is None or number.high is not None:
        return None
    second = read_number(text, join.end())
    if second is None or second.high is not None or (second.arabic and second.digits > 9):
        return None
    other = _one_sum(text, join.end(), second, before)
    low = item.low
    if low < 10 and other.low >= 100 and second.scaled and not item.has_unit:
        place = Decimal(10) ** (len(str(int(other.low))) - 1)
        low *= place
    said_as_money = number.scaled or item.has_unit or other.has_unit or low != item.low
    said_as_money = said_as_money or (number.digits >= 4 <= second.digits and bool(_BEFORE.search(before)))
    if not low < other.low or not said_as_money:
        return None
    return _Sum(item.start, other.end, low, other.low, True, item.has_unit or other.has_unit)


def _is_money(text: str, item: _Sum, number: Number, before: str, bare: bool) -> bool:
    """Whether a number without a unit is a sum, by what stands before and after it."""
    named_after = _AFTER.match(text, item.end)
    if not named_after and (_COUNTED.match(text, item.end) and not _shares_out(text, item, number)):
        return False
    if item.low < 1_000 and _SPACED_COUNT.match(text, item.end):
        return False
    if (number.digits > 1 and not number.arabic) or number.digits > 7 or _NOT_A_SUM_BEFORE.search(before):
        return False
    if number.arabic and text[item.start : item.end] in _HOTLINES:
        return False
    if bare:
        return item.low > 0
    if item.low >= 10 and (named_after or _BEFORE.search(before)):
        return True
    if number.scaled and item.low >= 100:
        return not _NAME_AFTER.match(text, item.end)
    return _is_listed(text, item, number)


def _shares_out(text: str, item: _Sum, number: Number) -> bool:
    """贷八万分三年, 65万月供: after a round sum these characters begin the next word."""
    return (
        number.scaled
        and item.low >= 1_000
        and text[item.end : item.end + 1] in "分月点"
        and not text.startswith("分钟", item.end)
    )


def _is_listed(text: str, item: _Sum, number: Number) -> bool:
    """A plain number of three digits or more among words about pay or fees: 本科 12800."""
    if not number.arabic or item.low < 100 or (1990 <= item.low <= 2050 and text.startswith("年", item.end)):
        return False
    return bool(_SHORTHAND_AROUND.search(text, max(0, item.start - 24), item.end + 14))
