"""A body that needs 120 first, told beside the wish for a place to rest or a visit to the doctor.

The topic model hears the wish ("我在周市 帮我找个歇的地方") and not the foot that was run over. Pure; over folded texts.
"""

from __future__ import annotations

import re
from typing import Any

from bot.dialogue.danger_words import folded
from bot.dialogue.turn import Parse, with_topic

_LIMB = "脚|脚踝|脚背|腿|小腿|大腿|胳膊|手臂|手腕|腰|膝盖|骨头|锁骨|肋骨|髋|胯|背"
_HIT = "压|轧|碾|砸|撞|摔|扭|崴|夹|卡"
_DISABLED = "走不了|走不动|不能走|没法走|动不了|不能动|不敢动|站不起来|站不住|起不来|迈不开|抬不起来|疼得(?:走|站|动)不"
_LAMED = re.compile(
    f"(?:{_LIMB})[^，]{{0,4}}(?:{_HIT})[^，]{{0,3}}了?[^，]{{0,3}}，?[^，]{{0,6}}(?:{_DISABLED})|(?:{_LIMB})[^，]{{0,3}}(?:{_HIT})(?:断|折|骨折)了?|"
    f"(?:{_HIT})(?:了|到|着|断|伤)(?:了)?我?的?(?:{_LIMB})[^，]{{0,3}}，?[^，]{{0,6}}(?:{_DISABLED})|(?:{_HIT})断(?:了)?(?:我的?)?(?:{_LIMB})"
)
_HEAD = "头|脑袋|后脑勺?|脑壳|额头|头部"
_HEAD_HIT = re.compile(
    f"(?:摔|撞|磕|砸|碰|打)(?:了|到|着|伤|破)(?:了)?(?:我的?|一下)?(?:{_HEAD})(?!盔|像|条|发)|(?:{_HEAD})(?!盔|像|条|发)[^，]{{0,4}}(?:摔|撞|磕|砸|碰)(?:了|到|着|伤|一下)"
)
_BRAIN = re.compile(
    "想吐(?!槽)|(?:一直|老|总|老是|不停|又|还|今天|直|开始|都)吐(?!槽|口|苦|字)|吐了(?!槽|口水)|恶心|呕吐?|迷糊|犯迷|看不清|看东西[^，]{0,3}(?:重|花|糊)|昏沉|嗜睡|"
    "叫不醒|记不清|说不清话|走路(?:不稳|飘|晃)|(?:流|出)鼻血|耳朵[^，]{0,3}(?:流|出)(?:血|水)"
)
_DIZZY = re.compile("头(?:好|很|有点|一直|还|老是?|越来越|特别|也|就)?[晕昏疼痛]|晕得|脑袋(?:疼|痛|晕)")
_FELL = re.compile("撞(?!见|单|期|衫|钟|上班|上点)|摔(?!手机|坏|东西|单|餐|了餐)|车祸|追尾|跌|磕")
_ILL = re.compile("头[疼痛晕昏]")
_PAST = re.compile(
    "去年|前年|上个?月|上(?:周|星期|礼拜)|(?:[几两三四五六七八九十半]|\\d{1,3})个?(?:月|年|周|星期|礼拜)(?:以)?前|小时候|以前|当年|那年|那次|"
    "好了|好多了|养好|出院|住院|拆石膏|拆线|康复|复查|复诊|恢复|看过(?:了|医生)|拍(?:过|了)片|检查过"
)
_NOT_TOLD = re.compile(
    "没(?:有)?(?:摔|撞|伤|断|压|磕|吐)|不(?:疼|晕|吐)了|如果|要是|万一|假如|怕|会不会|算不算|认定|赔|怎么处理|课|培训|急救知识|怎么办理|保险|"
    "(?:客户|商家|顾客|平台|站长|老板|系统|算法)[^，]{0,6}(?:想吐|恶心|恶心人)|恶心(?:人|的)|手机|屏|餐|汤|货|件"
)
_CHEST = re.compile(
    "(?:胸口?|心口|心脏|前胸|左胸|心窝)(?:一直|老是?|有点|有些|总是?|最近|这几天|好|很|特别|就|还|又|突然){0,2}(?:疼|痛|闷|绞|发紧|紧|发慌|难受|不舒服|刺)|"
    "(?:^|，|我|有点|老是?|总是?|突然)心(?:慌|悸|绞痛)(?!慌地?跑)|喘不(?:上|过)来?气|(?:胸|心)[^，]{0,2}(?:憋|堵)(?:得慌|气)"
)
_NOT_CHEST = re.compile("没钱|催|罚|扣|债|网贷|工资|怕迟到|怕扣|怕超时|站长|老板|单子")
CHEST_FIRST = (
    "先说要紧的：胸闷、胸口疼、心慌，要是正疼着、出冷汗、喘不上气，或者越来越重，别等门诊，坐下别动，马上打 120。"
)

HEARD_AS = frozenset(
    {
        *("find_station", "find_drinks", "find_bank", "station/services", "station/hours", "station/eligibility"),
        *("book_hospital", "hospital/outpatient_channel", "hospital/location", "chitchat", "bot_feedback", "inform"),
        *("nlu_fallback", "out_of_scope", "goodbye", "greet", "human_handoff", "open_dispute"),
    }
)
"""Topics beside which a hurt is easily overheard."""
_BOOKS = frozenset({"book_hospital", "hospital/outpatient_channel"})


def with_chest_first(text: str, parse: Parse, metadata: dict[str, Any]) -> tuple[Parse, dict[str, Any]]:
    """(parse, metadata) of a booking that names the chest: what must be said first, then the booking."""
    topic = str(parse.get("topic"))
    if topic not in _BOOKS or "约" not in text or text.startswith("/") or not names_chest(text):
        return parse, metadata
    booking = parse if topic == "book_hospital" else with_topic(parse, "book_hospital")
    return booking, {**metadata, "first": CHEST_FIRST}


def is_hurt(text: str, topic: str) -> bool:
    """A limb broken or crushed that does not carry, or a head that was hit and now vomits or swims.

    Where a claim is heard ("摔断了腿，平台说不管") only the head counts: the limb was hurt at some time.
    """
    if topic not in HEARD_AS:
        return False
    said = folded(text)
    if _PAST.search(said) or _NOT_TOLD.search(said):
        return False
    if topic != "open_dispute" and _LAMED.search(said):
        return True
    if _HEAD_HIT.search(said) and (_BRAIN.search(said) or _DIZZY.search(said)):
        return True
    return bool(_FELL.search(said) and _ILL.search(said) and _BRAIN.search(said))


def names_chest(text: str) -> bool:
    """A chest or a heart that is not well, told when a visit is booked."""
    said = folded(text)
    return bool(_CHEST.search(said)) and not _PAST.search(said) and not _NOT_CHEST.search(said) and "怕" not in said
