"""Periods and pregnancy at work: what protects her, what nobody published, when a doctor comes first.

妇女权益保障法 (2022) Art 48: neither a labour contract nor a 服务协议 may be ended for pregnancy, maternity leave or nursing.
江苏省女职工劳动保护特别规定 (in force 2018-07-01): rest on a doctor's word for heavy periods and pain; told without its
days, which only reports of it name. Both speak of employers; who takes orders freely is told so.
"""

from __future__ import annotations

from typing import ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions.base import BotAction, Choice, Event, Heard, say
from bot.knowledge.topics import payload

_NO_CHECK = (
    r"^(?!.*(?:两癌|筛查|宫颈|乳腺|体检|健康证|幽门|吹气|驿站|热水|附近|找个|哪里|哪儿|能查|能做|能检查|预约|挂号))"
)
_PERIOD = (
    rf"{_NO_CHECK}.*(?:例假|大姨妈|姨妈[痛来期]|来姨妈|来那个了|月经|生理期|痛经|经期).{{0,20}}(?:休|假|歇|不让|请|扣|罚|跑单|上班|疼|痛|干不动|"
    rf"顶不住|有没有)"
)
_RIDING = (
    rf"{_NO_CHECK}(?!.*(?:辞|开除|赶我|[叫让]我走|走人|不要我|停我|欠|没发|工资)).*(?:怀孕|怀着|有孕|有喜|孕期|大着?肚子|孕妇|怀了).{{0,12}}"
    r"(?:能不能|能|可以|还能|可不可以|还可以).{0,4}(?:跑|送|骑|上班|干|开车|开货车|直播|休息|请假|换岗|夜班)"
)
_TICKET: Choice = ("登记我的纠纷", "/open_dispute")


class ActionPeriod(BotAction):
    """A period hurts, and the station does not let her rest."""

    action_name = "action_period"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", _PERIOD),)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "可以要求休息。江苏有专门规定（江苏省女职工劳动保护特别规定）：痛经、月经量大顶不住的，凭医院证明，单位要安排休息。"
            "休几天、工资怎么算，打 12338（妇女维权，多为上班时间）或 12333 问。\n"
            "这是管用人单位的；众包自己接单的，难受就先下线，被扣了钱把截图留好。\n"
            "疼得厉害、血量特别大去医院看，要晕、站不住就打 120。",
            [_TICKET, ("预约医院门诊", "/book_hospital"), payload("human_handoff")],
        )
        return []


class ActionPregnantRiding(BotAction):
    """May she ride while pregnant: the doctor says so, and nobody may end the contract for it."""

    action_name = "action_pregnant_riding"
    listed: ClassVar[bool] = False
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", _RIDING),)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "身子能不能跑，听产检医生的。肚子疼、见红、破水，马上停下打 120。\n"
            "单位、平台不能因为怀孕就辞退您，或终止劳动合同、服务协议（妇女权益保障法第48条）。想换活、少排班，跟站里说，聊天留好。\n"
            "被赶、被停号了我帮您登记；拿不准打 12338（妇女维权，多为上班时间）。",
            [_TICKET, ("预约医院门诊", "/book_hospital"), payload("human_handoff")],
        )
        return []


class ActionPregnancyMore(BotAction):
    """How far she is, what she signed: the law is the same, the freely taken orders are not."""

    action_name = "action_pregnancy_more"
    listed: ClassVar[bool] = False

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        say(
            dispatcher,
            "怀了几个月都一样，孕期、产假、哺乳期都受保护。专送还是众包不看名头：劳动合同、服务协议都不能因为怀孕终止（妇女权益保障法第48条）。\n"
            "众包自己抢单、没人管的，少派单算不算违法，我说不准，打 12338（妇女维权）或 12348（免费法律咨询）问。要处理，我帮您登记。",
            [_TICKET, ("我算哪一类", "/dispute/rights_consult:triage"), payload("human_handoff")],
        )
        return []
