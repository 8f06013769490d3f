"""The ticket of a labour dispute, opened once the form was agreed to, and what is said when it stands."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import dispute_place as where
from bot.actions import dispute_when as when
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.dispute import DisputeForm
from bot.actions.dispute_kinds import DEFAULT_ROUTES, evidence
from bot.actions.form_fields import CONFIRM, SKIPPED
from bot.actions.people import ask_to_remember
from bot.knowledge.topics import payload


class ActionSubmitDispute(BotAction):
    """Opens the ticket once the rider has said yes to the read-back."""

    action_name = "action_submit_dispute"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        values: dict[str, Any] = {f.name: tracker.get_slot(f.name) for f in DisputeForm.all_fields()}
        if not tracker.get_slot(CONFIRM):
            return clear(*values, CONFIRM)
        given = {name: None if value == SKIPPED else value for name, value in values.items()}
        if given["dispute_place"] == where.CITY:
            given["dispute_place"] = None  # which town is still to be told
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
            ended=_left(given, heard.now) if given["dispute_still"] == "no" else None,
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
            f"{_elsewhere(given)}证据先留好：{evidence(ticket.dispute_type)}。{_still_to_tell(given)}",
            _next_steps(given, ticket.routes),
        )
        asked = await ask_to_remember(self, dispatcher, tracker, person, str(given["phone"]))
        return [*clear(*values), SlotSet(CONFIRM, None), SlotSet("ticket_number", ticket.number), *asked]


def _left(given: dict[str, Any], now: datetime) -> str | None:
    """When the rider left, as the story or the end of the time says; asked for later where neither does."""
    return when.left(str(given["dispute_summary"] or ""), now) or when.end_of(given["dispute_since"], now)


def _intake(routes: Sequence[str]) -> str:
    if "inspection" in routes and "arbitration" in routes:
        return "同一个窗口受理监察和仲裁，不用跑两处，走哪条窗口跟您定。"
    return ""


def _elsewhere(given: dict[str, Any]) -> str:
    away = where.NOT_HERE in str(given["dispute_place"])
    return f"{where.ELSEWHERE}\n" if away else ""


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
