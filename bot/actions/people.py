"""The person: a human instead of the bot, what is remembered, and erasure."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Values
from bot.actions.forms import TaskForm
from bot.actions.laid_aside import TAKE_UP, beneath, is_phone, waiting, without, without_phones
from bot.actions.leaving import leave_form
from bot.actions.registry import form_of
from bot.knowledge.topics import payload
from bot.services.notices import when_zh

REMEMBER = "/inform:remember"
DO_NOT = "/inform:do_not_remember"
FORGET_PHONE = "/inform:forget_phone"
NO_HUMAN = "/inform:leave_queue"


_PHONE = re.compile(r"手机|电话|号码|位置")
_WHEN = r"(?:几点|什么时候|啥时候|多晚|几时)(?!.{0,4}(?:发|给|结|到账|出|批|有(?:结果|消息|信)|能?拿))"
_OF_HUMANS = r"人工|客服|坐席|真人|你们|有人|上班|下班|在线|值班|休息"
_ASKS_HOURS = re.compile(
    rf"(?:{_OF_HUMANS})[^\s，,。！!？?问]{{0,4}}{_WHEN}|{_WHEN}.{{0,4}}(?:{_OF_HUMANS}|在|接)|^.{{0,4}}{_WHEN}.{{0,4}}$"
    r"|上班时间|周末.{0,4}[在有]|(?:晚上|夜里|半夜).{0,4}(?:在|有人)"
)


_IN_NEED = "别等人工：心里难受现在就打 12356（心理援助，匿名），打不通或者有危险打 110，有人受伤打 120。"


def asks_hours(text: str) -> bool:
    """Whether it is asked when humans are there; "转人工 问问什么时候发钱" asks for one."""
    return bool(_ASKS_HOURS.search(text))


class ActionHumanHandoff(BotAction):
    """Into the queue, with an honest word about when somebody answers. A running form is laid aside."""

    action_name = "action_human_handoff"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if asks_hours(heard.text):
            # the hours are an assumption of ours until the operator sets its own: said without a time of day
            now = self.now()
            office = self.services.handoff.office
            state = "现在有人在" if office.is_open(now) else f"现在不在，下次大约是{when_zh(office.next_open(now))}"
            say(
                dispatcher,
                f"人工按工作日上班，{state}（以实际安排为准）。急事打 12345（24 小时有人接）。",
                () if tracker.active_loop else [payload("human_handoff"), payload("help")],
            )
            return []
        person = await self.person_id(tracker)
        words = "" if heard.text.startswith("/") else heard.text
        reason = "misunderstood" if int(tracker.get_slot("misses") or 0) >= 2 else "asked"
        asked = await self.services.handoff.request(person, reason=reason, text=words, key=heard.key)
        if asked.open_now:
            before = f"前面还有 {asked.ahead} 位，" if asked.ahead else ""
            queued = "人工还没接上，您的号一直排着" if heard.metadata.get("waiting") else "好，给您排上人工了"
            text = (
                f"{queued}，{before}接上后就在这里回您。等的时候可以把事情先打出来。\n"
                f"{_IN_NEED if asked.handoff.urgent else '等不及就打 12345（24 小时有人接）。'}"
            )
        elif asked.handoff.urgent:
            text = f"人工这会儿没人值班，下次上班大约是{when_zh(asked.next_open)}（以实际安排为准），我已经记下，上班先接您。\n{_IN_NEED}"
        else:
            text = (
                f"现在人工不在，下次上班大约是{when_zh(asked.next_open)}（以实际安排为准）。我记下了，上班后按顺序在这里回您。\n"
                "急事打 12345（24 小时有人接）；有人受伤打 120，有危险打 110。"
            )
        choices: list[Choice] = [("不等人工了", NO_HUMAN), payload("help")]
        say(dispatcher, text, choices)
        return [*leave_form(tracker, keep=True), SlotSet("misses", 0)]


class ActionLeaveQueue(BotAction):
    action_name = "action_leave_queue"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("inform", "leave_queue")})

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        left = await self.services.handoff.leave(await self.person_id(tracker))
        say(
            dispatcher,
            "好，人工那边不排了，有事直接跟我说。" if left else "您没有在排人工，有事直接说。",
            [payload("help")],
        )
        return []


async def ask_to_remember(
    action: BotAction, dispatcher: CollectingDispatcher, tracker: Tracker, person_id: str, phone: str | None
) -> list[Event]:
    """After a form that took a phone: keep it if the person agreed before; else ask, once in a lifetime.

    While another form lies aside the question is left for a later time: "接着办吗？" comes in this reply already.
    """
    person = await action.services.people.get(person_id)
    if person is None or not phone:
        return []
    if person.consent_at is not None:
        await action.services.people.set_phone(person_id, phone)
        return []
    if person.consent_asked_at is not None or waiting(tracker.get_slot("suspended")):
        return []
    await action.services.people.asked_for_consent(person_id)
    say(
        dispatcher,
        "要我记住您的手机号和发来的位置吗？下次不用再填，只用来帮您办事，随时说“别记了”就删。",
        [("记住", REMEMBER), ("不用记", DO_NOT)],
        ask=True,
    )
    return [SlotSet("offered_phone", phone)]


class ActionRemember(BotAction):
    """The person agreed to be remembered."""

    action_name = "action_remember"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("inform", "remember")})

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        await self.services.people.set_consent(person, True)
        phone = tracker.get_slot("offered_phone")
        if phone:
            await self.services.people.set_phone(person, str(phone))
        say(
            dispatcher,
            "好，记住了，下次我先填好让您核对。不想让我记了，说“别记了”就行。",
            [payload("help")],
        )
        return clear("offered_phone")


class ActionDoNotRemember(BotAction):
    """The person would not be remembered; the question is not put again."""

    action_name = "action_do_not_remember"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("inform", "do_not_remember")})

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "好，不记。下次办事再问您。", [payload("help")])
        return clear("offered_phone")


class ActionForgetPhone(BotAction):
    """Consent taken back: what was remembered goes, tickets and bookings stay.

    Of what is half filled in only the form that runs goes, or the one laid aside last; the others keep all but phones.
    Where the words name the phone ("别记我的手机号") none goes, and a form that runs goes on.
    """

    action_name = "action_forget_phone"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("inform", "forget_phone")})
    anywhere: ClassVar[tuple[str, ...]] = (
        r"^(?:那|就|都|你们?|您|请|算了|[，,\s])*(?:别|不要|不用|甭)(?:再)?(?:记|记住|记着|保存)(?:我的?)?(?:了|着)+[吧啊呀]?[。!！]*$",
        r"^(?:那|就|都|你们?|您|请|[，,\s])*(?:别|不要|不许|甭)(?:再)?(?:记|记住|存|保存)(?:我|俺)的?(?:手机|电话|号码|位置)号?(?:了|吧|啊|呀)*[。!！]*$",
    )
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"^(?!.*(?:名额|约的|挂的号)).*(?:别|不要|不用|不许|不想(?:让|叫)?你?们?|甭)(?:再)?(?:记|记住|记着|存|保存|留)(?:我|了|着)",
        ),
        ("delete_my_data", r"(?:忘|删|去|清|取消|收回|撤回|撤销).{0,6}(?:手机|电话|号码|位置|地址|授权|同意)"),
        ("delete_my_data", r"(?:手机|电话|号码|位置|地址)号?(?:都|给我|帮我|信息|记录){0,2}(?:删|忘|清|去掉|抹)"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        await self.services.people.set_consent(await self.person_id(tracker), False)
        loop = (tracker.active_loop or {}).get("name")
        form = form_of(loop) if loop and loop != DeleteForm.form else None
        kept = tracker.get_slot("suspended")
        dropped = form.title if form else None
        phone_only = bool(_PHONE.search(heard.text))
        if form and phone_only:
            return self._form_goes_on(dispatcher, form, kept)
        if loop:
            left = without(kept, loop)
        elif phone_only or tracker.get_slot("offered_phone") or not isinstance(kept, dict):
            left = kept  # the phone is meant: "要我记住您的手机号吗"
        else:
            left, dropped = beneath(kept), str(kept["title"])
        left = without_phones(left)
        then = waiting(left)
        gone = f"填到一半的{dropped}也没有留。" if dropped else ""
        stays = f"\n之前的{then['title']}还留着，想办就说“接着办”。" if then else ""
        say(
            dispatcher,
            f"好，记住的手机号和位置都删了，以后也不记。{gone}办着的工单和预约不受影响。{stays}",
            [*([TAKE_UP] if then else []), ("全部删除", "/delete_my_data"), payload("help")],
        )
        return [
            *leave_form(tracker, keep=False),
            *clear("offered_phone", CONFIRM),
            SlotSet("suspended", left),
            SlotSet("offered_resume", True if then else None),
        ]

    def _form_goes_on(self, dispatcher: CollectingDispatcher, form: type[TaskForm], kept: Any) -> list[Event]:
        phones = [field.name for field in form.all_fields() if is_phone(field.name)]
        needs = "这件事还要留个号码，只给经办的人联系您用。" if phones else ""
        say(dispatcher, f"好，记住的手机号和位置都删了，以后也不记。填到一半的{form.title}还在，接着办就行。{needs}")
        return [*clear("offered_phone", *phones), SlotSet("suspended", without_phones(kept))]


_ALL_OF_IT = re.compile(r"(?:那就|就|好|嗯|行|确定)*(?:全|全部|都|统统)(?:给我)?删(?:了|掉|吧|除|光)*[。！!]*")
_ERASE = re.compile(r"(?:那就|那|就|好|嗯|行|是|对|确定|确认)*删(?:了|掉|吧|除)*[。！!]*")
_KEEP = re.compile(
    r"^(?:那|还是|先|我|等等|等一?下|慢着|别急|[\s，,])*(?:不|别|莫|不要|不想)(?:要|想)?删|留着|别动|不了$"
)


class DeleteForm(TaskForm):
    """Explains what goes and what stays, and asks once."""

    form: ClassVar[str] = "delete_form"
    start_topic: ClassVar[str] = "delete_my_data"
    title: ClassVar[str] = "删除数据"

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return ()

    def summary(self, fields: list[Field], values: Values) -> str:
        return (
            "删除您的数据，会删掉：手机号、位置、聊天记录、没发出的提醒；没办完的工单和预约会撤掉，排队也取消。\n"
            "会留下：窗口已经办过的工单只留办理经过，去掉您的姓名、手机号和说过的话；统计数字里没有您。\n"
            "删了就找不回来。确定删吗？"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确定全部删除", "/affirm"), ("只删手机号和位置", FORGET_PHONE), ("先不删", "/stop"))

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot("requested_slot") == CONFIRM and _KEEP.search(heard.text):
            return self._ask_what_is_wrong(dispatcher, [], {})
        said = heard.text.strip()
        if tracker.get_slot("requested_slot") == CONFIRM and (_ALL_OF_IT.fullmatch(said) or _ERASE.fullmatch(said)):
            return [SlotSet(CONFIRM, True), SlotSet("requested_slot", None)]
        if tracker.get_slot("requested_slot") == CONFIRM and re.search(r"删|注销|清空", said) and len(said) <= 12:
            return self._ask(dispatcher, [], {}, {})  # the same wish again: the same question, nothing amiss
        return await super().act(dispatcher, tracker, heard)

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        say(dispatcher, "好，没有删，都还在。", [payload("help")])
        return [SlotSet(CONFIRM, False), SlotSet("requested_slot", None)]


class ActionErase(BotAction):
    """Erases once the person has said yes. The host drops the session when it sees `erased`."""

    action_name = "action_erase"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot(CONFIRM):
            await self.services.people.erase(await self.person_id(tracker))
            say(dispatcher, "都删好了。以后再来，就当是第一次见面。路上注意安全。", custom={"erased": True})
        return clear(CONFIRM)
