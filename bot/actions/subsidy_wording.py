"""What the sums of 昆小哥学堂 are told like: the sum first, then what it hangs on."""

from __future__ import annotations

from bot.actions.tuition import Fee, amount
from bot.language import format_yuan
from bot.services.subsidy import AWARD_FEN, Reason, Subsidy, SubsidyCase, calculate

LEVEL_NAMES = {"junior_college": "大专", "bachelor": "本科"}
CONDITIONS = "都要先自己交学费，在规定时间内拿到江苏开放大学毕业证后才补，不含二学历；以学堂审核为准。"
EXTRA_FEES = "规定写的是补学费总额的 50%；书本、报名、考试这些费用算不算没有公布，这里没算进去，报名前问清。"


def word(case: SubsidyCase, result: Subsidy, *, together: bool = False, fee: Fee | None = None) -> str:
    """The result in the rider's words, the sum first. `fee`: how the tuition was said (a range, so much a credit)."""
    level = LEVEL_NAMES[case.level]
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
    sums = Sums.of(case, result, fee)
    grant = f"{level}学费{(fee or Fee(case.tuition_fen)).said()}，毕业后补 50%，就是{sums.grant}"
    grant += "" if case.tuition_fen % 2 == 0 or (fee and (fee.about or fee.high_fen)) else "（不到一分的零头不算）"
    if Reason.AWARD_NEEDS_BACHELOR in result.reasons:
        award = "工会“双千计划”的 1000 元只给本科，大专没有。"
        head = f"一共能拿{sums.grant}。\n{grant}。" if together else f"{grant}。"
    elif result.award_fen is None:
        award = f"是工会会员的话，还可能申领“双千计划” 1000 元，加起来{sums.if_member}；不是会员就是{sums.grant}。"
        head = f"{grant}。"
    elif result.award_fen:
        award = f"您是工会会员，读本科还可申领“双千计划”奖励 {AWARD_FEN // 100} 元。"
        head = f"{grant}。" if not together else f"加起来{sums.total}。\n{grant}。"
        award += "" if together else f"加起来{sums.total}。"
    else:
        award = "不是工会会员，“双千计划”的 1000 元拿不到；入了会并符合条件才能申领。"
        head = f"{grant}。" if not together else f"一共{sums.grant}。\n{grant}。"
    return f"{head}\n{award}\n{CONDITIONS}"


class Sums:
    """Grant, total and total of a member in words: exact, of a range, or about."""

    def __init__(self, low: Subsidy, high: Subsidy | None, *, about: bool) -> None:
        self.low, self.high, self.about = low, high, about

    @classmethod
    def of(cls, case: SubsidyCase, result: Subsidy, fee: Fee | None) -> Sums:
        high = None
        if fee is not None and fee.high_fen:
            high = calculate(SubsidyCase(fee.high_fen, case.level, case.union_member))
        return cls(result, high, about=bool(fee and fee.about))

    def _words(self, low: int, high: int | None) -> str:
        return amount(low, high, about=self.about)

    @property
    def grant(self) -> str:
        return self._words(self.low.grant_fen, self.high.grant_fen if self.high else None)

    @property
    def total(self) -> str:
        return self._words(self.low.total_fen, self.high.total_fen if self.high else None)

    @property
    def if_member(self) -> str:
        return self._words(self.low.total_if_member_fen, self.high.total_if_member_fen if self.high else None)


def _certain(case: SubsidyCase) -> str:
    graduated = SubsidyCase(case.tuition_fen, case.level, case.union_member)
    result = calculate(graduated)
    return f"{LEVEL_NAMES[case.level]}学费{format_yuan(case.tuition_fen)}能补{format_yuan(result.grant_fen)}"


def word_several(courses: list[tuple[str, SubsidyCase, Fee]], *, new: int = 0) -> str:
    """Two or more courses, each its own; the total only of different people. `new`: how many of the last ones are new."""
    results = [calculate(case) for _, case, _ in courses]
    people = len({who for who, _, _ in courses}) == len(courses)
    lines = [_line(*one, result, named=people) for one, result in zip(courses, results, strict=True)]
    if not people:
        return "\n".join(
            [
                *lines,
                "同一个人读两个层次，两笔能不能都领没有公布，所以不加总；先问昆山开放大学，或打 12345 转市教育局。",
                CONDITIONS,
            ]
        )
    total = sum(r.total_fen for r in results)
    high = sum(
        calculate(SubsidyCase(fee.high_fen or fee.fen, case.level, case.union_member)).total_fen
        for _, case, fee in courses
    )
    said = amount(total, high, about=any(fee.about for _, _, fee in courses))
    unknown = [r for r in results if r.award_fen is None]
    more = "" if not unknown else "；读本科的是工会会员并符合条件，每人还可能另有“双千计划” 1000 元"
    names = "和".join(who or "您" for who, _, _ in courses)
    head = f"{names}加起来{said}{more}。"
    rest = f"各自都要拿到毕业证才补，各自以学堂审核为准。家属能不能算进来没有公布，报名前问清。\n{CONDITIONS}"
    return "\n".join([*lines[-new:], head, rest] if new else [head, *lines, rest])


def _line(who: str, case: SubsidyCase, fee: Fee, result: Subsidy, *, named: bool) -> str:
    sums = Sums.of(case, result, fee)
    name = f"{who or '您'}：" if named else ""
    said = f"{name}{LEVEL_NAMES[case.level]}学费{fee.said()}，毕业后补 50%，就是{sums.grant}"
    if Reason.AWARD_NEEDS_BACHELOR in result.reasons:
        return f"{said}，大专没有“双千计划”的 1000 元。"
    if result.award_fen is None:
        return f"{said}；是工会会员的话加“双千计划” 1000 元，共{sums.if_member}。"
    if result.award_fen:
        return f"{said}，加“双千计划” 1000 元，共{sums.total}。"
    return f"{said}；不是工会会员，没有那 1000 元。"
