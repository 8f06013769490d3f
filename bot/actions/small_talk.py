"""Small talk: thanks, good-bye, how one feels, whether this is a human."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, say
from bot.knowledge.topics import payload


class ActionGoodbye(BotAction):
    action_name = "action_goodbye"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "好的，再见。路上慢点，注意安全，有事随时来问。")
        return []


class ActionThank(BotAction):
    action_name = "action_thank"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(dispatcher, "不客气，应该的。路上注意安全。")
        return []


class ActionBotChallenge(BotAction):
    action_name = "action_bot_challenge"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "我是机器人小助手暖新，不是真人。要真人服务，我帮您转。",
            [payload("human_handoff"), payload("help")],
        )
        return []


class ActionChitchat(BotAction):
    action_name = "action_chitchat"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        if tracker.active_loop:
            say(dispatcher, "听见了，您辛苦了。心里不好受可以打 12356（全国统一心理援助热线），有人听您说。")
        else:
            say(
                dispatcher,
                "您辛苦了，跑单不容易，累了就找个地方歇会儿。想找人说说心里话可以打 12356（全国统一心理援助热线）。",
                [payload("find_station"), payload("find_drinks"), payload("help")],
            )
        return []
