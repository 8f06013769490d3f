"""Messages that go on with the tuition just worked out: 那大专呢, 改成13,500, 还有那一千块呢, 我老婆也读大专 九千."""

from __future__ import annotations

import re

from bot.actions.learners import read_other
from bot.actions.study_words import MEMBER, SECOND, read_had
from bot.actions.tuition import EXTRA_FEE, LEAST_FEN, PRICED, read_fee
from bot.language import find_degrees, find_money, normalise

CASE_LIFE = 6  # user turns in which "那大专呢" still means the last case
NOT_GRADUATING = re.compile(
    r"毕不了业|没(?:能)?毕(?:得了)?业|不能(?:按时)?毕业|拿不到(?:毕业)?证|中途退|读不完|退学|没读完|念不完|挂科|延期毕业|延毕"
)
OTHER_SCHOOL = re.compile(r"自考|别的学校|其他学校|国开|读电大|国家开放大学|函授|苏州大学|网络教育")
TOGETHER = re.compile(r"加起来|加一块|加一起|一共|总共|合起来|两(?:样|笔|个(?![人月学年])|项)")
BOTH = re.compile(r"(?:大专|专科).{0,4}本科|本科.{0,4}(?:大专|专科)|都读|两个都|我们?俩")
_THE_AWARD = re.compile(
    r"(?:那|还有|另外|另|剩下|外加|加上?)(?:[那个笔的]|工会|双[千钱](?:计划)?){0,8}(?:一千|1000|1千|1k)(?![\d万千百十二三四五六七八九])"
)
_OF_THE_AWARD = re.compile(r"学费|[没欠交谁哪怎咋啥找]|什么|条件|申请|每年|一次|认不认|会员才|算不算数")
_RULE_ASKED = re.compile(r"[怎咋啥哪谁]|什么|多久|还是|先|那一|之外|以外|除了|几年|几月|几[百千万]|批|一半|规定|条件")
_SHORT = 14  # characters of "还有那一千块呢"
_ASKED_AGAIN = re.compile(
    r"(?:那|我|到底|所以|就|这样|这个|总共|一共|能不能|毕业|以后|后){0,4}(?:能|可以)?(?:补|拿|领|退|得|返)(?:助|回|到|到手)?(?:给?我)?(?:多少|几多|好多|几个)"
    r"(?:钱|元)?[呢啊呀嘛吗了呗？?。]*"
)
_CORRECTED = re.compile(
    r"(?:你们?)?(?:学费|金额|钱数?)?(?:不对|[算说写打填]?错了|不是)?[吧啊呀哦]?[,，\s]*(?:学费)?(?:应该)?(?:改成|改为|改|换成|是|(?<=[,，\s])(?=\d))\s*"
)
_OTHER_TUITION = re.compile(
    r"退|[扣欠罚骗坑]|贷|借|分期|首付|驾校|驾照|孩子|小孩|娃|幼儿园|[中小]学|培训|站长|公司|老板|保险|房|车"
)
_WHAT_IF = re.compile(
    r"^(?:那|那么|要是|如果|假如|万一|还是|换成?|改成|我(?:不是|没|是)|不是|是工会|没加|(?:我)?(?:已经|早就?|都)?(?:加?入)了)|呢[？?]?$"
    r"|^(?:不对|错了|说错了)|学费.{0,3}(?:改成|改为|换成|应该是)|按.{1,6}算"
)
_ONLY_YEARS = re.compile(
    r"(?:不对|不是|错了|那|是|要|得|读|一共|总共|全程|[\s，,])*[\d.一二两三四五六]+年(?:半)?(?:制|的|呢|吧|读完|毕业)*[？?。]?"
)
_ENROLS = re.compile(r"报名|登记|想[读学报]|要[读学报]")


def is_what_if(text: str, level: str | None = None) -> bool:
    """Whether a message asks about the case that was just worked out, with something changed. `level`: of that case."""
    folded = normalise(text).text.strip()
    if len(folded) > 24 or folded.startswith("/"):
        return False
    if means_award(folded) or _ASKED_AGAIN.fullmatch(folded) or _is_other_sum(folded):
        return True
    if EXTRA_FEE.search(folded) and re.search(r"[加算补含]|呢", folded):
        return True
    if read_other(text, level) is not None:
        return True
    if _is_next_case(text, folded):
        return True
    if not (_WHAT_IF.search(folded) or TOGETHER.search(folded) or NOT_GRADUATING.search(folded)):
        return False
    about = (NOT_GRADUATING, TOGETHER, MEMBER, SECOND, OTHER_SCHOOL)
    return any(p.search(folded) for p in about) or bool(find_degrees(text)) or _names_sum(text)


def _names_sum(text: str) -> bool:
    """A sum that may be a tuition, or the price of one credit or term."""
    return any(m.fen >= LEAST_FEN or PRICED.search(text) for m in find_money(text))


def is_lone_sum(text: str) -> bool:
    """ "五千九百九十九" right under the sum of another tuition."""
    folded = normalise(text).text.strip()
    sums = find_money(folded, bare=True)
    return (
        len(sums) == 1
        and sums[0].fen >= LEAST_FEN
        and not re.sub(r"[\s。.吧呢啊]", "", folded.replace(sums[0].surface, ""))
    )


def _is_next_case(text: str, folded: str) -> bool:
    """ "两万 本科", "大专九千二": a degree and a sum, and hardly anything else."""
    degrees, sums = find_degrees(text), find_money(text)
    if len(degrees) != 1 or len(sums) != 1 or sums[0].fen < LEAST_FEN:
        return False
    said = len(degrees[0].surface) + len(sums[0].surface)
    return len(re.sub(r"[\s，,。学费读的是呢]", "", folded)) <= said


def means_award(folded: str) -> bool:
    """ "还有那一千块呢": the 1000 yuan of the union, no part of a tuition."""
    return len(folded) <= _SHORT and bool(_THE_AWARD.search(folded)) and not _OF_THE_AWARD.search(folded)


def _is_other_sum(folded: str) -> bool:
    """ "改成13,500", "不对 是9000": a lone number after a correction, and no time or phone."""
    found = _CORRECTED.match(folded)
    if found is None:
        return False
    rest = folded[found.end() :]
    sums = find_money(rest, bare=True)
    lone = len(sums) == 1 and sums[0].start == 0 and not re.sub(r"[吧了的呢啊。.!！?？\s]", "", rest[sums[0].end :])
    return lone and sums[0].fen >= LEAST_FEN


def tells_tuition(text: str) -> bool:
    """ "本科学费 2万3", "学费总共一万零五十": or "本科一万二": a tuition and nothing else, which can only mean the subsidy."""
    folded = normalise(text).text.strip()
    if len(folded) > 40 or folded.startswith("/") or _OTHER_TUITION.search(folded) or _RULE_ASKED.search(folded):
        return False
    if _is_next_case(text, folded):
        return True
    fee = read_fee(folded) if re.search(r"学费|学分", folded) else None
    return fee is not None and (fee.fen >= LEAST_FEN or fee.unit != "")


def adds_to_case(text: str) -> bool:
    """Whether a message tells what the case lacks: the schooling one has ("我已经是大专毕业了"), how many years it takes."""
    folded = normalise(text).text.strip()
    if len(folded) > 24 or _ENROLS.search(folded):
        return False
    return read_had(text) is not None or bool(_ONLY_YEARS.fullmatch(folded))
