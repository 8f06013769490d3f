"""Answers about places of which nothing can be looked up: no hours are published, nothing is booked here."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.knowledge.topics import payload

# topic or group of what was shown → what is to be said of booking it
BOOKED_ELSEWHERE = {
    "find_berth": "蓝窗泊位",
    "freight": "蓝窗泊位",
    "find_station": "驿站",
    "station": "驿站",
    "find_bank": "建行网点",
    "bank": "建行网点",
    "find_drinks": "饮品机",
    "drinks": "饮品机",
    "culture/library": "图书馆爱心驿站",
    "women/what_is": "妇女微家",
}
# topic or group of what was asked about → the action that answers "几点开门"
HOURS_OF = {
    "hospital": "action_hours_unknown",
    "culture/library": "action_hours_unknown",
    "women/what_is": "action_hours_unknown",
    "safety/education_sites": "action_hours_unknown",
    "bank": "action_find_bank",
    "find_bank": "action_find_bank",
}
_UNKNOWN: dict[str, tuple[str, tuple[Choice, ...]]] = {
    "hospital": (
        "三院几点开门、周末上不上班没有公布，我不乱说，出门前打 12345 问。\n能约的号看得到：点“帮我预约”，列的都是有号的时间。急病打 120。",
        (("帮我预约", "/book_hospital"), ("查我的预约", "/booking_status")),
    ),
    "culture/library": (
        "图书馆爱心驿站几点开门没有统一公布，以馆里通知为准，可打 12345 转市文体广旅局问。说个镇名，我找近的给您看。",
        (("附近的图书馆站", "/culture/library:near"),),
    ),
    "women/what_is": (
        "妇女微家几点开门没有统一公布，去之前打 12345 问。说个镇名，我找近的给您看。",
        (("附近的妇女微家", "/women/what_is:near"),),
    ),
    "safety/education_sites": (
        "宣教基地、岗亭几点开门没有公布，以交警通知为准，可打 12345 转市公安局问。",
        (payload("book_education"),),
    ),
}


class ActionNotBookedHere(BotAction):
    """ "帮我约一个" of a place: it is not booked here, and nothing else is begun instead."""

    action_name = "action_not_booked_here"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        name = BOOKED_ELSEWHERE.get(str(heard.metadata.get("about")), "这个地方")
        call: list[Choice] = [("让银行给我回电", "/bank/what_is:call")] if name == "建行网点" else []
        say(
            dispatcher,
            f"{name}我这里约不了，要不要预约也没有公布，以现场为准，可打 12345 问。\n我能约的是看病、健康证和交通学习。",
            [*call, ("约看病、健康证", "/book_hospital"), ("约交通学习", "/book_education")],
        )
        return []


class ActionHoursUnknown(BotAction):
    """ "几点开门" of a place whose hours nobody has published."""

    action_name = "action_hours_unknown"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "hospital/location",
            r"几点(?:开|关|上班|下班|营业)|(?:周末|周[六日]|星期[六天日]|礼拜[六天日]|晚上|节假日|过年).{0,4}(?:开|上班)",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        about = str(heard.metadata.get("about"))
        said, choices = next(_UNKNOWN[name] for name in _UNKNOWN if about == name or about.startswith(name + "/"))
        say(dispatcher, said, choices)
        return []


class ActionChargingTime(BotAction):
    """ "多久充满" after a search for somewhere to charge: no deadline of any law."""

    action_name = "action_charging_time"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"^(?:那|一般|大概|手机|电动车|电瓶车|要|得|[\s，,])*(?:(?:多久|多长时间|几个?(?:小时|钟头)|多少时间)(?:能|才|可以|就|会)*(?:充满|充好|充完|充足)"
            r"|充(?:满|好|完|一次|足)?电?(?:大概|一般|要|得|需要)*(?:多久|多长时间|几个?(?:小时|钟头)))(?:电|啊|呀|呢|的|[?？\s])*$",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "多久充满看电池和充电头，站里没有公布，我说不准，到了问一下现场。",
            [payload("find_station"), payload("station/services")],
        )
        return []
