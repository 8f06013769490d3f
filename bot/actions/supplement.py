"""More for a ticket that is open: words or pictures, added at once where it is clear to which, else asked for."""

from __future__ import annotations

import re
from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.dispute_story import particulars
from bot.actions.form_fields import CONFIRM, Field, Question, Refused, Values
from bot.actions.form_values import hidden
from bot.actions.forms import TaskForm
from bot.actions.tickets import NOT_YOURS, as_choices, number_in
from bot.knowledge.topics import payload
from bot.services.errors import Invalid, NotFound, WrongState

LEAST_ADDED = 3  # characters: "查下" is no addition
_COMMAND = re.compile(
    r"^(?:请|麻烦|帮我|给我|我想|我要|想|要|还要|还想|我|再|把|这个|那个|这些|给|往|在|上次|昨天|前天|刚才|之前|的|那张|"
    r"工单|投诉|单子|案子|登记|材料|证据|照片|图片|截图|资料|情况|信息|内容|里|上|补充|补交|补传|补|追加|添加|加|上传|传|发|"
    r"一下|一些|点|点儿|几张|张|进去|过去|去|到|，|,|。|：|:|\s|LD[\d-]+)*",
    re.IGNORECASE,
)
# something that is to come: "我有录音要补", "等下发你聊天截图"
_ANNOUNCES = re.compile(
    r"(?:我|还|这|手里|手上|那边|也|有|想|要|得|准备|等下|一会儿?|待会儿?|明天|现在|给|你|你们|您|把|[一二两三四五六七八九十几\d]{1,2}(?:张|段|个|份)|一些|点|的|和|跟|、"
    r"|老板|站长|公司|微信|工资|聊天|转账|打卡|考勤|排班|通话|劳动|[\s，,])*"
    r"(?:录音|录像|视频|截图|照片|图片|记录|流水|合同|协议|证据|凭证|欠条|工资条|材料|单据|票据)"
    r"(?:还|想|要|得|可以|能|没|在手上|在我这|我|给|你|你们|您|也|都|等下|一会儿?|这就|需要|[\s，,])*(?:补(?:充|交|上|进去)?|交|上传|传|发|提供|加(?:上|进去)?)?(?:给|到)?(?:你|你们|您|工单|上去|进去|一下|过来|过去)*[吗么不吧了啊呢？?。]*"
)
_OTHERS_TOO = r"(?:怎么|咋|能不能|可以|能|可不可以|想)?.{0,3}(?:让|叫|把|带|给)(?:他们|同事|工友|大家|其他人|另外|那).{0,8}(?:也)?(?:加|一起|报进|写进|登进)"
_OF_ITS_OWN = re.compile(r"登记|投诉|举报|立案|另外|再(?:开|报|建)一个|新(?:的)?工单|单独")
_ASKS_WHETHER = re.compile(r"(?:昨天|前天|上次|刚才|之前|前几天).{0,8}(?:补|交|传|发).*(?:收到|看到|吗|没有|没$|呢)")


def addition_in(heard: Heard) -> str | None:
    """The words to be added, without the request to add them; None when the message is only that request."""
    if heard.text.startswith("/") or heard.first("ticket_no") == heard.text:
        return None
    if _ANNOUNCES.fullmatch(heard.text.strip()):
        return None
    rest = heard.text[len(_COMMAND.match(heard.text)[0]) :].strip(" ，。,.!！吧啊呀的了")  # type: ignore[index]
    return heard.text.strip() if len(rest) >= 4 else None


class ActionSupplementDispute(BotAction):
    """Adds at once what is clear; starts the form for what must be asked."""

    action_name = "action_supplement_dispute"
    starts = "supplement_form"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, _OTHERS_TOO) for topic in ("help", "nlu_fallback", "supplement_dispute", "inform")),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        if heard.metadata.get("resume"):
            return [FollowupAction("supplement_form")]
        if _ASKS_WHETHER.search(heard.text):
            return [FollowupAction("action_dispute_status")]
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if tickets and re.search(_OTHERS_TOO, heard.text):
            said = f"{tickets[0].group_size} 人一起" if tickets[0].group_size > 1 else "只有您自己"
            say(
                dispatcher,
                f"工单 {tickets[0].number} 上现在写的是{said}。几个人、各欠多少，直接发给我，我补进去；"
                "窗口联系您时会核对每个人。他们也可以各自在这里登记。",
                [payload("supplement_dispute"), payload("dispute_status")],
            )
            return []
        if not tickets:
            say(
                dispatcher,
                "您名下没有在办的工单，没法补。要先登记一个吗？",
                [payload("open_dispute"), payload("dispute_status")],
            )
            return clear("supplement_image")
        number = number_in(heard)
        if number is not None and number not in {t.number for t in tickets}:
            say(dispatcher, NOT_YOURS, [payload("dispute_status")])
            return clear("supplement_image")
        image = heard.image_url or tracker.get_slot("supplement_image")
        words = None if heard.image_url else addition_in(heard)
        if number is None and len(tickets) == 1:
            number = tickets[0].number
        if number is None or not (image or words):
            return [SlotSet("supplement_image", image), FollowupAction("supplement_form")]
        await add(self, dispatcher, person, number, words, image, heard.key)
        return [SlotSet("ticket_number", number), *clear("supplement_image")]


async def add(
    action: BotAction,
    dispatcher: CollectingDispatcher,
    person: str,
    number: str,
    words: str | None,
    image: str | None,
    key: str | None,
) -> None:
    """Add to a ticket and say so."""
    try:
        await action.services.disputes.supplement(number, person, text=words, image_url=image, key=key)
        if words and (told := particulars(words)):
            await action.services.disputes.tell(number, person, **told)
    except NotFound:
        say(dispatcher, NOT_YOURS, [payload("dispute_status")])
    except WrongState:
        say(
            dispatcher,
            f"工单 {number} 已经结束，不能再补了。情况有变可以重新登记。",
            [payload("open_dispute")],
        )
    except Invalid as why:
        say(dispatcher, f"没补进去：{why.reason}。", [payload("human_handoff")])
    else:
        what = "图片" if image and not words else "文字和图片" if image else "您说的"
        say(
            dispatcher,
            f"{what}补进工单 {number} 了，窗口能看到。还有就接着发。",
            [payload("dispute_status"), payload("supplement_dispute")],
        )


def _text_or_picture(heard: Heard) -> str | None:
    if heard.image_url:
        return "图片"
    if heard.text.startswith("/") or len(heard.text.strip()) < LEAST_ADDED:
        return None
    if _ANNOUNCES.fullmatch(heard.text.strip()):
        raise Refused("好，直接发过来就行。录音、视频我这里进不了工单，先存好别删；说了什么可以打字给我。")
    return addition_in(heard) or readers.free_text(2000)(heard)


class SupplementForm(TaskForm):
    """Asks which ticket, and what to add."""

    form: ClassVar[str] = "supplement_form"
    start_topic: ClassVar[str] = "supplement_dispute"
    title: ClassVar[str] = "工单补充"
    confirm_needed: ClassVar[bool] = False

    def _is_other_matter(self, heard: Heard, field: Field | None, found: Values, verdict: bool | None) -> bool:
        """More of the story is what was asked for, unless a ticket of its own is wanted."""
        if heard.topic == "open_dispute" and field is not None and field.free_text:
            return _OF_ITS_OWN.search(heard.text) is not None
        return super()._is_other_matter(heard, field, found, verdict)

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                name="supplement_ticket",
                label="工单",
                ask=lambda v: Question(
                    "您有几个工单，补到哪一个？", tuple(tuple(c) for c in v.get("supplement_choices") or ())
                ),
                read=number_in,
            ),
            Field(
                name="supplement_text",
                label="补充",
                ask=lambda v: Question(
                    "要补什么？文字、照片、截图直接发给我就进工单：上班地点、从什么时候开始、工资流水、聊天记录都行。\n录音、视频我这里进不了工单，先存好别删，窗口联系您时拿给他们。"
                ),
                read=lambda h: "图片" if h.image_url else None,
                read_answer=_text_or_picture,
                needed=lambda v: not v.get("supplement_image"),
                free_text=True,
            ),
            Field(
                name="supplement_image",
                label="",
                ask=lambda v: Question("把照片发给我。"),
                read=lambda h: h.image_url,
                needed=lambda v: False,
            ),
            hidden("supplement_choices"),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        known = {
            "supplement_choices": [list(c) for c in as_choices(tickets, "inform")],
            "supplement_image": tracker.get_slot("supplement_image"),
            "supplement_text": addition_in(heard),
        }
        return known | ({"supplement_ticket": tickets[0].number} if len(tickets) == 1 else {})


class ActionSubmitSupplement(BotAction):
    action_name = "action_submit_supplement"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.get_slot(CONFIRM):
            words = tracker.get_slot("supplement_text")
            await add(
                self,
                dispatcher,
                await self.person_id(tracker),
                str(tracker.get_slot("supplement_ticket")),
                None if words == "图片" else words,
                tracker.get_slot("supplement_image"),
                heard.key,
            )
        return clear("supplement_ticket", "supplement_text", "supplement_image", "supplement_choices", CONFIRM)


class ActionPicture(BotAction):
    """A picture nobody asked for: offer to put it into an open ticket."""

    action_name = "action_picture"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        person = await self.person_id(tracker)
        tickets = await self.services.disputes.of_person(person, only_open=True)
        if not tickets:
            say(
                dispatcher,
                "图片收到了，可我看不懂图里的内容。这是要办哪件事？",
                [payload("open_dispute"), payload("leave_suggestion"), payload("human_handoff")],
                ask=True,
            )
            return []
        choices = [(f"补到 {t.number}", f'/supplement_dispute{{"ticket_no":"{t.number}"}}') for t in tickets[:3]]
        say(dispatcher, "图片收到了。要补进您的工单吗？", [*choices, ("不用", "/stop")], ask=True)
        return [SlotSet("supplement_image", heard.image_url)]
