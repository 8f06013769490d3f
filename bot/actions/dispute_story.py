"""Reads a rider's story of a labour dispute: what it is about, with which firm, what sum, since when, how many people."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from bot.actions import readers
from bot.actions.base import Heard
from bot.actions.dispute_kinds import TYPES, keeps_credentials
from bot.actions.form_fields import Field, Values
from bot.actions.owed_rates import is_unclear, still_owed
from bot.actions.owed_sums import owed
from bot.actions.places import TOWNS
from bot.actions.wording import CORRECTION
from bot.geo.places import gazetteer
from bot.language import find_money, find_numbers, read_dispute_type, read_still_employed, read_yes_no

_FIRM = re.compile(
    r"(?:公司|单位|站点|平台|老板|厂|店)(?:名|名字|名称)?(?:也|又|还)?(?:写错|说错|搞错|错|不对|改)?(?:了|一下)?[，,\s]*(?:应该)?(?:是|叫|改成|改为|换成)\s*(\S{2,24})"
)
# a firm's name by its ending, before what it did: 蓝马配送|扣我工资
_FIRM_BY_ENDING = re.compile(
    r"(?:^|[\s，,。；;:：]|投诉|举报|我在|我给|给|告|和|跟)((?:(?!投诉|举报|我|你|他|给|告|的)[\u4e00-\u9fffA-Za-z0-9]){2,10}?"
    r"(?<![送跑做干拉开])(?:配送|物流|快递|快运|速递|货运|运输|劳务|人力|传媒|外卖|供应链|外包|服务部|公司|集团)"
    r"(?:[\u4e00-\u9fff]{1,4}(?:站点|站|分公司|部))?)(?=$|[\s，,。；;]|拖?欠|拖着|克?扣|不|没|把|说|让|压|罚|辞|开除|封|老板|站长|干|做|跑|上班|送)"
)
_NO_FIRM = re.compile(
    r"(?:这|那|我们|一|一家|个)*(?:物流|快递|外卖|劳务|运输|货运|传媒|配送|外包|人力)?(?:公司|集团|站|站点)?"
)
_PERHAPS_CALLED = re.compile(
    r"(?:好像|可能|应该|大概|貌似|记得)(?:是)?叫(?:做|个)?(?:什么|啥)?\s*([\u4e00-\u9fffA-Za-z0-9]{2,12})$"
)


def firm(heard: Heard) -> str | None:
    corrected = _FIRM.search(heard.text)
    if corrected:
        return corrected[1].strip("，。,.!！的")
    named = heard.surface("employer")
    by_ending = _FIRM_BY_ENDING.search(heard.text)
    # 青云快递 rather than the 云快递 in it
    ending = by_ending[1].lstrip("和跟给告在") if by_ending else ""
    if ending and not _NO_FIRM.fullmatch(ending) and (named is None or named in ending):
        return ending
    called = _PERHAPS_CALLED.search(heard.text)
    if named is None:
        return called[1] if called else None
    return re.sub(r"\s+(?:平台|公司|站点)$", "", named)


def told_also(values: Values, text: str) -> str:
    """The story so far with this sentence at its end."""
    told = (str(values.get("dispute_summary") or ""), text)
    return "；".join(part for part in told if part)[:500]


OWES_ME = (
    r".*(?:公司|站长|老板|平台|单位|站点|站里|他们|队长)[\s，,]?[^，,。\s不没]{0,6}(?:欠|拖着|压着|扣)(?:了|着)*(?:我|俺|咱|老子|老娘)们?"
    r"[^，,。]{0,4}(?:\d|[一二两三四五六七八九十半几]+[个百千万]|工资|钱|押金)"
    r"|.*(?:公司|站长|老板|平台|单位|站点|站里|队长)[^，,。\s]{0,6}(?:不|没)(?:发|给|结)(?:我|俺|咱|们|过|了)*[^，,。\s]{0,3}(?:工资|薪)"
)
_UNPAID_WORDS = (
    r"(?<!不)(?<!没)欠薪|拖欠|欠(?:了|着)?(?:我|俺|咱|老子|老娘)|(?:没|不)(?:发|给|结)(?:我|俺)?(?:们)?[^，,。\s]{0,3}(?:工资|薪)"
    r"|(?:工资|薪水|押金|提成|运费)[^，,。\s]{0,6}(?:没|不)(?:发|给|结|退|到账)"
)
UNPAID = re.compile(_UNPAID_WORDS)
SHORT_CLAIM = (
    r"(?=.{0,40}$)(?!.*(?:约|门诊|看病|健康证|充电|驿站|报名|学费|建行|另外|顺便|喝的|喝水))"
    rf"(?!.*(?:补充|补进|加到|撤|查|进度|改|登记过|工单|单子|管不管|算不算|不$))(?=.*(?:{_UNPAID_WORDS}))"
    r"(?=.*(?:(?<!\d)1[3-9]\d{9}(?!\d)|\d{3,}|[一二两三四五六七八九十几\d][万千百]|\d+\s*[块元wk]))"
)
"""Pay withheld, with a sum or a phone beside it: "圆通欠薪 139… 2万", which is a claim whatever its words look like."""
SENT_AWAY = (
    r".*(?:(?:被|把我|给我|将我).{0,4}(?:开除|辞退|辞了|炒了|裁了|劝退)|(?:让|叫|赶)我(?:走人|滚蛋?)|不让我干了"
    r"|(?:被|把我|将我)(?:们|给|也|都|就|突然|直接)*开(?:了|掉|除)(?![^,，。]{0,4}(?:票|单|罚|药|瓢|刀|玩笑|门|锁|证明))"
    r"|(?:说开就|就把我|老板|站长)开(?:了|掉)我(?!的)|(?:叫|让|通知)我(?:明天|以后|下个?月|今天)[^,，。]{0,2}(?:不用|别)来)"
)
"""A firm that owes the speaker or sends them away, for a message whose other words make it look like anything else."""


def tells_wrong(text: str) -> bool:
    """Whether the words surely tell of pay withheld or of being sent away, and ask nothing."""
    return not _ASKED.search(text) and bool(re.match(OWES_ME, text) or re.match(SENT_AWAY, text))


_ASKED = re.compile(r"怎么|咋|如何|多久|吗|能不能|[?？]")  # "什么破公司" asks nothing
_NOT_OWED = re.compile(r"(?:没有?|不|不是)(?:拖)?欠(?!薪我)")
_FROZEN = re.compile(r"冻(?:结|住)?(?:了|着|我)|(?:不让|不能|没法)提现")
_OWED = re.compile(
    r"(?:公司|站长|老板|平台|单位|站点|站里|他们)(?:还|一直|总共|一共|现在|到现在)*(?:拖)?欠(?:着|了)?(?:我|俺|咱)们?(?!押金|保证金)|欠(?:了|着|我们?|他们|咱们?)*(?:[一二两三四五六七八九十半几\d]+个?(?:多)?月|半年|[一两]年)|被欠|欠薪|欠(?:着|了)?(?:老子|老娘|俺)(?!.{0,3}押金)"
)

_OWED_BARE = re.compile(r"(?<![我俺])欠(?:了|着)?(?:[一二两三四五六七八九十]+[百千万]|\d{3,}|\d+(?:\.\d)?[万千])")
"""In a question of rights: "前年10月离职的 欠两万 还能告吗"; elsewhere a sum of two that are owed."""
_UNPAID = re.compile(r"(?:不|没)(?:发|给|结)(?:我|俺|咱|们|过|了)*[^，,。\s]{0,3}(?:工资|薪)")
_CUT = re.compile(r"(?:扣|罚)(?:了|着|掉)?(?:我|俺|咱)们?(?:\d|[一二两三四五六七八九十半几]+[百千万])")
_DEPOSIT_KEPT = re.compile(r"扣(?:了|着|住|下|我们?|的|不[退还给])*押金(?!.{0,8}(?:罚|超时|差评))")

_MONEY_TOO = re.compile(r"押金|保证金|工资|薪|欠|罚|\d{2,}|[一二两三四五六七八九][百千万]")

_DIGITS_OF_PHONE = re.compile(r"1\d{10}(?!\d)")


def kind(heard: Heard) -> str | None:
    value = heard.first("dispute_type")
    if value == "deduction" and _DEPOSIT_KEPT.search(heard.text):
        return "deposit"
    if value == "wages" and _NOT_OWED.search(heard.text):
        return None
    if keeps_credentials(heard.text) and not _MONEY_TOO.search(_DIGITS_OF_PHONE.sub("", heard.text)):
        return "other"  # an identity card is no 押金
    if value in TYPES:
        return str(value)
    if _FROZEN.search(heard.text):
        return "deduction"
    if _CUT.search(heard.text):
        return "deduction"
    if re.match(SENT_AWAY, heard.text):
        return "dismissal"
    if heard.topic.startswith("dispute/") and _OWED_BARE.search(heard.text):
        return "wages"
    part = still_owed(heard.text) is not None and not re.search("押金|保证金", heard.text)
    return "wages" if part or _OWED.search(heard.text) or _UNPAID.search(heard.text) else None


_NOT_THIS = re.compile(r"没说|不是|不关|没提|不说")


def kind_asked(heard: Heard) -> str | None:
    other = _NOT_THIS.search(heard.text) or _NOT_OWED.search(heard.text)
    return kind(heard) or (None if other else read_dispute_type(heard.text))


FIRM_UNTOLD = re.compile(
    r"(?:公司|单位|站点?|平台|名字?|名称).{0,8}(?:不知道|不晓得|不清楚|记不|忘了|没告诉|不敢|不想|不方便)"
    r"|(?:不知道|不晓得|不清楚|记不得|记不清|忘了|不敢|不想|不方便)(?:是|叫|写|说|填|提|报|哪|啥|什么)*.{0,3}(?:公司|单位|站点?|平台|名字?|名称)"
)
_UNTOLD = re.compile(r"不知道|不清楚|不晓得|不让|不想|不敢|不能说|说不|忘了|记不")
_WHOLE_NAME = re.compile(r"[\w（）()·&-]{2,24}(?:站|店|点|公司|部|厂|中心|仓|队|平台|铺|行)")
_CALLED = re.compile(
    r"(?:^|[\s，,。；;])(?:就|名字|公司|站点|平台)?叫(?:做)?\s*(?![我你他她人什啥])([\u4e00-\u9fffA-Za-z0-9]{2,12})$"
)
# 花桥快马: the town is its place, the rest its name
_OF_A_TOWN = re.compile(
    rf"{TOWNS}(?:镇|区)?(?:的|那边的|这边的)?(?!在|上班|干|送|跑|那|这|附近|旁边|路口|边)([\u4e00-\u9fff]{{2,6}}(?<![路街村站镇区]))(?<!广场)(?<!社区)(?<!中心)(?<!万达)$"
)
# what tells more of the matter, and a bare count: no name of a firm
_TELLS = re.compile(
    r"不[给发付结退管认让]|没[给发付结退有]|欠|扣|罚|拖|跑[了路]|[再还也]补|补[一充]|道歉|讨个?说法|[让叫要](?:他|她|他们)|刚才|因为|所以|干了|[0-9一二两三四五六七八九十百]+个?人?$"
    r"|(?:站长|老板|队长|主管|经理)(?:叫|姓|是)|^(?:我|俺)?(?:是|跑|做|干)?(?:的)?(?:众包|专送|兼职|全职)(?:的|骑手|员)?$|先登记|就上|自己|签|上面|前面|(?:那|这)个$|^(?:打|去|来|看|报|弄|走|到)了$"
)


# a correction, a question, a wish or a piece of talk is no name, however short
_NO_NAME = re.compile(
    r"^(?:不|没|别|错|对|是的|好|嗯|行|那|就|还|先|等|算|说|重|改|补|也|都|因为|但|可|反正|然后|其实|主要|希望|麻烦|谢|急)"
    r"|[我俺咱你您他她它]|干嘛|干吗|干什么|做什么|会不会|要不要|是不是|有没有|为啥|怎么|咋|什么|啥|谁|哪"
    r"|不(?:知道|想|要|用|能|会|敢|记|给|发|退)|没(?:有|给|发|退|签)|(?:了|吧|嘛|啊|呀|呗|的话|的时候)$"
    r"|(?:时间|地点|录音|截图|照片|证据|合同|协议|工资|电话|手机|金额|单位名|公司名|名字)(?!.{0,4}(?:公司|店|站|集团))"
    r"|^(?:[\d一二两三四五六七八九十百千半几]+|去|今|上|前|本|这)(?:个|年|天|月|周|星期|块|元|万|千|点|号)"
)


def is_a_name(words: str) -> bool:
    """Whether an answer that no list knows may be what a firm is called."""
    return not _NO_NAME.search(words)


def firm_asked(heard: Heard) -> str | None:
    """The short answer itself: 快马配送周市站 is one name; a bare 对 or 不是 is none, nor is "老板不给"."""
    if _UNTOLD.search(heard.text):
        return heard.surface("employer")
    called = _CALLED.search(heard.text) or _OF_A_TOWN.match(heard.text.strip())
    if called and heard.surface("employer") is None:
        return called[1]
    whole = readers.short_name(heard) if read_yes_no(heard.text) is None else None
    if whole and (_NO_FIRM.fullmatch(whole) or (_TELLS.search(whole) and not _WHOLE_NAME.fullmatch(whole))):
        whole = None
    if whole and not is_a_name(heard.text.strip()) and not is_a_name(whole):
        whole = None
    if whole and _WHOLE_NAME.fullmatch(whole) and not _FIRM.search(heard.text):
        return whole
    return firm(heard) or whole


_STILL_WORDS = re.compile(r"在职|还在(?:干|做|跑|上班|那|这)|离职|辞职|辞了|走[了的]|不干了|没干了|不做了|不跑了")
_GROUP = re.compile(
    r"(?:我们|咱们|一共|总共|共|有|加我)?\s*([一二两三四五六七八九十百\d]{1,4})\s*(?:个|名|位)?(?:人|同事|工友|骑手|兄弟|司机|快递员)(?!民|力|家|天)"
)
_ROUTE_WORDS = {
    "inspection": re.compile(r"监察|劳动局|劳动大队"),
    "arbitration": re.compile(r"仲裁"),
    "legal_aid": re.compile(r"法律援助|法援|免费律师"),
    "mediation": re.compile(r"调解"),
}


def still_in(heard: Heard) -> str | None:
    if not _STILL_WORDS.search(heard.text):
        return None
    still = read_still_employed(heard.text)
    return None if still is None else "yes" if still else "no"


def group_size(heard: Heard) -> int | None:
    """ "我们8个人", "和七个同事": how many the ticket speaks for, the rider included."""
    found = _GROUP.search(heard.text)
    numbers = find_numbers(found[1]) if found else []
    if not found or not numbers:
        return None
    count = int(numbers[0].low)
    others = "人" not in found[0] and re.search(r"(?:和|跟|还有|另外|加上)\s*$", heard.text[: found.start()])
    count += 1 if others else 0
    return count if 2 <= count <= 10_000 else None


_WHICH_ROUTE = re.compile(r"还是|哪|区别|怎么选|咋选|有什么不")


def routes(heard: Heard) -> list[str] | None:
    """The ways that are wished for; "走监察好还是仲裁好" asks which."""
    if _WHICH_ROUTE.search(heard.text):
        return None
    return [route for route, words in _ROUTE_WORDS.items() if words.search(heard.text)] or None


def particulars(words: str) -> dict[str, Any]:
    """What an addition tells of the ticket's own fields, for `DisputesService.tell`."""
    told: dict[str, Any] = {}
    place = gazetteer().locate(words)
    if place is not None and not place.outside:
        told["place"] = place.surface
    if _STILL_WORDS.search(words) and (still := read_still_employed(words)) is not None:
        told["still_employed"] = still
    return told


_ROUND_A_SUM = re.compile(r"(?:大概|差不多|一共|总共|将近|就|是|有|被?扣|罚|欠|我|了|吧|的|啊|呢|左右|[\s，,。.!！])*")
_LEAST_BARE = 100_00  # fen: a shorter number may be what a firm is called


def bare_sum(text: str) -> int | None:
    """The fen of an answer that is a sum and nothing else: "1500", "欠四千吧"."""
    sums = find_money(text, bare=True)
    if len(sums) != 1 or text.startswith("/"):
        return None
    one = sums[0]
    rest = text[: one.start] + text[one.end :]
    told = one.fen >= _LEAST_BARE or re.search("[块元钱]", one.surface)
    return one.fen if told and _ROUND_A_SUM.fullmatch(rest) else None


_ROUND = re.compile(r"[百千万kKwW][一二两三四五六七八九多]?$")


def amount(heard: Heard) -> int | None:
    """Also a round sum that stands alone at the end: "欠薪 快马配送 一万二". Of two that are both owed none: it is asked."""
    rest = still_owed(heard.text)
    if rest is not None:
        return rest
    if owed(heard.text) or is_unclear(heard.text):
        return None
    strict = readers.amount_fen(heard)
    if strict is not None:
        return strict
    alone = find_money(re.split(r"[\s，,]+", heard.text.strip(" 。.!！"))[-1], bare=True)
    return alone[0].fen if len(alone) == 1 and _ROUND.search(heard.text.strip(" 。.!！")) else None


def amount_asked(heard: Heard) -> int | None:
    return still_owed(heard.text) or (None if owed(heard.text) else readers.amount_fen_asked(heard))


MESSAGES_BACK = 4  # messages before the form in which the matter may have been told already
_PARTS = frozenset({"employer", "amount", "dispute_type", "place"})


def told_before(tracker: Tracker, now: datetime) -> list[Heard]:
    """The latest messages about a dispute that no form has read, the newest first."""
    found = told_in_danger(tracker, now)
    in_danger = bool(found)
    asked = 0
    for event in reversed(tracker.events[:-1]):
        if event.get("event") == "active_loop" and asked:
            break  # the loop of this very form has begun after the latest message
        if event.get("event") != "user":
            continue
        asked += 1
        parse = event.get("parse_data") or {}
        topic = str((event.get("metadata") or {}).get("of") or parse.get("topic") or "")
        doubtful = (
            topic in ("nlu_fallback", "inform") and {e.get("entity") for e in parse.get("entities") or []} & _PARTS
        )
        if topic in ("emergency", "crisis") and in_danger:
            continue  # what it tells of the matter was taken out of it
        if asked > 1 and (doubtful or topic.startswith("dispute/") or topic in ("open_dispute", "emergency")):
            intent = parse.get("intent") or {}
            text = str(parse.get("text") or "")
            if not text.startswith("/"):
                entities = list(parse.get("entities") or [])
                found.append(Heard(text, topic, float(intent.get("confidence") or 0), entities, {}, now, parse))
        if asked > MESSAGES_BACK:
            break
    return found


def told_in_danger(tracker: Tracker, now: datetime) -> list[Heard]:
    """What a message about danger told besides of a dispute, kept until now."""
    kept = tracker.get_slot("suspended")
    while isinstance(kept, dict):
        said = kept.get("said")
        if kept.get("form") == "dispute_form" and isinstance(said, dict):
            parse = dict(said["parse"])
            return [Heard(str(said["text"]), "open_dispute", 1.0, list(parse.get("entities") or []), {}, now, parse)]
        kept = kept.get("before")
    return []


_RATE = re.compile(r"(?:一|每)(?:次|单|天|个?月|趟|件|公里|小时)|又(?:罚|扣|欠)|另外|还有")


def corrects_sum(heard: Heard, asked: Field | None) -> bool:
    """Whether another sum takes the place of the first: "迟到一次两百" tells what one time costs, "押金五百 装备七百"
    what the sum is made of.
    """
    if asked is not None and asked.name == "amount":
        return True
    if CORRECTION.search(heard.text) or readers.has_total(heard.text):
        return True
    return len(find_money(heard.text, bare=True)) < 2 and not _RATE.search(heard.text)
