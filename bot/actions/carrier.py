"""A report of goods carried illegally: what, where, when, a picture, anonymous if wished."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.places import place_in
from bot.actions.wording import QUESTION, SKIP
from bot.knowledge.topics import payload
from bot.language import find_times, read_yes_no

KIND_NAMES = {
    "tricycle": "电动三轮载货",
    "handcart": "人力三轮载货",
    "passenger": "客车载货",
    "other": "其他",
}
WHO_NAMES = {"anonymous": "匿名", "named": "留我的联系（能查进度）"}
_WORDS = {
    "handcart": "人力三轮|人力车|脚蹬三轮|板车",
    "tricycle": "三轮|电三轮|三蹦子",
    "passenger": "客车|大巴|客运车|班车|中巴|面包车拉货|网约车拉货",
}
LEAST_SEEN = 6  # characters
_MOMENT = re.compile(r"刚才|刚刚|现在|这会儿|正在|天天|每天|经常|老是|一直|早高峰|晚高峰")


def read_kind(heard: Heard) -> str | None:
    if heard.do in KIND_NAMES:
        return heard.do
    return next((kind for kind, words in _WORDS.items() if re.search(words, heard.text)), None)


def _kind_asked(heard: Heard) -> str | None:
    return read_kind(heard) or ("other" if readers.ANYTHING_ELSE.search(heard.text) else None)


def _place(heard: Heard) -> str | None:
    if heard.location:
        return heard.location[2] or "发来的位置"
    match = place_in(heard.text)
    return match.surface if match and not match.outside else None


def _place_asked(heard: Heard) -> str | None:
    if heard.text.startswith("/") or _who(heard) or read_yes_no(heard.text) is not None:
        return None
    whole = readers.short_name(heard)
    if whole and _CORNER.search(whole):
        return re.sub(r"^在", "", whole)
    return _place(heard) or (None if read_kind(heard) else whole)


_CORNER = re.compile(r"路(?:和|跟|与|、).{1,8}路|路口|交叉口|交界|对面|门口|桥下")


def _when(heard: Heard) -> str | None:
    if heard.text.startswith("/"):
        return "刚才" if heard.do == "now" else None
    said = [span.surface for span in find_times(heard.text, heard.now) if span.kind == "at"]
    vague = _MOMENT.search(heard.text)
    return "".join(said) or (vague[0] if vague else None)


def _when_asked(heard: Heard) -> str | None:
    if heard.text.startswith("/") or _who(heard) or re.search("照片|图片", heard.text):
        return _when(heard)
    return _when(heard) or readers.short_name(heard)


_UNNAMED = re.compile(
    r"别说是我|不留(?:名|联系)?|(?:名字?|姓名|电话|联系方式|身份)(?:就)?(?:别|不要|不用|不想)(?:留|写|说|记|登)|(?:别|不要|不用)(?:留|写|说|记)(?:我)?的?(?:名|姓|电话|联系)"
)
# 苏E A1234, 苏E D12345
_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼]\s?[A-Z][\s·]?[A-Z0-9]{5,6}(?![A-Z0-9])",
    re.IGNORECASE,
)


def _who(heard: Heard) -> str | None:
    if heard.do in WHO_NAMES:
        return heard.do
    if re.search(r"不(?:用|要|想|必|需要)?匿名|别匿名|实名|留名|留我|(?<!不)留个?联系|能查", heard.text):
        return "named"
    return "anonymous" if "匿名" in heard.text or _UNNAMED.search(heard.text) else None


class CarrierForm(TaskForm):
    form: ClassVar[str] = "carrier_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("freight/enforcement", "report")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "freight/enforcement",
            r"(?:我要|我想|想|来|帮我|给我)(?:匿名)?举报(?!电话|的?电话|吗|怎么|有没有|有奖|奖|在哪|去哪|找谁)"
            r"|[\s，,。](?:要|想)?举报(?:他|它|一下)?[。!！]*$|^举报(?!电话|的|吗|怎么|有|奖|在哪|去哪|找谁|三轮.*[吗么?])|(?:这里|这边|刚才|刚刚|看到|看见|又有|天天有|老有).{0,12}(?:三轮|客车|大巴)",
        ),
    )
    topics: ClassVar[frozenset[str]] = frozenset({"freight/enforcement"})
    title: ClassVar[str] = "违法载货举报"
    confirm_title: ClassVar[str] = "这样报上去："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "carrier_kind",
                "什么车",
                lambda v: Question(
                    "是什么车在拉货？", tuple((name, f"/inform:{key}") for key, name in KIND_NAMES.items())
                ),
                read_kind,
                _kind_asked,
                show=lambda kind: KIND_NAMES.get(str(kind), "其他"),
            ),
            Field(
                "carrier_place",
                "在哪",
                lambda v: Question("在哪儿看到的？说路名、路口，或者发个定位。"),
                _place,
                _place_asked,
            ),
            Field(
                "carrier_when",
                "什么时候",
                lambda v: Question("什么时候看到的？", (("刚才", "/inform:now"),)),
                _when,
                _when_asked,
            ),
            Field(
                "carrier_who",
                "身份",
                lambda v: Question(
                    "要匿名吗？匿名的不记您是谁，也就查不了进度。",
                    tuple((name, f"/inform:{key}") for key, name in WHO_NAMES.items()),
                ),
                _who,
                show=lambda who: "匿名" if who == "anonymous" else "留联系",
            ),
            Field(
                "carrier_image",
                "照片",
                lambda v: Question(""),
                lambda h: h.image_url,
                needed=lambda v: bool(v.get("carrier_image")),
                show=lambda url: "1 张",
            ),
            Field("carrier_text", "", lambda v: Question(""), lambda h: None, needed=lambda v: False),
        )

    def opening(self, values: Values) -> str | None:
        return "好，帮您报。正堵着路、有危险的，先打 110。"

    def besides(self, heard: Heard, values: Values) -> Values:
        """The plate, and what else was seen."""
        text = heard.text.strip()
        seen = _PLATE.search(text) or (len(text) >= LEAST_SEEN and not QUESTION.search(text))
        if not seen or SKIP.search(text) or read_yes_no(text) is not None:
            return {}
        return {"carrier_text": "；".join(str(t) for t in (values.get("carrier_text"), text) if t)[:500]}

    def confirm_note(self, values: Values) -> str:
        plates = dict.fromkeys(_PLATE.findall(str(values.get("carrier_text") or "")))
        lines = [f"· 车牌：{'、'.join(plates)}"] if plates else []
        lines += [] if values.get("carrier_image") else ["有照片现在也可以发一张，没有就直接提交。"]
        return "\n".join(lines)

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        typed = not heard.text.startswith("/") and heard.do is None
        return {"carrier_text": heard.text[:500] if typed else None}


class ActionSubmitCarrier(BotAction):
    action_name = "action_submit_carrier"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given = {field.name: tracker.get_slot(field.name) for field in CarrierForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        anonymous = given["carrier_who"] == "anonymous"
        row = await self.services.freight.report_carrier(
            person_id=await self.person_id(tracker),
            kind=str(given["carrier_kind"]),
            place=str(given["carrier_place"]),
            seen_at=str(given["carrier_when"]),
            text="" if given["carrier_text"] in (None, SKIPPED) else str(given["carrier_text"]),
            image_url=given["carrier_image"],
            anonymous=anonymous,
            key=heard.key,
        )
        tail = "匿名的，我这里没记您是谁，进度查不了。" if anonymous else "有结果我告诉您。"
        choices = [payload("freight/enforcement"), payload("help")]
        if not anonymous:
            choices.insert(0, ("看我报的", "/leave_suggestion:mine"))
        say(
            dispatcher,
            f"报上去了，编号 {row.number}。{tail}多久处理没有公布，也可以打 12345 催市公安局。",
            choices,
        )
        return events
