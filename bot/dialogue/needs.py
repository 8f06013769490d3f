"""A need said without the thing that meets it: "手机快没电了 在兵希", "骑车渴死了", "半夜花桥哪里有开门的"."""

from __future__ import annotations

import re
from typing import Any

from rasa.shared.core.trackers import DialogueStateTracker

from bot.dialogue.turn import Parse, Turn, is_weak, with_topic
from bot.language import normalise

_PHONE_EMPTY = re.compile(
    r"(?:手机|电话|充电宝).{0,4}(?:没|缺|剩|不到|只有|低).{0,7}电(?!话)|(?:手机|电话).{0,4}(?:关机|电量)|^(?:快|要|马上|都|就)*没电了[快要]?"
)
_BIKE_EMPTY = re.compile(
    r"(?:电瓶|电动|电驴|小电|骑的|我的?|(?<![火停堵汽卡货]))(?:车|驴)(?:子|里|也|都)?(?:快|要|马上|又)?没.?电(?!话|梯|影|脑)|电(?:瓶|池)(?:快|要|也)?没电"
)
_THIRSTY = re.compile(
    r"渴(?:死|得|坏|了|疯)|[口好太很真]渴|嗓子.{0,3}(?:冒烟|干)|想喝(?:口|点|杯)?(?:热|凉|冰)?水|没水喝"
)
_TOILET = re.compile(
    r"[尿内]急|憋(?:不住|死|坏).{0,6}(?:厕|尿)|(?:厕|尿).{0,6}憋|想(?:上|找)(?:个)?(?:厕所|卫生间|洗手间)|憋尿"
)
_COLD_MEAL = re.compile(r"(?:饭|盒饭|便当|带的菜)(?:都|全|已经)*(?:凉|冷)(?:了|透)")
_OPEN_SOMEWHERE = re.compile(
    r"(?:哪里|哪儿|哪个?|哪有|有没有|啥地方|什么地方|附近|还有).{0,6}(?:开门的?|开着的?|没关门的?|通宵的?|整夜的?|24小时的?|能进去?的?)"
    r"|有.{0,3}(?:开着|开门|没关门)的?(?:[吗么没不伐呢]|地方|驿站|站点?|$)"
    r"|(?:有|哪).{0,4}(?:能|可以|好)(?:待|歇|坐|进去|躺|躲|避雨?)(?:着|会儿?|一会儿?|坐)?的?(?:地方|[吗么没不伐呢]|$)"
)
# somebody else's phone, a wrong done, another shop: no place to rest is looked for
_OTHER = re.compile(
    r"他|她|对方|徒弟|师[父傅]|朋友|同事|兄弟|家里人|打不通|联系不上|两癌|检查|体检|空腹|(?<!便利)店|站长|老板|客户|顾客|孩子|老公|老婆|对象|工资|扣|罚|超时|投诉|封号|赔|欠|拖欠|被偷|爆炸|着火|冒烟|修"
    r"|先下|先不|下次|回头|气人|药|医院|门诊|网吧|饭店|餐馆|宾馆|酒店|旅馆|加油|理发|银行|建行|窗口|法院|派出所|学|课|泊位|蓝窗|图书馆"
)
_MACHINE = re.compile(r"机器|[料品饮]机|这台|那台")
_HEARD_AS = frozenset({"inform", "deny", "nlu_fallback", "chitchat", "out_of_scope", "find_station", "find_drinks"})


def needs_of_rider(
    text: str, parse: Parse, metadata: dict[str, Any], tracker: DialogueStateTracker | None
) -> Turn | None:
    """The search that meets the need, when the words alone say no matter of their own."""
    topic = str(parse.get("topic"))
    if text.startswith("/") or (tracker is not None and tracker.active_loop_name) or len(text) > 40:
        return None
    unsure = parse.get("decision") in ("ambiguous", "unsure") and not topic.startswith(("dispute", "open_"))
    if not (topic in _HEARD_AS or is_weak(parse) or unsure):
        return None
    entities = list(parse.get("entities") or [])
    folded = normalise(text).text
    if (
        len(parse.get("matters") or ()) > 1
        or _OTHER.search(folded)
        or any(e.get("entity") == "amount" for e in entities)
    ):
        return None
    if _THIRSTY.search(folded) and not _MACHINE.search(folded):
        return Turn(text, with_topic(parse, "find_drinks"), metadata)
    for words, service in (
        (_PHONE_EMPTY, "charging"),
        (_BIKE_EMPTY, "battery_swap"),
        (_TOILET, "toilet"),
        (_COLD_MEAL, "hot_meal"),
    ):
        if words.search(folded):
            others = [e for e in entities if e.get("entity") != "service"]
            need = {"entity": "service", "value": service, "extractor": "need"}
            return Turn(text, with_topic({**parse, "entities": [*others, need]}, "find_station"), metadata)
    somewhere = any(e.get("entity") == "place" for e in entities) and _OPEN_SOMEWHERE.search(folded)
    return Turn(text, with_topic(parse, "find_station"), metadata) if somewhere else None
