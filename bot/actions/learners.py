"""Several courses in one message: two degrees each with its sum, oneself and one's wife, two people at the same price."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.actions.tuition import PRICED, Fee, fee_sums, read_fee
from bot.language import find_degrees, normalise, read_study

SELF = ""
_KIN = (
    r"老婆|媳妇|爱人|对象|老公|丈夫|妻子|女朋友|男朋友|女友|男友|弟弟|妹妹|哥哥|姐姐|兄弟|哥们|同事|朋友|室友|工友|儿子|女儿"
    r"|(?<=我)[弟妹哥姐]|(?<=我)(?:妈|爸|嫂子)"
)
_WHO = re.compile(rf"(?:{_KIN})(?!说|叫我|让我|问|给我|帮我|介绍|告诉)")
OTHER_PERSON = re.compile(rf"[她他]|(?:{_KIN})")
_ME = re.compile(rf"(?:我|俺|咱)(?!的?(?:{_KIN})|[们俩弟妹哥姐妈爸])")
_FULL = {"弟": "弟弟", "妹": "妹妹", "哥": "哥哥", "姐": "姐姐"}
_STUDIES = re.compile(r"[读念上报]|学费|本科|大专|专科|专升本")
_NO_COURSE = re.compile(r"工资|押金|欠|[扣罚]|贷款|借|驾校|幼儿园|补习|辅导")
_TWO = re.compile(rf"我们?俩|我们两|俩人|两口子|两个人|我(?:和|跟|同|与)(?:我)?(?:{_KIN})|(?:{_KIN})(?:和|跟|同|与)我")
_EACH = re.compile(r"各|一人|每人|每个人|一个人|都是?|分别")
_BOTH_DEGREES = re.compile(r"[各都]|分别|哪个|两个")
_LEAD = re.compile(rf"(?:我|他|她|的|那|也|再|又|去|是|要|想|[读念上报]|{_KIN}|[,，。;；、\s])*$")


@dataclass(frozen=True)
class Learner:
    """One course of one person; `who` is empty for the rider."""

    who: str
    level: str | None
    fee: Fee | None

    @property
    def name(self) -> str:
        return self.who or "您"


@dataclass(frozen=True)
class _Token:
    kind: str  # "D" a degree, "M" a sum
    start: int
    end: int
    value: str = ""


def read_who(text: str) -> str:
    """Whose course a message is about: 老婆, 弟弟; empty for the rider's own."""
    found = _WHO.search(normalise(text).text)
    return _FULL.get(found[0], found[0]) if found else SELF


def read_learners(text: str) -> list[Learner]:
    """The courses of a message that names two or more; empty when it names one, or none, or leaves doubt which is which."""
    folded = normalise(text).text
    text = folded if len(folded) == len(text) else text
    if _NO_COURSE.search(text) or read_study(text).has:
        return []
    tokens = _tokens(text)
    degrees = [t for t in tokens if t.kind == "D"]
    sums = [t for t in tokens if t.kind == "M"]
    if len({t.value for t in degrees}) == 2 and len(degrees) == 2 and len(sums) == 1 and _BOTH_DEGREES.search(text):
        fee = read_fee(text)
        return [Learner(read_who(text), t.value, fee) for t in degrees] if fee else []
    two = _TWO.search(text)
    if two is not None and len(degrees) == 1 and len(sums) == 1 and _EACH.search(text, two.end()):
        fee = read_fee(re.sub(r"各|一人|每人|每个人|一个人", "", text))
        other = read_who(text) or "另一位"
        return [Learner(who, degrees[0].value, fee) for who in (SELF, other)] if fee else []
    if len(sums) < 2 or len(degrees) != len(sums):
        return []
    return _paired(text, tokens, degrees, sums)


def read_other(text: str, level: str | None) -> Learner | None:
    """ "我老婆也读大专 九千" beside the case just worked out; `level`: of that case, for "我老婆也读 九千"."""
    who = read_who(text)
    if not who or _NO_COURSE.search(text) or not _STUDIES.search(text):
        return None
    fee = read_fee(text)
    aim = read_study(text).aim or (level if "也" in text else None)
    return Learner(who, aim, fee) if fee is not None and aim else None


def said_of(text: str, who: str) -> str:
    """The parts of a message about one person: "我是会员她不是" → "我是会员" of the rider, "她不是" of the other."""
    folded = normalise(text).text
    marks = [(m.start(), False) for m in OTHER_PERSON.finditer(folded)]
    marks += [(m.start(), True) for m in _ME.finditer(folded)]
    cuts = [(0, not marks or min(marks)[0] > 0 or min(marks)[1]), *sorted(marks)]
    ends = [start for start, _ in cuts[1:]] + [len(folded)]
    return " ".join(folded[start:end] for (start, me), end in zip(cuts, ends, strict=True) if me == (who == SELF))


def _tokens(text: str) -> list[_Token]:
    """Degrees and sums in reading order; the same degree said twice over ("专升本 本科") once."""
    found = [_Token("D", d.start, d.end, str(d.value)) for d in find_degrees(text)]
    found += [_Token("M", m.start, m.end) for m in fee_sums(text, bare=bool(PRICED.search(text)))]
    kept: list[_Token] = []
    for token in sorted(found, key=lambda t: t.start):
        again = kept and token.kind == "D" and kept[-1].kind == "D" and kept[-1].value == token.value
        if not again:
            kept.append(token)
    return kept


def _paired(text: str, tokens: list[_Token], degrees: list[_Token], sums: list[_Token]) -> list[Learner]:
    order = "".join(t.kind for t in tokens)
    count = len(sums)
    if order == "D" * count + "M" * count:  # 大专本科分别七千八千
        fees = [Fee(m.fen, m.high_fen, m.approximate) for m in fee_sums(text)]
        who = read_who(text)
        return [Learner(who, d.value, fee) for d, fee in zip(degrees, fees, strict=True)]
    if order == "DM" * count:
        cuts = [d.start - len(_lead(text[: d.start])) for d in degrees[1:]]
    elif order == "MD" * count:
        cuts = [d.end for d in degrees[:-1]]
    else:
        return []
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    fees_read = [read_fee(part) or read_fee("学费" + part) for part in parts]
    if any(fee is None for fee in fees_read):
        return []
    return [Learner(read_who(part), d.value, fee) for part, d, fee in zip(parts, degrees, fees_read, strict=True)]


def _lead(text: str) -> str:
    found = _LEAD.search(text[-24:])
    return found[0] if found else ""
