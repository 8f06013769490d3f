"""The emergency lane card of 昆小哥医院: what a rider, or who is with them, shows at the triage desk."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, say
from bot.knowledge.topics import payload

LANE_CARD = ("给急诊看的通道卡", "/hospital/emergency_channel:card")


class ActionLaneCard(BotAction):
    """A text to show, with its time. It says what the seed says (initiative 6) and that the doctors judge."""

    action_name = "action_lane_card"
    listed: ClassVar[bool] = False
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("hospital/emergency_channel", "card")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        ("hospital/emergency_channel", r"通道卡|卡片|拿什么给.{0,6}看|给.{0,6}看啥"),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        now = self.services.clock.now()
        say(
            dispatcher,
            f"【急诊通道卡｜请分诊台看】{now:%Y-%m-%d %H:%M}\n"
            "我在昆山跑配送、货运或网约车，是新就业群体劳动者。\n"
            "市三院（昆小哥医院）对符合紧急救治的疾病和外伤有急诊绿色通道，请按规定看能不能走。\n"
            "——\n这张卡不是证件，能不能走由急诊医生定。在别的医院就照那边的急诊来，别为了找三院跑远。",
            [("还没打 120", "/emergency"), payload("hospital/emergency_channel"), payload("hospital/location")],
        )
        return []
