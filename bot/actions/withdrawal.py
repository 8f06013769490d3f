"""Taking back a ticket: which one, and whether to."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, Field, Question, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.actions.leaving import leave_form
from bot.actions.tickets import NOT_YOURS, as_choices, number_in
from bot.knowledge.topics import payload
from bot.services.errors import NotFound, WrongState

_DO_NOT = re.compile(r"(?:先|就|那|还是)?(?:别|不|不要|不用|不想|甭)(?:给我|要|急着)?(?:撤|取消|撤销|撤回)")


class ActionWithdrawDispute(BotAction):
    """Looks whether there is something to take back; the form then asks which, and whether to."""

    action_name = "action_withdraw_dispute"
    starts = "withdraw_form"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = tuple(
        (topic, r"^(?:先|就|那|还是)?(?:别|不|不要|不用|不想)(?:给我|要|急着)?撤[^，。？?]{0,4}$")
        for topic in ("deny", "inform", "stop", "chitchat", "nlu_fallback")
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if (tracker.active_loop or {}).get("name") == "dispute_form":
            say(
                dispatcher,
                "好，这次登记先停下，没有提交。想办的时候再说一声就行。",
                [payload("dispute_status")],
            )
            return leave_form(tracker, keep=False)
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if tickets and _DO_NOT.search(heard.text):
            say(dispatcher, "好，不撤，工单照常办。", [payload("dispute_status"), payload("supplement_dispute")])
            return []
        if not tickets:
            say(
                dispatcher,
                "您名下没有在办的工单，不用撤。",
                [payload("dispute_status"), payload("open_dispute")],
            )
            return []
        number = number_in(heard)
        if number is not None and number not in {t.number for t in tickets}:
            say(dispatcher, NOT_YOURS, [payload("dispute_status")])
            return []
        return [FollowupAction("withdraw_form")]


class WithdrawForm(TaskForm):
    form: ClassVar[str] = "withdraw_form"
    start_topic: ClassVar[str] = "withdraw_dispute"
    title: ClassVar[str] = "撤回工单"
    when_done: ClassVar[str] = "您确定了，马上就撤掉；没确定之前，工单照常办。"
    yes_words: ClassVar[str] = (
        r"(?:对|是|嗯|好|行|确定|确认|就|那就|给我)*[的了]?[，,\s]*(?:撤|撤回|撤销|撤掉)[了吧掉]?"
    )

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="withdraw_ticket",
                label="",  # nothing to keep for later: to stop here is to leave the ticket as it is
                ask=lambda v: Question(
                    "您有几个工单，撤哪一个？", tuple(tuple(c) for c in v.get("withdraw_choices") or ())
                ),
                read=number_in,
            ),
            hidden("withdraw_choices"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known: dict[str, Any] = {"withdraw_choices": [list(c) for c in as_choices(tickets, "inform")]}
        return known | ({"withdraw_ticket": tickets[0].number} if len(tickets) == 1 else {})

    def summary(self, fields: list[Field], values: Values) -> str:
        return (
            f"确定撤回工单 {values['withdraw_ticket']}？撤回后窗口就不办了。\n"
            "以后还能再登记，但时效照样在走；单位逼您撤的，先别撤，打 12333。"
        )

    def confirm_choices(self, values: Values) -> tuple[Choice, ...]:
        return (("确定撤回", "/affirm"), ("不撤了", "/deny"))

    def _ask_what_is_wrong(self, dispatcher: CollectingDispatcher, fields: list[Field], values: Values) -> list[Event]:
        say(dispatcher, "好，不撤，工单照常办。", [payload("dispute_status")])
        return [SlotSet(CONFIRM, False), SlotSet("requested_slot", None)]


class ActionSubmitWithdrawal(BotAction):
    action_name = "action_submit_withdrawal"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot(CONFIRM):
            number = str(tracker.get_slot("withdraw_ticket"))
            try:
                await self.services.disputes.withdraw(number, await self.person_id(tracker), key=heard.key)
            except NotFound:
                say(dispatcher, NOT_YOURS, [payload("dispute_status")])
            except WrongState:
                say(dispatcher, f"工单 {number} 现在撤不了，可能已经办结。", [payload("dispute_status")])
            else:
                say(
                    dispatcher,
                    f"工单 {number} 撤回了。以后要办再登记就行。",
                    [payload("open_dispute"), payload("help")],
                )
        return clear("withdraw_ticket", "withdraw_choices", CONFIRM)
