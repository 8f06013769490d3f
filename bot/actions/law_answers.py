"""Answers one narrow point of law or traffic (`bot.knowledge.law_points`), with the rider's own dates where they matter."""

from __future__ import annotations

import re
from datetime import datetime
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.knowledge.answers import answers
from bot.knowledge.law_points import law_points
from bot.knowledge.topics import payload
from bot.language import find_dispute_types, find_numbers, read_still_employed
from bot.services.dispute_rows import day_of
from bot.services.limitation import Limit
from bot.services.safety_rules import EDUCATION_THRESHOLD

LAW = "action_law_point"
DEADLINE, STRIKES, UNWELL = "deadline", "strikes", "unwell"
_COUNT = re.compile(r"([一二两三四五六七八九十\d]+)\s*(?:次|回|个)")
_GONE = re.compile(r"离职|辞职|辞了|不干|没干|走的|走人|走了|不做|没做|不跑|开除|辞退|开了|离开|结束")
_PROMISED = re.compile(r"答应|承诺|保证(?!金)|(?:说|讲|微信里?)[^,，。]{0,6}(?:会给|要给|再给|就给|给我|会发|会结)")


class ActionLawPoint(BotAction):
    """`metadata.point` names the point, `metadata.told` what was told before of the same matter."""

    action_name = LAW
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        name = str(heard.metadata["point"])
        choices: list[Choice]
        if name == DEADLINE:
            text, choices = self._deadline(
                [*heard.metadata.get("told", ()), heard.text], heard.now, heard_inspection="监察" in heard.text
            )
        elif name == STRIKES:
            text, choices = _strikes(heard.text)
        else:
            point = law_points()[name]
            text, choices = point.text, list(point.choices)
        say(dispatcher, text, () if tracker.active_loop or name == UNWELL else choices)
        return [FollowupAction("hospital_form")] if name == UNWELL and not tracker.active_loop else []

    def _deadline(self, told: list[str], now: datetime, *, heard_inspection: bool) -> tuple[str, list[Choice]]:
        """Both periods from the date that was told; the law's rule of what begins them anew."""
        last = dated(told, now)
        if last is None:
            rules = answers()["dispute/time_limit"]
            return rules.text, list(rules.buttons)
        words, ended, still = last
        kind = kind_of(told) or "wages"
        arbitration, inspection = self.services.disputes.limits(
            kind, still_employed=still, since=words, ended=words if ended else None
        )
        lines = [
            f"· {name}：{said}"
            for name, limit in (
                ("仲裁（从离职起一年）" if ended else "仲裁（一年）", arbitration),
                ("监察（两年）", inspection),
            )
            if (said := _until(limit))
        ]
        states = {arbitration.state, inspection.state}
        if heard_inspection and inspection.until is not None:
            day = f"{inspection.until.year}年{inspection.until.month}月"
            if inspection.state == "expired":
                head = f"监察只查两年内的（劳动保障监察条例第20条）：照您说的日子，{day}前后就满了，可能不收。"
                tail = "别自己放弃，先登记，收不收由窗口判断；也打 12348 免费问律师。"
            else:
                head = f"能查：监察查两年内的（劳动保障监察条例第20条），照您说的日子，大约到{day}。"
                tail = "去干活所在县市的劳动监察；昆山的维权窗口就收。别再等，今天就登记。"
            lines = []
        elif states == {"expired"}:
            head = "照您说的日子，两条路都可能过了期，但别自己放弃："
            tail = "这两年里要过钱、投诉过，或者单位答应过给，把记录找出来，打 12348 免费问律师；有欠条的可以直接起诉。"
        elif arbitration.state == "expired":
            head = "照您说的日子，还有路：监察还在两年里，仲裁的一年可能过了。"
            tail = "一年里要过钱、投诉过，或者单位答应过给，仲裁会从那天重新算（调解仲裁法第27条），把聊天记录找出来。今天就登记。"
        else:
            head = "照您说的日子，还来得及："
            tail = "别再等，今天就登记；证据先留好，过没过期最后由窗口判断。"
        if any(_PROMISED.search(text) for text in told):
            tail += "\n单位后来答应给的那句话很有用，截图留好。"
        return "\n".join((head, *lines, tail)), [
            ("现在就登记", "/open_dispute"),
            payload("dispute/legal_aid"),
            payload("dispute/where"),
        ]


def _until(limit: Limit) -> str:
    """ "2025年10月前后到期了"; the day of a month that was told is not known, so none is said."""
    if limit.state == "no_limit":
        return "您还在职，欠薪不受一年限制。"
    if limit.until is None:
        return "离职后一年内要申请。" if limit.route == "arbitration" else ""
    month = f"{limit.until.year}年{limit.until.month}月"
    if limit.state == "expired":
        return f"{month}前后到期了。"
    return f"大约到{month}{'，抓紧' if limit.state == 'soon' else ''}。"


def dated(told: list[str], now: datetime) -> tuple[str, bool, bool | None] | None:
    """(the words with a past date, whether they tell the end of the work, still employed) of the latest that has one."""
    for text in reversed(told):
        if day_of(text, now) is None:
            continue
        ended = bool(_GONE.search(text))
        still = False if ended else read_still_employed(text)
        return text, ended, still
    return None


def kind_of(told: list[str]) -> str | None:
    """The kind of dispute named last; pay where only money is named."""
    for text in reversed(told):
        named = find_dispute_types(text)
        kinds = [label.value for label in named]
        if "wages" in kinds:
            return "wages"
        if kinds:
            return str(kinds[0])
        if re.search(r"工资|薪|欠", text):
            return "wages"
    return None


def _strikes(text: str) -> tuple[str, list[Choice]]:
    """How many minor offences it takes, and how far the number that was told is from it."""
    found = _COUNT.search(text)
    numbers = find_numbers(found[1]) if found else []
    count = int(numbers[0].low) if numbers else 0
    rule = f"轻微交通违法累计达 {EDUCATION_THRESHOLD} 次以上，要参加学习教育。"
    if count >= EDUCATION_THRESHOLD:
        own = f"照您说的 {count} 次，已经到了。"
    elif count:
        own = f"照您说的 {count} 次，再有 {EDUCATION_THRESHOLD - count} 次就到了，路上慢点。"
    else:
        own = ""
    return (
        f"{rule}{own}\n哪些算轻微、按多长时间累计没有公布，以交警通知为准，也可以打 12345 转市公安局问。",
        [payload("book_education"), payload("my_safety_record"), payload("safety/three_strikes")],
    )
