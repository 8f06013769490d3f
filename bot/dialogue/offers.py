"""What the last reply offered, and whether a message takes it up: "要我记住吗？" "好"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bot.actions.general import MENU, NONE_OF_THESE
from bot.actions.people import REMEMBER
from bot.actions.wording import CORRECTION, asks, is_yes
from bot.language import find_numbers, normalise, read_yes_no

Choice = dict[str, Any]

# choices that stand beside an offer without being another answer to its question
_BESIDE = re.compile(r"^/(?:help|stop|deny|human_handoff|inform:do_not_remember|dispute_status)$")
_NO = re.compile(r"^/(?:stop|deny|inform:do_not_remember)$")
_NTH = re.compile(r"(?:选|要|就)?第?([一二三四五六1-6])(?:个|项|号|条)?(?:吧|呗)?")
_MANNER = (
    r"(?:那|好|行|嗯|就|你|您|请|麻烦|可以|能|直接|现在|你们|我要|我想要?|我|帮我|给我|帮忙|替我|先"
    r"|[\s，,]|[让叫](?:他们|银行|建行|(?:客户)?经理|工作人员|人))*"
)
_TAIL = r"(?:一下子?|一个|个|下|吧|呗|啊|了|的|嘛|吗|[?？!！。~])*"
# an order without an object → what the title of the button says that it means
_ORDERS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(f"{_MANNER}(?:{order}){_TAIL}"), re.compile(title))
    for order, title in (
        ("登记通知|登记|报名|报个名|报一个名?|报上|申请|参加|报", "登记|报名|申请|备料清单|^我要加入"),
        ("预约|约|约上|约号|挂号", "^(?!查|取消|改|撤|看)(?!.*(?:怎么|咋)).*约"),
        ("领|领取|领一份", "领"),
        ("(?:单独|另外|分开|另|重新)(?:再)?(?:登记|登|报|开|弄|办|记|算|立)?(?:一(?:件|个|条|张))?", "^另外登记"),
        ("(?:就)?(?:补|加|写|并|放)(?:进去|进|上|一起|到一起)(?:这个)?(?:工单|里面?)?", "^补进"),
        (
            "打(?:个)?电话|打(?:给|我)(?:我|电话|我电话)|回(?:个)?电话?|(?<=给我)(?:个)?电话|来(?:个)?电话?|联系我?",
            "回电|电话",
        ),
        ("举报", "举报"),
        ("告(?:他们?|公司|老板|站长)?(?:不|去)?|起诉", "登记我的纠纷|现在就登记"),
        ("(?:算了|还是)*(?:取消|退号|退掉|不去了)", "^取消预约|^取消"),
        ("改(?:时间|个时间|期|一改|约)", "^改时间|^改约"),
        ("算(?!了)|算算|算一算", "算"),
    )
)

# "我在周市 给找一个" under an answer that offers to look for it
_FIND = re.compile(rf"(?:我(?:人)?(?:现在)?在[^\s，,]{{2,8}}[\s，,]*)?{_MANNER}(?:就近|附近|给|帮)*找{_TAIL}")
_BEGINS = re.compile(r"登记|报名|申请|预约")
_ORDERS_IT = re.compile(r"登记|报|申请|约|参加")


MENU_TITLES = frozenset(title for title, _ in MENU)


def is_menu(last: Any) -> bool:
    """Whether the last reply showed the menu, which stands for nothing that was talked about."""
    return {str(choice["title"]) for choice in _choices(last)} >= MENU_TITLES


def offered(messages: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What to keep of a reply: the choices of its last message, and whether that message asks."""
    last = messages[-1] if messages else {}
    return {
        "choices": [dict(choice) for choice in last.get("buttons") or []],
        "asks": bool(last.get("ask")) or bool(re.search(r"[吗么？?]\W*$", str(last.get("text") or ""))),
    }


def told(last: Any, payload: str | None) -> dict[str, Any] | None:
    """The message that was not understood ({text, entities}), when this is one of the topics it was asked to be."""
    offer = last.get("offer") if isinstance(last, dict) else None
    unclear = offer.get("of") if isinstance(offer, dict) else None
    if not isinstance(unclear, dict) or payload is None or not re.fullmatch(r"/[a-z_/]+", payload):
        return None
    asked = [str(choice["payload"]) for choice in _choices(last) if choice["title"] != NONE_OF_THESE[0]]
    return unclear if payload in asked else None


def accepted(last: Any, topic: str, text: str) -> str | None:
    """The payload behind a plain yes or no to the question of the last reply; None when it asked none."""
    choices = _choices(last)
    if not choices or not last["offer"]["asks"] or text.startswith("/"):
        return None
    if is_bare_order(text) and ordered(last, text):
        return None  # "登记" names one of the choices: no yes to the first
    yes = str(choices[0]["title"])
    verdict = _verdict(normalise(text).text.strip(), topic, yes)
    plain = read_yes_no(text)
    if verdict is True and plain is None and (asks(text) or (choices[0]["payload"] == REMEMBER and not _agrees(text))):
        return None  # a question; "他还给我了" under "要我记住吗？"
    if verdict is False and plain is None and CORRECTION.search(text):
        return None  # "写错了 是周三", "不是美团 是顺丰": of what was done, no answer to the question
    if verdict is True and last["offer"].get("of"):
        return str(choices[0]["payload"])  # the message at hand is meant for the first
    if verdict is True and choices[-1]["payload"] == NONE_OF_THESE[1] and choices[-1]["title"] == NONE_OF_THESE[0]:
        return str(choices[0]["payload"])  # "是这个吗？": the likeliest stands first
    if verdict is True and all(_BESIDE.match(str(choice["payload"])) for choice in choices[1:]):
        return str(choices[0]["payload"])
    if verdict is False:
        return next((str(choice["payload"]) for choice in choices if _NO.match(str(choice["payload"]))), None)
    return None


def _agrees(text: str) -> bool:
    """What is kept of a person is kept by plain words only."""
    return is_yes(text) or bool(re.search(r"(?<![不别没])记(?!错|录)|(?:^|[\s，,])(?:好|行|可以|嗯|要|存)", text))


def _verdict(text: str, topic: str, yes: str) -> bool | None:
    """Yes, no, or neither; "取消" means yes where the first choice is "确定取消"."""
    if re.fullmatch(r"取消[吧了呗]*", text):
        return "取消" in yes
    if "撤" in text and "撤" not in yes:
        return None  # "先别撤" under "要我记住吗？" is about the ticket
    if topic == "stop":
        return False if re.fullmatch(r"(?:算了|不用|不办|不要|先不|不弄)[吧了啊办要用]*", text) else None
    return {"affirm": True, "deny": False}.get(topic, read_yes_no(text))


def ordered(last: Any, text: str) -> str | None:
    """The choice that "第二个" or "帮我登记" means."""
    choices = _choices(last)
    folded = normalise(text).text.strip()
    if choices and last["offer"]["asks"] and _NTH.fullmatch(folded):
        return nth_choice(last, text)
    if _FIND.fullmatch(folded):
        return next((str(c["payload"]) for c in choices if str(c["title"]).startswith("找")), None)
    for order, title in _ORDERS:
        if order.fullmatch(folded):
            return _titled(choices, folded, title)
    return None


def nth_choice(last: Any, text: str) -> str | None:
    """The choice of the last reply that "第二个" names."""
    choices = _choices(last)
    nth = _NTH.fullmatch(normalise(text).text.strip())
    number = int(find_numbers(nth[1])[0].low) if nth else 0
    return str(choices[number - 1]["payload"]) if 1 <= number <= len(choices) else None


def _titled(choices: list[Choice], folded: str, title: re.Pattern[str]) -> str | None:
    """Of the choices that fit an order the one with its own word in the title ("申请" → 申请法律援助), else the first;
    where none fits, the only one that begins anything.
    """
    fitting = [choice for choice in choices if title.search(str(choice["title"]))]
    own = [c for c in fitting for word in _BEGINS.findall(folded) if word in str(c["title"])]
    if own or fitting:
        return str((own or fitting)[0]["payload"])
    begins = [choice for choice in choices if _BEGINS.match(str(choice["title"]))]
    return str(begins[0]["payload"]) if len(begins) == 1 and _ORDERS_IT.search(folded) else None


def is_bare_order(text: str) -> bool:
    """ "我想参加": an order that says nothing of what."""
    folded = normalise(text).text.strip(" ，,。.!！")
    return any(order.fullmatch(folded) for order, _ in _ORDERS)


def _choices(last: Any) -> list[Choice]:
    offer = last.get("offer") if isinstance(last, dict) else None
    return list(offer.get("choices") or []) if isinstance(offer, dict) else []
