"""文体礼包: one's own place in the selection for the tour card, the offers of the discount card."""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Event, Heard, clear, say
from bot.actions.binding import BindingForm, BoundAction
from bot.actions.form_fields import CONFIRM, Values
from bot.knowledge.topics import payload
from bot.services.culture import Selection, Standing, weights_of
from bot.services.errors import NotFound
from bot.storage.culture import Discount

PART_NAMES = {"tenure": "服务时长", "orders": "派送单数", "satisfaction": "满意率"}


class TourCardForm(BindingForm):
    form: ClassVar[str] = "tour_card_form"
    start_topic: ClassVar[str] = "check_tour_card"
    title: ClassVar[str] = "查旅游年卡"
    why: ClassVar[str] = "评选结果只给本人看"
    without: ClassVar[str] = "年卡怎么评、哪天公布，以市文体广旅局通知为准，可打 12345 问。"
    without_choices: ClassVar[tuple[str, ...]] = ("culture/tour_card", "culture/discount_card", "human_handoff")

    def opening(self, values: Values) -> str | None:
        return "旅游年卡要评选：服务时长、派送单数、服务满意率三样一起看，评上的才发，不是跑够多少单就有。"


class ActionCheckTourCard(BoundAction):
    action_name = "action_check_tour_card"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        events: list[Event] = clear("bind_work_no", "bind_code", CONFIRM)
        work_no = await self.bound_work_no(tracker) if tracker.get_slot(CONFIRM) else None
        if work_no is None:
            return events
        choices = [payload("culture/tour_card"), payload("culture/discount_card"), payload("help")]
        try:
            standing, selection = await self.services.culture.standing(work_no)
        except NotFound:
            say(
                dispatcher,
                f"评选数据里没有工号 {work_no}，可能单位还没报，或者报的不是这个号。先问站长；也可以打 12345 转市文体广旅局。",
                choices,
            )
            return events
        say(dispatcher, standing_text(standing, selection), choices)
        return events


def standing_text(standing: Standing, selection: Selection) -> str:
    """The rank first, then why, then what it is worth."""
    one, metric = selection.round, standing.metric
    tied = f"（{standing.tied} 人并列）" if standing.tied > 1 else ""
    state = "已入选" if one.final and standing.selected else "没入选" if one.final else "还没定"
    inside = f"按这个排名{'在' if standing.selected else '不在'}前 {one.cards} 名内，最后结果{state}。"
    weights = weights_of(one)
    values = {
        "tenure": f"{metric.tenure_months} 个月",
        "orders": f"{metric.orders} 单",
        "satisfaction": f"{metric.satisfaction:g}%",
    }
    parts = [
        f"· {PART_NAMES[part]} {values[part]}：{standing.parts[part]:g} 分（满分 {weights[part]}）"
        for part in PART_NAMES
    ]
    low = min(PART_NAMES, key=lambda part: standing.parts[part] / weights[part] if weights[part] else 1.0)
    example = (
        "权重和张数没有公布，这是示例规则和示例数据，不算正式结果。"
        if one.demo or metric.demo
        else "以市文体广旅局、文商旅集团公布的为准。"
    )
    return "\n".join(
        [
            f"您排第 {standing.rank} 名{tied}，共 {standing.of} 人，得分 {standing.score:g}。",
            inside,
            *parts,
            f"丢分最多的是{PART_NAMES[low]}。{example}",
        ]
    )


class ActionDiscounts(BotAction):
    """The offers of the 优享卡 that are valid now; what is not published is said to be not published."""

    action_name = "action_discounts"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset({("culture/discount_card", "list")})
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        (
            "",
            r"^(?:那|请问)?(?:现在|目前|最近|这会儿?)?(?:都)?有(?:哪些|什么|啥)(?:优惠|打折)(?:活动|的)?[吗呢]?[？?]?$",
        ),
        (
            "culture/discount_card",
            r"(?:现在|目前)有|有(?:哪些|什么|啥)优惠|优惠.{0,4}(?:清单|列表|有哪些)|有效期|过期|到期",
        ),
    )

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        offers = await self.services.culture.discounts()
        choices = [payload("culture/discount_card"), payload("culture/tour_card")]
        if not offers:
            say(dispatcher, "现在没有查到在有效期内的优享卡优惠，以文商旅集团通知为准，可以打 12345 问。", choices)
            return []
        say(
            dispatcher,
            "优享卡现在的优惠：\n"
            + "\n".join(f"· {_offer_text(one)}" for one in offers)
            + "\n用之前先问店家认不认这张卡，以文商旅集团通知为准。",
            choices,
        )
        return []


def _offer_text(one: Discount) -> str:
    if one.valid_from or one.valid_to:
        first = f"{one.valid_from.month}月{one.valid_from.day}日起" if one.valid_from else ""
        last = f"到{one.valid_to.month}月{one.valid_to.day}日" if one.valid_to else ""
        dates = first + last
    else:
        dates = "起止日期没有公布"
    shops = "适用：" + "、".join(one.merchants[:3]) if one.merchants else "适用商家没有公布"
    return f"{one.title}（{dates}；{shops}）"
