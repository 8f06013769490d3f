"""骑手行车安全: one's own record, behind a bound work number."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import Choice, Event, Heard, clear, say
from bot.actions.binding import BindingForm, BoundAction
from bot.actions.form_fields import CONFIRM
from bot.knowledge.topics import payload
from bot.services.safety import WorkerRecord
from bot.services.safety_rules import EDUCATION_THRESHOLD, LABEL_NAMES, VIOLATIONS

SHOWN = 3


class RecordForm(BindingForm):
    form: ClassVar[str] = "record_form"
    start_topic: ClassVar[str] = "my_safety_record"
    title: ClassVar[str] = "查安全记录"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", r"工号.{2,24}绑定码|绑定码.{0,4}\d{8}"),)
    why: ClassVar[str] = "违法记录只给本人看"
    without: ClassVar[str] = (
        f"也可以打 12345 转市公安局，直接问交警您有几次违法、要不要学习。\n轻微违法累计达 {EDUCATION_THRESHOLD} 次以上要参加学习教育。"
    )
    without_choices: ClassVar[tuple[str, ...]] = ("safety/three_strikes", "book_education", "human_handoff")


class ActionMySafetyRecord(BoundAction):
    action_name = "action_my_safety_record"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        events: list[Event] = clear("bind_work_no", "bind_code", CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        record = await self.services.safety.record_of(await self.person_id(tracker))
        choices: list[Choice] = [payload("safety/three_strikes"), payload("safety/rider_labels")]
        if record.needs_education:
            choices.insert(0, payload("book_education"))
        say(dispatcher, record_text(record), choices)
        return events


def record_text(record: WorkerRecord) -> str:
    """The number first, then what it means, then where it comes from."""
    if record.data_until is None:
        return "还没有导入违法数据，查不到。可以打 12345 转市公安局问。"
    until = f"{record.data_until.month}月{record.data_until.day}日"
    counts = f"工号 {record.work_no}：轻微违法累计 {record.total.minor} 次"
    if record.total.other:
        counts += f"，其他违法 {record.total.other} 次"
    if record.total.accidents:
        counts += f"，事故 {record.total.accidents} 起"
    lines = [f"{counts}（数据到 {until}）。"]
    if record.needs_education:
        lines.append("已达 3 次以上，要参加学习教育，现在就能约。")
    elif record.educated_at is not None:
        lines.append(
            f"{record.educated_at.month}月{record.educated_at.day}日参加过学习，之后又有 {record.counted} 次。"
        )
    else:
        lines.append(f"再有 {EDUCATION_THRESHOLD - record.counted} 次就要参加学习教育，路上慢点。")
    lines += [
        f"· {one.occurred_at.month}月{one.occurred_at.day}日 {VIOLATIONS[one.kind]}，{one.place or '地点没写'}"
        for one in record.violations[:SHOWN]
    ]
    if len(record.violations) > SHOWN:
        lines.append(f"（只列最近 {SHOWN} 次）")
    demo = "以上是示例数据。" if record.demo else ""
    lines.append(
        f"近半年指数 {record.recent.index:g}，标签“{LABEL_NAMES[record.label]}”（本系统试用的算法，不是交警公布的）。{demo}"
    )
    return "\n".join(lines)
