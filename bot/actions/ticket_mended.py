"""What an open ticket says wrongly, or what has changed since: the sum, the firm, the phone, part of it paid, the job left."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute_story as story
from bot.actions import dispute_when as when
from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, say
from bot.actions.owed_rates import REST
from bot.actions.phone_mended import answer, mended
from bot.actions.phone_mended import asked as phone_asked
from bot.actions.tickets import number_in
from bot.knowledge.topics import payload
from bot.language import find_money, find_phones, mask, normalise
from bot.services.errors import Invalid, NotFound, WrongState
from bot.storage.disputes import DisputeTicket

_SUM = r"(?:金额|钱数|数额|数目|总数|欠款|欠的?钱|(?<![没不])钱|那?个?数)"
_FIRM = r"(?:单位|公司|平台|站点|店)(?:的?名字?|名称)?"
_PHONE = r"(?:手机号?码?|电话号?码?|号码|联系方式|联系电话|手机|电话)"
_WRONG = r"(?:打|写|填|说|发|记|输|留|弄|搞|报)?(?:错|不对|有误)(?:了|的)?"
_CHANGE = r"(?:改(?:成|为|一?下|到)?|更正(?:成|为|一?下)?|换(?:成|了|一?下)?|应该(?:是|叫)|其实是)"
_KINDS: dict[str, re.Pattern[str]] = {
    "phone": re.compile(
        rf"{_PHONE}(?:也|又|都|我|已经|要|想|得)*(?:{_WRONG}|{_CHANGE}|停机|打不通|尾号|最后)|{_CHANGE}.{{0,3}}(?:我的?)?{_PHONE}"
        r"|(?:打|联系|用)(?:我)?(?:这个|另一个|新的?)(?:手机|电话|号)"
    ),
    "firm": re.compile(
        rf"{_FIRM}(?:也|又|都|我|好像|要|想|得)*(?:{_WRONG}|{_CHANGE}(?!名)|不是)|{_CHANGE}.{{0,3}}{_FIRM}"
    ),
    "sum": re.compile(rf"{_SUM}(?:也|又|都|我|好像|要|想|得)*(?:{_WRONG}|{_CHANGE}|不是)|{_CHANGE}.{{0,3}}{_SUM}"),
    "left": re.compile(
        r"(?:我|俺|现在|今天|昨天|前天|已经|刚刚?|也|上周|[，,\s])*(?:\d{1,2}[月号日]\S{0,3})?(?:离职|辞职|不干|不做|不跑|辞|走)了(?:现在|已经|[。.!！啊呀])*"
    ),
}
_SUM_ALONE = re.compile(rf"(?:不对|不是.{{1,8}}|{_WRONG})?[\s，,]*(?:{_CHANGE}|而?是)\s*(?P<sum>.+)")
_PAID = re.compile(
    r"(?:发|给|打|转|还|结|退|补)(?:给)?(?:了|过来|过)(?:我)?(?:工资)?(?:\s*(?:大概|差不多|先))*\s*(?P<sum>\S*[\d一二两三四五六七八九十百千万]\S*|一半|一部分|一点|点)"
)
_RIGHT = re.compile(
    r"(?:应该(?:是|叫)|改成|改为|换成|更正为|(?<!不)是|叫|:|：|\s(?!应该|改成|改为|换成|更正|是|叫))\s*(?P<value>[^，,。；;\s]{2,24})$"
)
_PAYS = r"(?:老板|站长|公司|平台|单位|站点|队长|中介|他们?|她|人家|对方|那边)"
_BACK = r"(?:钱|工资|欠款|欠的?钱?|款|押金|身份证|证件?|驾照|驾驶证|东西)"
_SETTLED = re.compile(
    rf"(?:刚才?|刚刚|今天|昨天|已经|终于|都|全部?|也|把|[，,\s]|{_PAYS}|{_BACK}|我的?){{1,8}}"
    r"(?:给|发|结|还|付|退|补|转|打(?=给|过来|款|到))(?:给|清|完|齐|到|款)?(?:我|咱)?(?:过来|回来)?了(?:我)?(?:全部)?(?:工资|钱)?[啊呀。.!！]*"
    rf"|(?:我|{_BACK}|都|已经|全部?|终于|[，,\s]){{0,5}}(?:到账|到手|拿到|收到|要回来?|拿回来?|结清)(?:手)?(?:{_BACK})?了[啊呀。.!！]*"
)
"""All of a message that says that what was owed or kept has come."""
_NUMERAL = r"[\d〇零一二两三四五六七八九十百千万半.,kw]"
_BARE_SUM = re.compile(
    rf"(?:大概|差不多|一共|总共|[\s])*(?:{_NUMERAL}{{2,9}}(?:块钱?|元|圆)?|{_NUMERAL}(?:块钱?|元|圆))(?:多|左右|整|的|才对|吧|了)*[。.!！]*"
)
_NOT_PAID = re.compile(r"[罚扣]|没(?:发|给|打|转|还|结|退|补)|不(?:发|给|还|结|退|补)")
LENGTH = 40  # characters
NAMES = {"sum": "金额", "firm": "单位", "phone": "手机号"}


def kind(text: str) -> str | None:
    """What of a ticket the message changes: "sum", "firm", "phone", "paid", "left"; None when it changes nothing."""
    folded = normalise(text).text.strip()
    if not folded or len(folded) > LENGTH or folded.startswith("/"):
        return None
    if (_PAID.search(folded) or REST.search(folded)) and not _NOT_PAID.search(_PAID.split(folded)[0]):
        paid = _PAID.search(folded)
        if paid and (find_money(folded) or paid["sum"].startswith(("一", "点"))):
            return "paid"
        if REST.search(folded) and find_money(folded) and re.search(r"现在|只|就|到今天", folded):
            return "paid"
    for name in ("phone", "firm", "sum"):
        if _KINDS[name].search(folded):
            return name
    if sum_alone(folded):
        return "sum"
    if _SETTLED.fullmatch(folded):
        return "settled"
    return "left" if _KINDS["left"].fullmatch(folded) else None


def sum_alone(text: str) -> bool:
    """ "改成9000", "不对 是一万二": a sum that does not say what of; no day ("改成周五") and no count."""
    folded = normalise(text).text.strip()
    alone = _SUM_ALONE.fullmatch(folded)
    if alone is None or any(words.search(folded) for name, words in _KINDS.items() if name in NAMES):
        return False
    return (
        bool(_BARE_SUM.fullmatch(alone["sum"]))
        and bool(find_money(alone["sum"], bare=True))
        and not find_phones(folded)
    )


def new_sum(text: str) -> int | None:
    """Fen: what is right, or what is still owed."""
    folded = normalise(text).text
    rest = REST.search(folded)
    if rest:
        found = find_money(rest["sum"], bare=True)
        return found[0].fen if found else None
    if kind(text) == "paid":
        return None
    sums = find_money(folded, bare=True)
    return sums[-1].fen if sums else None


def new_firm(heard: Heard) -> str | None:
    right = _RIGHT.search(heard.text.strip(" 。.!！"))
    named = heard.surface("employer")
    if right and story.is_a_name(right["value"]):
        value = str(right["value"])
        return named if named and named in value and len(value) - len(named) <= 1 else value
    return named


def new_phone(heard: Heard, held: str) -> str | None:
    return readers.phone(heard) or mended(heard.text, held)


def lacks_value(text: str) -> bool:
    """Whether what is wrong was said and not what is right: the next message may be that alone."""
    what = kind(text)
    if what == "phone":
        return not find_phones(text) and mended(text, "13000000000") is None
    if what == "sum":
        return not find_money(normalise(text).text, bare=True)
    right = _RIGHT.search(text.strip(" 。.!！"))
    return what == "firm" and not (right and story.is_a_name(right["value"]))


class ActionMendTicket(BotAction):
    """Changes the ticket as far as the service lets a worker (`DisputesService.tell`), with the words beside it."""

    action_name = "action_mend_ticket"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        open_ones = await self.services.disputes.of_person(person, only_open=True)
        ticket = next((t for t in open_ones if t.number == number_in(heard)), None)
        if ticket is None:
            say(
                dispatcher,
                "这个工单已经结束，改不了了。情况有变可以重新登记。",
                [payload("open_dispute"), payload("dispute_status")],
            )
            return []
        if heard.metadata.get("asks") == "phone":
            digits = str(phone_asked(heard.text) or "")
            said = f"工单 {ticket.number}：{answer(digits, str(ticket.phone))}"
            say(dispatcher, said, [payload("dispute_status"), payload("supplement_dispute")])
            return []
        what = str(kind(heard.text))
        if heard.metadata.get("unsure"):
            self._ask_which(dispatcher, what, heard, ticket)
            return []
        changes, said = self._changes(what, heard, ticket)
        if changes is None:
            say(dispatcher, said, [payload("supplement_dispute"), payload("dispute_status")])
            return []
        try:
            await self.services.disputes.tell(ticket.number, person, **changes)
            await self.services.disputes.supplement(
                ticket.number, person, text=str(heard.metadata.get("said") or heard.text).strip(), key=heard.key
            )
        except (NotFound, WrongState):
            said = f"工单 {ticket.number} 刚刚结束，没有改成。"
        except Invalid as why:
            said = f"没改成：{why.reason}。"
        choices = [payload("dispute_status"), payload("supplement_dispute")]
        say(dispatcher, said, [payload("withdraw_dispute"), *choices] if what == "settled" else choices)
        events: list[Event] = [SlotSet("ticket_number", ticket.number)]
        if changes.get("phone"):
            events += await self._keep_phone(tracker, person, str(changes["phone"]))
        return events

    @staticmethod
    def _ask_which(dispatcher: CollectingDispatcher, what: str, heard: Heard, ticket: DisputeTicket) -> None:
        """Another matter with such a value came after the ticket: nothing is written before it is said which."""
        name, other = NAMES[what], str(heard.metadata["unsure"])
        fen, phone = new_sum(heard.text) if what == "sum" else None, readers.phone(heard)
        value = {"sum": readers.show_fen(fen) if fen else "", "phone": str(phone or "")}.get(what, "")
        of_ticket = f"工单的{name}改成{value}" if value else f"工单的{name}写错了"
        choices = [(of_ticket, of_ticket)]
        if what == "phone" and other == "刚才约的" and value:
            choices.append((f"预约的{name}改成{value}", f"预约的{name}改成{value}"))
        elif what == "sum" and value and other == "刚才算的学费":
            choices.append((f"学费改成{value}", f"学费改成{value}"))
        if len(choices) > 1:
            asked = f"您要改哪个的{name}：{other}，还是工单 {ticket.number}？说一声我再改，现在都没动。"
        else:
            asked = f"您是要改工单 {ticket.number} 的{name}吗？现在没动，是就点下面。"
        say(dispatcher, asked, choices)

    async def _keep_phone(self, tracker: Tracker, person: str, phone: str) -> list[Event]:
        """The number that is remembered, or was to be, is the new one too."""
        known = await self.services.people.get(person)
        if known is not None and known.consent_at is not None:
            await self.services.people.set_phone(person, phone)
        return [SlotSet("offered_phone", phone)] if tracker.get_slot("offered_phone") else []

    @staticmethod
    def _changes(what: str, heard: Heard, ticket: DisputeTicket) -> tuple[dict[str, Any] | None, str]:
        """What to change and what to say of it; None when the right value is still to be told or there already."""
        kept = "原话也附在工单里，窗口能看到。"
        held: Any = {"sum": ticket.amount_fen, "firm": ticket.employer, "phone": ticket.phone}.get(what)
        if what == "left":
            ended = when.left(heard.text, heard.now) or "今天"
            return {
                "still_employed": False,
                "ended": ended,
            }, f"记进工单 {ticket.number} 了：已离职。{kept}离职后申请仲裁一般要在一年内。"
        if what == "settled":
            return {}, (
                f"好，这句记进工单 {ticket.number} 了，窗口能看到。\n"
                "都拿到了，可以撤回工单；没拿全先别撤，还差多少说一声，我改到工单里。"
            )
        if what == "paid":
            rest = new_sum(heard.text)
            if rest is None:
                now = f"金额还是写{readers.show_fen(ticket.amount_fen)}，" if ticket.amount_fen else ""
                return {}, f"这句补进工单 {ticket.number} 了，窗口能看到。{now}还剩多少您说一声，我就改。"
            was = f"（原来写{readers.show_fen(ticket.amount_fen)}）" if ticket.amount_fen else ""
            return {"amount_fen": rest}, f"工单 {ticket.number} 的金额改成还欠的{readers.show_fen(rest)}了{was}。{kept}"
        new: Any
        if what == "sum":
            new = new_sum(heard.text)
        elif what == "firm":
            new = new_firm(heard)
        else:
            new = new_phone(heard, str(ticket.phone))
        name = NAMES[what]
        shown: dict[str, Callable[[Any], str]] = {"sum": readers.show_fen, "firm": str, "phone": mask}
        show = shown[what]
        if new is None:
            now = f"（现在写的是{show(held)}）" if held else ""
            asked = "多少" if what == "sum" else "什么"
            return None, f"好，工单 {ticket.number} 的{name}应该是{asked}？{now}直接发过来就行。"
        if new == held:
            return None, f"工单 {ticket.number} 上写的就是{show(new)}，不用改。"
        was = f"，原来写{show(held)}" if held else ""
        field = {"sum": "amount_fen", "firm": "employer", "phone": "phone"}[what]
        return {field: new}, f"改好了：工单 {ticket.number} 的{name}现在是{show(new)}{was}。{kept}"
