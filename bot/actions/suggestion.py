"""建议信箱 in chat: leave a suggestion. What became of it: `bot.actions.mine`."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Refused, Values
from bot.actions.forms import TaskForm
from bot.actions.last_search import Query
from bot.actions.places import NAMED_STATION, place_in
from bot.actions.wording import QUESTION, SKIP, is_order
from bot.knowledge.topics import payload
from bot.language import read_yes_no

_OPENING = re.compile(
    r"^(?:你好|您好|喂|那个|我(?:想|要)?|想|要|给你们?|帮我|麻烦|可以|能不能)*(?:提|留|写|反映|反馈|说)"
    r"(?:个|一个|一下|下|点|条|些)?(?:建议|意见|问题|情况)?(?:吗|呢|吧|啊)?[，,。:：\s]*"
)
_PRAISE = re.compile(r"表扬|点赞|感谢|谢谢|真好|太好了|热心|夸")
_REPAIR = re.compile(r"坏|修|漏|不亮|不出水|没电|断|堵|不制冷|不热|破")
_COMPLAINT = re.compile(r"投诉|态度|赶人|不让进|凶|骂|收费|太差|脏|臭")
_HOSPITAL = re.compile(r"三院|第三人民医院|小哥医院")
_LEAST = 5
_LEAST_ANSWER = 3
WHOLE_PLACE = 16  # characters of an answer that is kept as it was said, not only the town in it
LEAST_MORE = 4  # characters that add to a suggestion
KINDS = {"suggestion": "建议", "praise": "表扬", "complaint": "意见", "repair": "报修"}


def kind_of(text: str) -> str:
    """praise, repair, complaint or suggestion, by its words."""
    for kind, words in (("repair", _REPAIR), ("complaint", _COMPLAINT), ("praise", _PRAISE)):
        if words.search(text):
            return kind
    return "suggestion"


def matter_of(text: str) -> str | None:
    """What the message says beyond "我想提个建议"."""
    matter = re.sub(r"^(?:个|一个|件|一件)?(?:事儿?|情况|问题)[\s，,：:]+", "", _OPENING.sub("", text.strip())).strip(
        " ，,。.！!"
    )
    told = len(matter) >= _LEAST or (
        len(matter) >= _LEAST_ANSWER and (_REPAIR.search(matter) or _COMPLAINT.search(matter))
    )
    return matter[:500] if told else None


def _place(heard: Heard) -> str | None:
    named = re.search(NAMED_STATION, heard.text)
    if named:
        return re.sub("^(?:是|就)?在(?=.{4})", "", named[0])
    match = place_in(heard.text)
    return match.surface if match and not match.outside else None


def _text(heard: Heard) -> str | None:
    if heard.text.startswith("/") or heard.image_url or read_yes_no(heard.text) is not None:
        return None
    text: str | None = readers.free_text(500)(heard)
    return text if text and len(text) >= _LEAST_ANSWER else None


_WHO = re.compile(r"匿名|实名|留(?:个|我的)?(?:电话|手机|姓名|名字|联系)|(?:电话|手机号?)(?:是|改)")


def _corrected(heard: Heard) -> str | None:
    """ "内容改成插座太少". Refused when the rider says who they are, or that they will not: the box asks neither."""
    if not heard.text.startswith("/") and (_WHO.search(heard.text) or readers.phone(heard)) and len(heard.text) <= 24:
        raise Refused("建议信箱不登记姓名和电话，有答复就在这里发给您。")
    found = re.search(r"内容(?:不对)?[，,]?\s*(?:应该)?(?:改成|改为|换成|是)\s*(.{2,500})", heard.text)
    return found[1].strip() if found else None


def _image(heard: Heard) -> str | None:
    if re.fullmatch(r"(?:我)?没(?:有)?(?:拍)?(?:照片|图片?|照)(?:啊|呀|了)?|不用照片|没拍", heard.text.strip()):
        raise Refused("没照片也行，直接提交就可以。")
    return heard.image_url


class SuggestionForm(TaskForm):
    form: ClassVar[str] = "suggestion_form"
    start_topic: ClassVar[str] = "leave_suggestion"
    calm: ClassVar[str] = r".{0,6}(?:不出水|没水了?|没电了?|断电了?|断了|漏水了?|倒了|不动了?|不亮了?|塌了|掉了)"
    title: ClassVar[str] = "建议"
    when_done: ClassVar[str] = "多久能办没有公布，有答复我告诉您；急事打 12345。"
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
                _image,
                needed=lambda v: bool(v.get("suggestion_image")),
                show=lambda url: "1 张",
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        typed = not heard.text.startswith("/") and heard.do is None and heard.topic == "leave_suggestion"
        last = Query.last(tracker)
        place = None
        looked_at = last.looked_at or (last.items[0] if len(last.items) == 1 else None) if last else None
        if last and last.topic == "find_station" and looked_at:
            place = (await self.services.stations.get(looked_at)).station.name
        if typed and _HOSPITAL.search(heard.text):
            place = "昆山市第三人民医院"
        return {"suggestion_text": matter_of(heard.text) if typed else None, "suggestion_place": place}

    def _is_other_matter(self, heard: Heard, field: Field | None, found: Values, verdict: bool | None) -> bool:
        """ "态度不好" while a grievance is told is said of the place, not of this bot."""
        of_the_place = _COMPLAINT.search(heard.text) and not re.search("你|您|机器人", heard.text)
        if heard.topic == "bot_feedback" and of_the_place:
            return False
        return super()._is_other_matter(heard, field, found, verdict)

    def besides(self, heard: Heard, values: Values) -> Values:
        text = heard.text.strip()
        told = values.get("suggestion_text")
        if not told or len(text) < LEAST_MORE or QUESTION.search(text) or is_order(text):
            return {}
        grievance = any(words.search(text) for words in (_REPAIR, _COMPLAINT))  # "态度不好" holds a no
        kept = grievance or (read_yes_no(text) is None and not SKIP.search(text))
        return {"suggestion_text": f"{told}；{text}"[:500]} if kept else {}

    def confirm_note(self, values: Values) -> str:
        return "" if values.get("suggestion_image") else "有照片现在也可以发一张。"


def _place_asked(heard: Heard) -> str | None:
    if heard.do == "skip":
        return SKIPPED
    if heard.location:
        return heard.location[2] or "发来的位置"
    if read_yes_no(heard.text) is not None:
        return None
    if any(words.search(heard.text) for words in (_PRAISE, _REPAIR, _COMPLAINT)):
        return _place(heard)  # "态度不好": more of the matter
    whole = heard.text.strip(" ，,。.！!~")
    if len(whole) <= WHOLE_PLACE and _place(heard) and not QUESTION.search(whole):
        return re.sub(r"^(?:是|就是|在|就在|就)|[吧啊呀哦嘛]+$", "", whole)  # "巴城那个邮政的" is more than 巴城
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
