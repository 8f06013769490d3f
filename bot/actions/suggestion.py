"""建议信箱 in chat: leave a suggestion, and see what became of what one has sent in."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.forms import CONFIRM, SKIPPED, Field, Question, TaskForm, Values
from bot.actions.places import NAMED_STATION, Query, place_in
from bot.knowledge.topics import payload
from bot.language import find_ids, read_yes_no
from bot.services.submissions import STATUS_NAMES

_ASKS_BACK = (
    r"(?:建议|意见|报修|举报|反映|投诉|回电|上牌预约).{0,10}(?:回复|结果|处理|进展|进度|咋样|怎么样|有没有人|收到|有信)"
    r"|(?:查|看)(?:一下|看|下)?我(?:的|提的|报的|登记的)(?:建议|意见|报修|举报|回电)"
)
_OPENING = re.compile(
    r"^(?:你好|您好|喂|那个|我(?:想|要)?|想|要|给你们?|帮我|麻烦|可以|能不能)*(?:提|留|写|反映|反馈|说)"
    r"(?:个|一个|一下|下|点|条|些)?(?:建议|意见|问题|情况)?(?:吗|呢|吧|啊)?[，,。:：\s]*"
)
_PRAISE = re.compile(r"表扬|点赞|感谢|谢谢|真好|太好了|热心|夸")
_REPAIR = re.compile(r"坏|修|漏|不亮|不出水|没电|断|堵|不制冷|不热|破")
_COMPLAINT = re.compile(r"投诉|态度|赶人|不让进|凶|骂|收费|太差|脏|臭")
_LEAST = 5
_LEAST_ANSWER = 3
KINDS = {"suggestion": "建议", "praise": "表扬", "complaint": "意见", "repair": "报修"}


def kind_of(text: str) -> str:
    """praise, repair, complaint or suggestion, by its words."""
    for kind, words in (("repair", _REPAIR), ("complaint", _COMPLAINT), ("praise", _PRAISE)):
        if words.search(text):
            return kind
    return "suggestion"


def matter_of(text: str) -> str | None:
    """What the message says beyond "我想提个建议"."""
    matter = _OPENING.sub("", text.strip()).strip(" ，,。.！!")
    return matter[:500] if len(matter) >= _LEAST else None


def _place(heard: Heard) -> str | None:
    named = re.search(NAMED_STATION, heard.text)
    if named:
        return named[0]
    match = place_in(heard.text)
    return match.surface if match and not match.outside else None


def _text(heard: Heard) -> str | None:
    if heard.text.startswith("/") or heard.image_url or read_yes_no(heard.text) is not None:
        return None
    text: str | None = readers.free_text(500)(heard)
    return text if text and len(text) >= _LEAST_ANSWER else None


def _corrected(heard: Heard) -> str | None:
    """ "内容改成插座太少"."""
    found = re.search(r"内容(?:不对)?[，,]?\s*(?:应该)?(?:改成|改为|换成|是)\s*(.{2,500})", heard.text)
    return found[1].strip() if found else None


class SuggestionForm(TaskForm):
    form: ClassVar[str] = "suggestion_form"
    start_topic: ClassVar[str] = "leave_suggestion"
    title: ClassVar[str] = "建议"
    confirm_title: ClassVar[str] = "这样交上去："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "suggestion_text",
                "内容",
                lambda v: Question("您说，什么建议、哪里坏了、想表扬谁，都行。有照片也可以直接发。"),
                _corrected,
                _text,
            ),
            Field(
                "suggestion_place",
                "地点",
                lambda v: Question("是哪个驿站，或者在哪条路、哪个镇？不方便说就跳过。", (("跳过", "/inform:skip"),)),
                _place,
                _place_asked,
                optional=True,
            ),
            Field(
                "suggestion_image",
                "照片",
                lambda v: Question(""),
                lambda h: h.image_url,
                needed=lambda v: bool(v.get("suggestion_image")),
                show=lambda url: "1 张",
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        typed = not heard.text.startswith("/") and heard.do is None and heard.topic == "leave_suggestion"
        last = Query.last(tracker)
        place = None
        if last and last.topic == "find_station" and len(last.items) == 1:
            place = (await self.services.stations.get(last.items[0])).station.name
        return {"suggestion_text": matter_of(heard.text) if typed else None, "suggestion_place": place}

    def confirm_note(self, values: Values) -> str:
        return "" if values.get("suggestion_image") else "有照片现在也可以发一张。"


def _place_asked(heard: Heard) -> str | None:
    if heard.do == "skip":
        return SKIPPED
    if heard.location:
        return heard.location[2] or "发来的位置"
    if read_yes_no(heard.text) is not None:
        return None
    return _place(heard) or readers.short_name(heard)


class ActionSubmitSuggestion(BotAction):
    action_name = "action_submit_suggestion"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given = {field.name: tracker.get_slot(field.name) for field in SuggestionForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        text = str(given["suggestion_text"])
        place = None if given["suggestion_place"] == SKIPPED else given["suggestion_place"]
        station = await self.services.stations.mentioned(str(place)) if place else None
        row = await self.services.suggestions.leave(
            person_id=await self.person_id(tracker),
            text=text,
            kind=kind_of(text),
            station_code=station.station.code if station else None,
            place=place,
            image_url=given["suggestion_image"],
            key=heard.key,
        )
        say(
            dispatcher,
            f"收到了，{KINDS[row.kind]}编号 {row.number}。有答复我告诉您，多久答复没有公布；急事打 12345。",
            [("看我提过的", "/leave_suggestion:mine"), payload("find_station")],
        )
        return events


class ActionMySubmissions(BotAction):
    """What the person has sent in and what became of it: suggestions, reports, call-backs, appointments."""

    action_name = "action_my_submissions"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("leave_suggestion", "mine")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, _ASKS_BACK) for topic in ("leave_suggestion", "dispute_status", "booking_status", "bot_feedback")),
        ("", r"(?i)JY\s?\d{8}"),
    )
    shown = 5

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        rows = await self._rows(await self.person_id(tracker))
        wanted = {number.value for number in find_ids(heard.text) if number.kind in ("suggestion", "signup")}
        if wanted:
            rows = [row for row in rows if row["number"] in wanted]
        if not rows:
            text = "没查到您名下的这个编号，麻烦核对一下。" if wanted else "您还没有提过建议、报修或登记。"
            say(dispatcher, text, [payload("leave_suggestion"), payload("help")])
            return []
        lines = [f"您提交的{'' if len(rows) <= self.shown else '最近 5 件'}："]
        for row in rows[: self.shown]:
            lines.append(f"· {row['what']} {row['number']}：{row['state']}")
            if row["answer"]:
                lines.append(f"  回复：{str(row['answer'])[:80]}")
        choices = [("取消上牌预约", "/freight/plate_window:cancel")] if any(r["booked"] for r in rows) else []
        say(dispatcher, "\n".join(lines), [*choices, payload("leave_suggestion"), payload("help")])
        return []

    async def _rows(self, person: str) -> list[dict[str, Any]]:
        services = self.services
        rows: list[dict[str, Any]] = []

        def add(what: str, row: Any, state: str | None = None, booked: bool = False) -> None:
            rows.append(
                {
                    "what": what,
                    "number": row.number,
                    "state": state or STATUS_NAMES[row.status],
                    "answer": getattr(row, "answer", None),
                    "at": row.created_at,
                    "booked": booked,
                }
            )

        for suggestion in await services.suggestions.mine(person):
            add(KINDS[suggestion.kind], suggestion)
        for report in await services.drinks.my_reports(person):
            add("饮品机报修", report)
        for carrier in await services.freight.my_carrier_reports(person):
            add("违法载货举报", carrier)
        for callback in await services.bank.my_callbacks(person):
            add("银行回电", callback)
        for appointment, slot in await services.freight.plating.mine(person):
            when = f"{slot.day.month}月{slot.day.day}日{slot.start}，{STATUS_NAMES[appointment.status]}"
            add("上牌专窗预约", appointment, when, appointment.status == "booked")
        return sorted(rows, key=lambda row: row["at"], reverse=True)
