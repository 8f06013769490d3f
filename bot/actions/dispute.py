"""Labour disputes: the ticket form (worked example of a task form) and what is done with tickets."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.forms import CONFIRM, SKIPPED, Field, Question, Reader, TaskForm, Values
from bot.actions.people import ask_to_remember
from bot.actions.places import TOWNS
from bot.actions.wording import AS_WELL, CORRECTION, QUESTION, SAME_PHONE, is_order, is_yes
from bot.geo.places import gazetteer
from bot.knowledge.topics import payload
from bot.language import (
    find_dispute_types,
    find_money,
    find_numbers,
    read_dispute_type,
    read_still_employed,
    read_yes_no,
)
from bot.services.dispute_rows import day_of

TYPES = {
    "wages": "拖欠工资",
    "deposit": "押金不退",
    "deduction": "扣款罚款",
    "injury": "受伤工伤",
    "contract": "没签合同",
    "dismissal": "辞退",
    "social_insurance": "社保",
    "account_ban": "封号限单",
    "other": "其他",
}
MONEY_TYPES = frozenset({"wages", "deposit", "deduction"})
_FIRM = re.compile(
    r"(?:公司|单位|站点|平台|老板|厂|店)(?:名|名字|名称)?(?:也|又|还)?(?:写错|说错|搞错|错|不对|改)?(?:了|一下)?[，,\s]*(?:应该)?(?:是|叫|改成|改为|换成)\s*(\S{2,24})"
)


# a firm's name by its ending, before what it did: 蓝马配送|扣我工资
_FIRM_BY_ENDING = re.compile(
    r"(?:^|[\s，,。；;:：]|投诉|举报|我在|我给|给|告|和|跟)((?:(?!投诉|举报|我|你|他|给|告|的)[\u4e00-\u9fffA-Za-z0-9]){2,10}?"
    r"(?:配送|物流|快递|快运|速递|货运|运输|劳务|人力|传媒|外卖|供应链|外包|服务部|公司|集团)"
    r"(?:[\u4e00-\u9fff]{1,4}(?:站点|站|分公司|部))?)(?=$|[\s，,。；;]|拖?欠|拖着|克?扣|不|没|把|说|让|压|罚|辞|开除|封|老板|站长|干|做|跑|上班|送)"
)


_NO_FIRM = re.compile(
    r"(?:这|那|我们|一|一家|个)*(?:物流|快递|外卖|劳务|运输|货运|传媒|配送|外包|人力)?(?:公司|集团|站|站点)?"
)


_PERHAPS_CALLED = re.compile(
    r"(?:好像|可能|应该|大概|貌似|记得)(?:是)?叫(?:做|个)?(?:什么|啥)?\s*([\u4e00-\u9fffA-Za-z0-9]{2,12})$"
)


def _firm(heard: Heard) -> str | None:
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


_NOT_OWED = re.compile(r"(?:没有?|不|不是)(?:拖)?欠(?!薪我)")
_FROZEN = re.compile(r"冻(?:结|住)?(?:了|着|我)|(?:不让|不能|没法)提现")
_OWED = re.compile(
    r"欠(?:了|着|我们?|他们|咱们?)*(?:[一二两三四五六七八九十半几\d]+个?(?:多)?月|半年|[一两]年)|被欠|欠薪"
)


def _type(heard: Heard) -> str | None:
    value = heard.first("dispute_type")
    if value == "wages" and _NOT_OWED.search(heard.text):
        return None
    if value in TYPES:
        return str(value)
    if _FROZEN.search(heard.text):
        return "deduction"
    return "wages" if _OWED.search(heard.text) else None


_NOT_THIS = re.compile(r"没说|不是|不关|没提|不说")


def _type_asked(heard: Heard) -> str | None:
    return _type(heard) or (None if _NOT_THIS.search(heard.text) else read_dispute_type(heard.text))


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
    r"不[给发付结退管认让]|没[给发付结退有]|欠|扣|罚|拖|跑[了路]|[再还也]补|补[一充]|刚才|因为|所以|干了|[0-9一二两三四五六七八九十百]+个?人?$"
    r"|(?:站长|老板|队长|主管|经理)(?:叫|姓|是)|先登记|就上|自己|签|上面|前面|(?:那|这)个$"
)


def _firm_asked(heard: Heard) -> str | None:
    """The short answer itself: 快马配送周市站 is one name; a bare 对 or 不是 is none, nor is "老板不给"."""
    if _UNTOLD.search(heard.text):
        return heard.surface("employer")
    called = _CALLED.search(heard.text) or _OF_A_TOWN.match(heard.text.strip())
    if called and heard.surface("employer") is None:
        return called[1]
    whole = readers.short_name(heard) if read_yes_no(heard.text) is None else None
    if whole and (_NO_FIRM.fullmatch(whole) or (_TELLS.search(whole) and not _WHOLE_NAME.fullmatch(whole))):
        whole = None
    if whole and _WHOLE_NAME.fullmatch(whole) and not _FIRM.search(heard.text):
        return whole
    return _firm(heard) or whole


def _since(heard: Heard) -> str | None:
    """The words of a time that has begun (去年8月, 三个月); not 夜间 or 明天."""
    return next(
        (words for entity in heard.all("time") if day_of(words := heard.words_of(entity), heard.now) is not None),
        None,
    )


_STILL_WORDS = re.compile(r"在职|还在(?:干|做|跑|上班|那|这)|离职|辞职|辞了|走了|不干了|没干了|不做了|不跑了")
_GROUP = re.compile(
    r"(?:我们|咱们|一共|总共|共|有|加我)?\s*([一二两三四五六七八九十百\d]{1,4})\s*(?:个|名|位)?(?:人|同事|工友|骑手|兄弟|司机|快递员)(?!民|力|家|天)"
)
ROUTE_NAMES = {
    "inspection": "劳动监察",
    "arbitration": "劳动仲裁",
    "legal_aid": "法律援助",
    "mediation": "调解",
}
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


def _group(heard: Heard) -> int | None:
    """ "我们8个人", "和七个同事": how many the ticket speaks for, the rider included."""
    found = _GROUP.search(heard.text)
    numbers = find_numbers(found[1]) if found else []
    if not found or not numbers:
        return None
    count = int(numbers[0].low)
    others = "人" not in found[0] and re.search(r"(?:和|跟|还有|另外|加上)\s*$", heard.text[: found.start()])
    count += 1 if others else 0
    return count if 2 <= count <= 10_000 else None


def _routes(heard: Heard) -> list[str] | None:
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


_ROUND = re.compile(r"[百千万kKwW][一二两三四五六七八九多]?$")


def _amount(heard: Heard) -> int | None:
    """Also a round sum that stands alone at the end: "欠薪 快马配送 一万二"."""
    strict = readers.amount_fen(heard)
    if strict is not None:
        return strict
    alone = find_money(re.split(r"[\s，,]+", heard.text.strip(" 。.!！"))[-1], bare=True)
    return alone[0].fen if len(alone) == 1 and _ROUND.search(heard.text.strip(" 。.!！")) else None


TOLD_BEFORE = 4  # messages before the form in which the matter may have been told already
_KEPT_WORDS = re.compile(r"[\u4e00-\u9fff]{2}.*[\u4e00-\u9fff]")


_PARTS = frozenset({"employer", "amount", "dispute_type", "place"})


def _earlier(tracker: Tracker, now: datetime) -> list[Heard]:
    """The latest messages about a dispute that no form has read, the newest first."""
    found: list[Heard] = []
    asked = 0
    for event in reversed(tracker.events[:-1]):
        if event.get("event") == "active_loop" and found:
            break
        if event.get("event") != "user":
            continue
        asked += 1
        parse = event.get("parse_data") or {}
        topic = str(parse.get("topic") or "")
        doubtful = (
            topic in ("nlu_fallback", "inform") and {e.get("entity") for e in parse.get("entities") or []} & _PARTS
        )
        if asked > 1 and (doubtful or topic.startswith("dispute/") or topic in ("open_dispute", "emergency")):
            intent = parse.get("intent") or {}
            text = str(parse.get("text") or "")
            if not text.startswith("/"):
                entities = list(parse.get("entities") or [])
                found.append(Heard(text, topic, float(intent.get("confidence") or 0), entities, {}, now, parse))
        if asked > TOLD_BEFORE:
            break
    return found


_DIED = re.compile(r"[摔撞压砸]死|去世|过世|猝死|没抢救过来|人没了|人走了|遇难")
_RATE = re.compile(r"(?:一|每)(?:次|单|天|个?月|趟|件|公里|小时)|又(?:罚|扣|欠)|另外|还有")


def _corrects_sum(heard: Heard, asked: Field | None) -> bool:
    """Whether another sum takes the place of the first: "迟到一次两百" tells what one time costs, "押金五百 装备七百"
    what the sum is made of.
    """
    if asked is not None and asked.name == "amount":
        return True
    if CORRECTION.search(heard.text) or readers.has_total(heard.text):
        return True
    return len(find_money(heard.text, bare=True)) < 2 and not _RATE.search(heard.text)


_EACH = re.compile(r"每个?人|人均|一个人|一人|每位")
_PREGNANT = re.compile(r"怀孕|怀了|孕期|产假|哺乳|大着肚子|生娃|坐月子")


def _ask_amount(values: Values) -> Question:
    asks = {"wages": "一共欠您多少钱？", "deposit": "押金是多少钱？", "deduction": "一共扣了多少钱？"}
    asked = asks.get(str(values.get("dispute_type")), "涉及多少钱？")
    return Question(f"{asked}说个大概数也行，不清楚就说不知道。")


class DisputeForm(TaskForm):
    form: ClassVar[str] = "dispute_form"
    start_topic: ClassVar[str] = "open_dispute"
    topics: ClassVar[frozenset[str]] = frozenset({"supplement_dispute"})
    leaving: ClassVar[frozenset[str]] = frozenset({"withdraw_dispute"})
    title: ClassVar[str] = "劳动纠纷登记"
    confirm_title: ClassVar[str] = "请核对一下登记的内容："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="dispute_type",
                label="什么事",
                ask=lambda v: Question(
                    "是哪种情况？", tuple((TYPES[t], f'/inform{{"dispute_type":"{t}"}}') for t in TYPES)
                ),
                read=_type,
                read_answer=_type_asked,
                show=lambda t: TYPES.get(str(t), "其他"),
            ),
            Field(
                name="employer",
                label="单位",
                ask=lambda v: Question("是哪家公司、平台或站点？说个名字就行。"),
                read=_firm,
                read_answer=_firm_asked,
                optional=True,
                free_text=True,
            ),
            Field(
                name="amount",
                label="金额",
                ask=_ask_amount,
                read=_amount,
                read_answer=readers.amount_fen_asked,
                needed=lambda v: v.get("dispute_type") in MONEY_TYPES or v.get("amount") is not None,
                optional=True,
                show=readers.show_fen,
            ),
            Field(
                name="phone",
                label="手机",
                ask=lambda v: Question("留个手机号，工作人员好联系您。"),
                read=readers.phone,
                read_answer=readers.phone_asked,
                show=readers.show_phone,
            ),
            Field(
                name="dispute_place",
                label="上班地点",
                ask=lambda v: Question("在哪个区镇上班？"),
                read=lambda h: h.surface("place"),
                needed=lambda v: v.get("dispute_place") is not None,
                weak=True,
                optional=True,
            ),
            Field(
                name="dispute_since",
                label="时间",
                ask=lambda v: Question("从什么时候开始的？"),
                read=_since,
                needed=lambda v: v.get("dispute_since") is not None,
                weak=True,
                optional=True,
            ),
            _aside("dispute_still", "在职", still_in, lambda v: "还在职" if v == "yes" else "已离职"),
            _aside("dispute_group", "人数", _group, lambda v: f"{v} 人一起"),
            _aside("dispute_routes", "想走", _routes, lambda v: "、".join(ROUTE_NAMES[r] for r in v)),
            _aside("dispute_image", "图片", lambda h: h.image_url, lambda v: "1 张"),
            Field(
                name="dispute_summary",
                label="",
                ask=lambda v: Question("简单说说经过。"),
                read=lambda h: None,
                needed=lambda v: False,
                optional=True,
            ),
        )

    def opening(self, values: Values) -> str | None:
        pregnant = _PREGNANT.search(str(values.get("dispute_summary") or ""))
        law = "怀孕、产假、哺乳期不能因此解除劳动合同或服务协议（妇女权益保障法第48条）。" if pregnant else ""
        grief = "请您节哀。" if _DIED.search(str(values.get("dispute_summary") or "")) else ""
        return f"{grief}{law}我帮您登记，交给劳动维权窗口处理。"

    def _read(
        self, heard: Heard, fields: list[Field], asked: Field | None, values: Values
    ) -> tuple[Values, str | None, bool]:
        """ "还有社保的事也写上" adds to what is told; the kind of the dispute stays."""
        found, refusal, known = super()._read(heard, fields, asked, values)
        since = values.get("dispute_since")
        if since and str(found.get("dispute_since", "-")).rstrip("份") in str(since):
            del found["dispute_since"]  # "8月份的 三千二" after "去年8月": the same, said shorter
        if "amount" in found and values.get("amount") not in (None, SKIPPED) and not _corrects_sum(heard, asked):
            told = [str(values.get("dispute_summary") or ""), heard.text.strip()]
            del found["amount"]
            found["dispute_summary"] = "；".join(t for t in told if t)[:500]
        if "amount" in found and _EACH.search(heard.text):
            told = [str(values.get("dispute_summary") or ""), heard.text.strip()]
            found["dispute_summary"] = "；".join(t for t in told if t)[:500]
        if values.get("dispute_type") and found.get("dispute_type") and AS_WELL.search(heard.text):
            told = [str(values.get("dispute_summary") or ""), heard.text.strip()]
            # the sum that comes with it belongs to the second matter: the first keeps its own
            found = {
                "dispute_type": values["dispute_type"],
                "dispute_summary": "；".join(t for t in told if t)[:500],
            }
        return found, refusal, known

    def _noted(self, fields: list[Field], before: Values, changed: Values) -> str:
        if "dispute_summary" in changed and "dispute_type" not in changed and "amount" not in changed:
            return "这句也记上了，总数没动。"
        if "amount" in changed and "dispute_summary" in changed:
            return "记下了，是每个人的数也写进经过了。"
        added = changed.get("dispute_type") == before.get("dispute_type") and "dispute_summary" in changed
        return "这件也写进经过了。" if added else super()._noted(fields, before, changed)

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        text = "" if heard.text.startswith("/") else heard.text
        person = await self.services.people.get(await self.person_id(tracker))
        told: Values = {}
        before: list[str] = []
        if _type(heard) is None:  # "帮我登记" after the matter was asked about: what was said then is not asked again
            for earlier in _earlier(tracker, heard.now):
                found, _, _ = self._read(earlier, list(self.all_fields()), None, {})
                named = find_dispute_types(earlier.text)  # a cry for help is read for nothing else
                found = ({"dispute_type": named[0].value} if named else {}) | found
                if earlier.topic == "dispute/expert_mediation" and _WANTS.search(earlier.text):
                    told.setdefault("dispute_routes", ["mediation"])
                told = {name: value for name, value in found.items() if name in _TOLD_BY_A_QUESTION} | told
                if found.keys() & (_TOLD_BY_A_QUESTION - {"dispute_place"}):
                    before.insert(0, earlier.text)
        text = "；".join(before if before and (not text or is_order(text)) else [*before, text])
        return told | {
            "dispute_summary": text[:500] or None,
            "phone": person.phone if person and person.consent_at else None,
        }

    def besides(self, heard: Heard, values: Values) -> Values:
        """More of the story goes to the ticket: "众包的", "站长叫王强"."""
        text = heard.text.strip()
        if heard.topic not in _STORY or not _KEPT_WORDS.search(text) or QUESTION.search(text) or is_order(text):
            return {}
        if _POINTS.search(text) or SAME_PHONE.search(text):
            return {}
        if heard.topic != self.start_topic and (read_yes_no(text) is not None or is_yes(text)):
            return {}
        told = str(values.get("dispute_summary") or "")
        return {"dispute_summary": "；".join(part for part in (told, text) if part)[:500]}

    def confirm_note(self, values: Values) -> str:
        """The limitation period, in one line (劳动争议调解仲裁法 Art 27, 劳动保障监察条例 Art 20)."""
        _, more, told = str(values.get("dispute_summary") or "").partition("；")
        kept = f"也记上了：{told}。\n" if more else ""
        return kept + self._limit_note(values)

    def _limit_note(self, values: Values) -> str:
        kind = str(values.get("dispute_type"))
        if kind == "account_ban":
            return "封号限单能走哪条路，要看您和平台是哪种用工关系；登记后问您三句就知道大概。"
        since = values.get("dispute_since")
        still = values.get("dispute_still")
        arbitration, _ = self.services.disputes.limits(
            kind,
            since=None if since == SKIPPED else since,
            still_employed=None if still is None else still == "yes",
        )
        if arbitration.state == "expired":
            return "照您说的时间，申请仲裁的一年可能过了；要过钱、投诉过会重新算。先登记，过没过由窗口判断。"
        if kind == "wages":
            return "时效：在职时的欠薪不受仲裁一年限制，离职后要在一年内申请；监察一般查两年内的。"
        return "时效：申请仲裁一般在一年内，劳动监察一般查两年内的。"


class ActionSubmitDispute(BotAction):
    """Opens the ticket once the rider has said yes to the read-back."""

    action_name = "action_submit_dispute"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in DisputeForm.all_fields()}
        if not tracker.get_slot(CONFIRM):
            return clear(*values, CONFIRM)
        given = {name: None if value == SKIPPED else value for name, value in values.items()}
        person = await self.person_id(tracker)
        ticket = await self.services.disputes.open(
            person_id=person,
            dispute_type=str(given["dispute_type"]),
            employer=given["employer"],
            amount_fen=given["amount"],
            since=given["dispute_since"],
            place=given["dispute_place"],
            phone=str(given["phone"]),
            summary=given["dispute_summary"] or "",
            routes=given["dispute_routes"] or DEFAULT_ROUTES.get(str(given["dispute_type"]), ()),
            still_employed=None if given["dispute_still"] is None else given["dispute_still"] == "yes",
            group_size=given["dispute_group"] or 1,
            key=heard.key,
        )
        if given["dispute_image"]:
            await self.services.disputes.supplement(
                ticket.number,
                person,
                image_url=given["dispute_image"],
                key=f"{heard.key}#image" if heard.key else None,
            )
        due = ticket.contact_due
        say(
            dispatcher,
            f"登记好了，工单号 {ticket.number}，交给{ticket.window_name}。\n"
            f"{_intake(ticket.routes)}系统给窗口定的联系日是{due.month}月{due.day}日（催办用，不是法定期限）。\n"
            f"证据先留好：{evidence(ticket.dispute_type)}。{_still_to_tell(given)}",
            _next_steps(given, ticket.routes),
        )
        asked = await ask_to_remember(self, dispatcher, tracker, person, str(given["phone"]))
        return [*clear(*values), SlotSet(CONFIRM, None), SlotSet("ticket_number", ticket.number), *asked]


_WANTS = re.compile(r"申请|登记|约|我要|我想|帮我")
_TOLD_BY_A_QUESTION = frozenset(
    {"dispute_type", "employer", "amount", "dispute_place", "dispute_since", "dispute_still", "dispute_group"}
)
_POINTS = re.compile(r"^(?:那|就|要)?(?:第.{1,2}个|最后一?个|上面|前面|刚才|那个|这个).{0,4}$")
_STORY = frozenset(
    {"inform", "open_dispute", "supplement_dispute", "chitchat", "nlu_fallback", "dispute/rights_consult"}
)
DEFAULT_ROUTES = {
    "wages": ("inspection", "arbitration"),
    "deposit": ("inspection", "arbitration"),
    "deduction": ("inspection", "arbitration"),
    "contract": ("inspection", "arbitration"),
    "social_insurance": ("inspection",),
    "dismissal": ("arbitration",),
    "injury": ("arbitration",),
}
"""What is ticked at the joint intake unless the rider says otherwise: 劳动保障监察条例 Art 11 lists pay and
contracts and social insurance, 劳动争议调解仲裁法 Art 2 what is arbitrated. The window has the last word."""


def _intake(routes: Sequence[str]) -> str:
    if "inspection" in routes and "arbitration" in routes:
        return "同一个窗口受理监察和仲裁，不用跑两处，走哪条窗口跟您定。"
    return ""


def _still_to_tell(given: dict[str, Any]) -> str:
    missing = [
        words
        for name, words in (
            ("dispute_place", "在哪个镇上班"),
            ("dispute_since", "从什么时候开始"),
            ("dispute_still", "还在不在职"),
        )
        if given[name] is None
    ]
    return f"\n还缺：{'、'.join(missing)}，点下面补上，或想起来直接发给我。" if missing else ""


def _next_steps(given: dict[str, Any], routes: Sequence[str]) -> list[Choice]:
    steps = [payload("dispute_status"), payload("supplement_dispute")]
    if given["dispute_type"] == "account_ban":
        steps.insert(0, ("看我算哪类用工", "/dispute/rights_consult:triage"))
    if any(given[name] is None for name in ("dispute_place", "dispute_since", "dispute_still")):
        steps.insert(0, ("补上时间地点", "/supplement_dispute:details"))
    if "mediation" in routes:
        steps.insert(0, ("约专家调解", "/dispute/expert_mediation:book"))
    if "arbitration" in routes:
        steps.append(("监察仲裁怎么选", "/dispute/one_window:joint"))
    return [*steps, payload("dispute/time_limit")]


def _aside(name: str, label: str, read: Reader, show: Callable[[Any], str]) -> Field:
    """A field that is noted when the rider says it, and never asked for."""
    return Field(
        name=name,
        label=label,
        ask=lambda v: Question(f"{label}？"),
        read=read,
        needed=lambda v: v.get(name) is not None,
        show=show,
    )


def evidence(kind: str) -> str:
    return {
        "wages": "工资流水、排班或接单记录、聊天记录",
        "deposit": "押金收据或转账记录、入职时的约定",
        "deduction": "扣款截图、规则说明、申诉记录",
        "injury": "事故照片、病历和票据、当时的订单",
        "account_ban": "封号通知截图、申诉记录",
    }.get(kind, "合同或协议、转账和聊天记录")
