"""昆小哥银行 in chat: the nearest outlet, a call-back, and the warning against fraud."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, ClassVar

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import readers
from bot.actions.base import BotAction, Choice, Event, Heard, clear, say
from bot.actions.finding import PAGE, FindAction
from bot.actions.form_fields import CONFIRM, SKIPPED, Field, Question, Values
from bot.actions.forms import TaskForm
from bot.actions.last_search import MORE, Where
from bot.actions.opening import When, hours_answer, state_then_zh, when_asked
from bot.actions.people import ask_to_remember
from bot.actions.places import DEMO_NOTE, address_line, address_zh, state_zh
from bot.geo.distance import distance_zh, haversine_m
from bot.knowledge.topics import payload
from bot.language import find_times
from bot.services.bank import FoundOutlet
from bot.services.errors import AlreadyExists
from bot.storage.bank import CALLBACK_TOPICS, HARBOUR_SERVICES

TOPIC_NAMES = {
    "mortgage": "住房按揭",
    "renovation_loan": "装修分期",
    "car_loan": "购车分期",
    "insurance": "专属保险",
    "mobile_banking": "手机银行、结算",
    "other": "其他",
}
HARBOUR_OF_SERVICE = {
    "rest": "seats",
    "water": "water",
    "hot_meal": "microwave",
    "charging": "charging",
    "wifi": "wifi",
    "first_aid": "first_aid",
    "rain_gear": "umbrella",
}
"""Which harbour service answers to a station service that the understanding hears."""
_OPEN = re.compile(r"(?:开|营业|上班)(?:着|门|的)?|没关门|今天")
_HOURS_OF_BANK = (
    r"^(?!.*(?:工资|欠|老板|站长|公司|款|利率|卡|(?:我|他|她|老婆|老公)在(?:建行|银行)))"
    r".{0,16}(?:建行|建设银行|银行|网点)的?(?:"
    r"[^，,。\s]{0,8}(?:现在|还|今天|明天|早上|晚上|中午|周末|周[六日]|星期[六天日]|礼拜[六天日]|过节|春节|国庆)(?:都|还|也|能|会)?"
    r"(?:开不开|上不上班|营不营业|(?:开|营业|上班|关)(?:着|门|业)*(?:[吗么没伐不]|着|的|[？?]?$))"
    r"|(?:一般|都|早上|晚上|下午|周末|周[六日]|星期[六天日])?(?:几点|啥时候|什么时候|多晚)钟?(?:开|关|上班|下班|营业)"
    r"|(?:一般|都)?(?:开|营业)到(?:几点|多晚)|(?:的)?(?:营业|上班|开门)时间)"
)
"""Whether or when an outlet is open is in its row; not a loan, "银行几点放款", nor a card that can be opened."""
_FAQ = tuple(f"bank/{topic}" for topic in CALLBACK_TOPICS if topic != "other")
_CALL_ME = (
    r"^(?!.*(?:吗|么|不会|骗|真的|假的|转账|保证金|验证码)).*"
    r"(?:回(?:个)?(?:电|话)|给我(?:打|来)(?:个)?电话|打(?:给|我电话)|联系我|登记一?下|帮我(?:登记|申请|约)|"
    r"联系(?:一下|下)?(?:你们|你)?(?:的|银行的?|建行的?)?(?:客户)?经理|"
    r"让.{0,8}(?:经理|银行|人|工作人员).{0,4}(?:联系|打|找我))"
)
FRAUD_WORDS = (
    r"(?:让|叫|要|说|得|先).{0,8}(?:转账|汇款|打款|保证金|解冻费|刷流水|验证码|安全账户|银行卡密码|屏幕共享)"
    r"|(?:转账|汇款|保证金|解冻费|验证码|安全账户|流水费).{0,12}(?:骗|真的|靠谱|才能|先交|发给|给他|给我说|要不要)"
    r"|(?:短信|链接|网址).{0,12}(?:积分|到期|冻结|点|链接|网址)|(?:点|打开).{0,4}(?:链接|网址)"
    r"|刷单|冒充.{0,4}(?:银行|客服)|(?:卡号|密码|验证码)(?:是|为|：|:)?\s*\d{3,}"
)
ASKED_FOR_MONEY = (
    r"^(?!.*(?:站长|老板|公司|平台|站点|工资)).*(?:让|叫|要|说)(?:我|俺)?"
    r".{0,6}(?:转账|汇款|交?保证金|解冻费|刷流水|验证码|安全账户|共享屏幕|屏幕共享"
    r"|(?:银行)?卡(?:片)?(?:和密码)?(?:寄|邮|借|交|给(?:他|她|人)))"
    r"|^(?:这|那|他|他们)?(?:是|是不是|会不会是|怕是|怕不是)(?:个)?(?:骗子|诈骗|骗人的?|骗局)[吧吗啊呢]*[？?]?$"
)
"""Said wherever, it is a fraud going on; an employer who wants a deposit is a dispute."""
ALREADY_PAID = (
    r"(?:已经|刚刚?|都|我)(?:给(?:他|人家|对方)?)?(?:转|汇|打)(?:了|过去|给(?:他|人家|对方)).{0,10}(?:咋办|怎么办|咋整|被骗|骗)"
    r"|被骗了?.{0,6}(?:钱|元|块|千|万)|(?:是不是)?(?:遇到|碰到)?(?:诈骗|骗子)了?.{0,4}(?:咋办|怎么办)"
)
_SENT_ALREADY = re.compile(
    r"(?:已经|刚刚?|都)(?:给(?:他|她|人家|对方|了)*)?(?:转|汇|打|付|交|给|说|告诉|发)(?:了|过去|给|完).{0,8}(?:\d|钱|块|万|千|百|验证码|密码|卡号)"
    r"|(?:验证码|密码|卡号|钱).{0,4}(?:给|发|告诉|转|汇|说)(?:出去)?(?:他|她|人家|对方|过去)*了"
)
_MOBILE = r"1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"
# 16 to 19 digits in one, in fours, or in other groups; not the tail of a ticket number with a phone behind it, not a sum
# beside a phone ("20000 139…")
CARD_NUMBER = (
    r"(?<!\d)(?<!\d-)(?:\d{16,19}|\d{4}(?:[ -]\d{4}){3}(?:[ -]\d{1,3})?"
    rf"|(?<!\d )(?!(?:\d{{1,8}}[ -]){{0,5}}{_MOBILE})\d(?:[ -]?\d){{15,18}})(?!\d)"
)


class ActionFindBank(FindAction):
    action_name = "action_find_bank"
    topic = "find_bank"
    noun = "建行网点"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (("", _HOURS_OF_BANK),)
    narrowing = (
        "|".join(HARBOUR_SERVICES.values())
        + r"|轮椅|充电|微波炉|热饭|(?:能|有|可以|要).{0,6}(?:坐|歇|喝.?水)|(?:现在|还|周末)?(?:开着|开门|营业|开)的"
    )

    def before_asking(self, wanted: dict[str, Any]) -> str:
        return "各网点时间不一样。" if wanted.get("open") or wanted.get("days") else ""

    def read_wanted(self, heard: Heard, before: dict[str, Any]) -> dict[str, Any]:
        if heard.do == "open":
            return before | When(heard.now).kept()
        said = (HARBOUR_OF_SERVICE.get(str(one.get("value"))) for one in heard.all("service"))
        services = list(dict.fromkeys(each for each in said if each))
        services += [code for code, name in HARBOUR_SERVICES.items() if name in heard.text and code not in services]
        wanted = {"services": services} if services else {}
        when = when_asked(heard.text, heard.now) if _OPEN.search(heard.text) else None
        return wanted | (when.kept() if when else {})

    async def page(
        self, dispatcher: CollectingDispatcher, heard: Heard, where: Where, wanted: dict[str, Any], skip: int
    ) -> Sequence[str]:
        find = self.services.bank.nearest
        services = tuple(wanted.get("services") or ())
        when = When.of(wanted)
        opened = ("现在开着的" if when.is_now(heard.now) else f"{when.said(heard.now)}开的") if when else ""
        page = await find(
            where.point,
            services=services,
            open_at=when.at if when else None,
            open_on=when.days if when else (),
            district=where.district,
            limit=PAGE,
            skip=skip,
        )
        asked = "有" + "、".join(HARBOUR_SERVICES[each] for each in services) + "的" if services else ""
        head = f"{where.near}{opened or '最近的'}{asked}建行网点："
        if not page.items and not skip:
            page = await find(where.point, services=services, limit=PAGE)
            why = f"没查到{'肯定' if opened else ''}{opened}{asked}建行网点"
            head = f"{where.near}{why}，最近的是：" if page.items else f"{why}。"
        if not page.items:
            text = "没有更多网点了。" if skip else head
            say(dispatcher, text, [payload("find_bank"), payload("bank/harbor")])
            return ()
        lines = [head, *(_entry(number, one, heard, services, when) for number, one in enumerate(page.items, 1))]
        if any(one.outlet.demo for one in page.items):
            lines.append(DEMO_NOTE)
        choices = self.pointing(len(page.items))
        if page.more:
            choices.append(("还有别的吗", f"/{self.topic}:{MORE}"))
        choices += [("让银行给我回电", "/bank/what_is:call"), payload("bank/harbor")]
        links = [
            {"title": f"{number}. {one.outlet.name}", "url": one.outlet.map_link}
            for number, one in enumerate(page.items, 1)
            if one.outlet.map_link
        ]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)
        return [one.outlet.code for one in page.items]

    async def opening(self, code: str, when: When | None, heard: Heard) -> tuple[str, str, bool] | None:
        outlet = next((one for one in await self.services.bank.all() if one.code == code), None)
        return (outlet.name, hours_answer(outlet.hours, when, heard), outlet.demo) if outlet else None

    async def detail(self, dispatcher: CollectingDispatcher, heard: Heard, code: str, where: Where | None) -> None:
        outlet = next((one for one in await self.services.bank.all() if one.code == code), None)
        if outlet is None:
            say(dispatcher, "这个网点查不到了，换一个吧。", [payload("find_bank")])
            return
        is_open = outlet.hours.open_at(heard.now)
        away = ""
        if where is not None and outlet.lng is not None and outlet.lat is not None:
            metres = haversine_m(*where.point, outlet.lng, outlet.lat)
            away = f"，离{'您' if where.here else where.label}{distance_zh(metres)}（直线）"
        lines = [
            outlet.name + away,
            address_line(outlet.address),
            f"时间：{state_zh(outlet.hours, is_open, heard)}"
            + (f"（{outlet.hours.text}）" if is_open is not None else ""),
            "劳动者港湾：" + ("、".join(outlet.service_names) or "有哪些以网点为准"),
        ]
        if outlet.map_link:
            lines.append("点下面的链接打开地图导航。")
        if outlet.demo:
            lines.append(DEMO_NOTE)
        links = [{"title": f"地图：{outlet.name}", "url": outlet.map_link}] if outlet.map_link else []
        choices = [("还有别的吗", f"/{self.topic}:{MORE}"), ("让银行给我回电", "/bank/what_is:call")]
        say(dispatcher, "\n".join(lines), choices, custom={"links": links} if links else None)


def _entry(number: int, one: FoundOutlet, heard: Heard, asked: Sequence[str], when: When | None) -> str:
    outlet = one.outlet
    first = [HARBOUR_SERVICES[each] for each in asked]
    services = "、".join([*first, *(name for name in outlet.service_names if name not in first)][:4])
    return (
        f"{number}. {outlet.name}（{distance_zh(one.metres)}）\n"
        f"{state_then_zh(outlet.hours, when, one.open, heard)}｜{services}\n"
        f"{address_zh(outlet.address)}"
    )


class ActionFraudWarning(BotAction):
    """Someone is asked for money, codes or cards, or sends them: stop first, everything else later."""

    action_name = "action_fraud_warning"
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, FRAUD_WORDS) for topic in (*_FAQ, "bank/what_is", "bank/harbor", "find_bank")),
        *((topic, FRAUD_WORDS) for topic in ("out_of_scope", "inform", "chitchat", "human_handoff")),
        ("", CARD_NUMBER),
        ("", ALREADY_PAID),
    )
    anywhere: ClassVar[tuple[str, ...]] = (CARD_NUMBER, ASKED_FOR_MONEY)

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        sent = re.search(CARD_NUMBER, heard.text) or re.search(r"验证码\D{0,4}\d{3,}|密码\D{0,4}\d{3,}", heard.text)
        if re.search(ALREADY_PAID, heard.text) or _SENT_ALREADY.search(heard.text):
            say(
                dispatcher,
                "马上打 110 报警，再给您的银行打电话挂失止付，越快越好。\n"
                "转账记录、对方账号和电话、聊天都留着，给警察看。后面谁再要钱、要验证码，都别给。",
                [("让人工帮我", "/human_handoff"), payload("find_bank")],
            )
            return []
        first = (
            "卡号、密码、验证码别发给任何人，也别发给我，我这里不需要也不保存。"
            if sent
            else "先别转钱，验证码、密码、卡号谁要都别给。"
        )
        say(
            dispatcher,
            f"{first}\n要先交保证金、解冻费、刷流水，或者要验证码的，都是诈骗的样子。\n"
            "已经转了钱，马上打 110 报警，再给您的银行打电话挂失止付。\n"
            "真要办业务，自己去建行网点，或者用官方手机银行。",
            [payload("find_bank"), ("让银行给我回电", "/bank/what_is:call"), payload("human_handoff")],
        )
        return []


# -- a call from the bank ----------------------------------------------------------------------------------


def read_callback_topic(heard: Heard) -> str | None:
    """Which product, by button, by the question it was asked under, or by words."""
    if heard.do in TOPIC_NAMES:
        return heard.do
    about = str(heard.metadata.get("about") or "").removeprefix("bank/")
    if about in TOPIC_NAMES:
        return about
    words = {
        "mortgage": "房贷|按揭|买房",
        "renovation_loan": "装修",
        "car_loan": "车贷|买车|购车",
        "insurance": "保险",
        "mobile_banking": "手机银行|网银|结算|工资卡",
    }
    return next((topic for topic, pattern in words.items() if re.search(pattern, heard.text)), None)


_OTHER_WISH = re.compile(r"(?:改成|改到|改为|换成|换到|应该是)\s*(.{1,20}?)(?:打|回电)?(?:给我)?[吧了呗]?$")


def _other_wish(heard: Heard) -> str | None:
    """ "改成晚上": another time for the call."""
    found = _OTHER_WISH.search(heard.text.strip())
    return found[1] if found and find_times(found[1], heard.now) else None


class CallbackForm(TaskForm):
    form: ClassVar[str] = "callback_form"
    start_topic: ClassVar[str] = "inform"
    buttons: ClassVar[frozenset[tuple[str, str]]] = frozenset(
        (topic, "call") for topic in (*_FAQ, "bank/what_is", "bank/harbor")
    )
    phrases: ClassVar[tuple[tuple[str, str], ...]] = (
        *((topic, _CALL_ME) for topic in (*_FAQ, "bank/what_is")),
        ("book_hospital", r"(?:客户)?经理|银行|建行|贷款"),
        ("human_handoff", r"(?:客户经理|银行|建行|贷款|房贷|车贷).{0,10}(?:回|打|联系)"),
    )
    topics: ClassVar[frozenset[str]] = frozenset({"reschedule_booking"})
    title: ClassVar[str] = "银行回电登记"
    confirm_title: ClassVar[str] = "登记这些给建行："

    @classmethod
    def all_fields(cls) -> tuple[Field, ...]:
        return (
            Field(
                "callback_topic",
                "想问",
                lambda v: Question(
                    "想问哪方面？", tuple((name, f"/inform:{key}") for key, name in TOPIC_NAMES.items())
                ),
                read_callback_topic,
                lambda h: read_callback_topic(h) or ("other" if readers.ANYTHING_ELSE.search(h.text) else None),
                show=lambda key: TOPIC_NAMES.get(str(key), "其他"),
            ),
            Field(
                "callback_phone",
                "手机",
                lambda v: Question("留个手机号，银行好打给您。"),
                readers.phone,
                readers.phone_asked,
                show=readers.show_phone,
            ),
            Field(
                "callback_wish",
                "什么时候打",
                lambda v: Question("什么时候打给您方便？比如“下午三点后”，都行就说都行。", (("都行", "/inform:any"),)),
                lambda h: "都行" if h.do == "any" else _other_wish(h),
                lambda h: "都行" if h.do == "any" else None if h.text.startswith("/") else readers.free_text(60)(h),
                optional=True,
                free_text=True,
            ),
        )

    async def prepare(self, tracker: Tracker, heard: Heard, values: Values) -> Values:
        person = await self.services.people.get(await self.person_id(tracker))
        return {"callback_phone": person.phone if person and person.consent_at else None}

    def confirm_note(self, values: Values) -> str:
        return "银行不会在电话里要验证码、密码，也不会让您先转钱。"


class ActionSubmitCallback(BotAction):
    action_name = "action_submit_callback"

    async def act(self, dispatcher: CollectingDispatcher, tracker: Tracker, heard: Heard) -> list[Event]:
        given = {field.name: tracker.get_slot(field.name) for field in CallbackForm.all_fields()}
        events: list[Event] = clear(*given, CONFIRM)
        if not tracker.get_slot(CONFIRM):
            return events
        wish = given["callback_wish"]
        choices: list[Choice] = [payload("find_bank"), ("看我登记的", "/leave_suggestion:mine")]
        person = await self.person_id(tracker)
        try:
            row = await self.services.bank.request_callback(
                person_id=person,
                topic=str(given["callback_topic"]),
                phone=str(given["callback_phone"]),
                wish=None if wish == SKIPPED else wish,
                key=heard.key,
            )
        except AlreadyExists as earlier:
            number = earlier.existing.number
            say(dispatcher, f"这一项您登记过了，编号 {number}，银行还没回，不用再登记。", choices)
            return events
        say(
            dispatcher,
            f"登记好了，编号 {row.number}。多久回电没有公布，能不能办、利率多少都以建行为准。\n"
            "凡是来电要验证码、密码、先转钱的，都别信。",
            choices,
        )
        return [*events, *(await ask_to_remember(self, dispatcher, tracker, person, row.phone))]
