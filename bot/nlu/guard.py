"""Is someone hurt now, or thinking of death? Decided apart from every other topic, tuned for recall.

Two things speak: words that leave no doubt, unless they stand in a calm look-alike (累死了, 手机死机,
急诊绿色通道怎么走), and the topic model's own machines for `emergency` and `crisis`, whose raw scores do not
compete with the other topics for a share of probability. Pure; the Rasa component is :mod:`bot.nlu.safety`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.language.normalise import normalise

Safety = Literal["emergency", "crisis"]

_CRISIS = re.compile(
    "(?:不|勿|唔|莫得|没)(?:怎么|太|大|是很)?想(?:再)?(?:活|過|苟活)(?!动|络|跃|儿|计|在[这那])|活(?:着)?(?:没|冇|莫得|没得|没啥|没什么|没有)(?:意思|"
    "意义|劲|盼头|念想)|(?:不如|还不如|干脆|想|要|去|就)(?:死|寻死)(?:了|掉|了算了|算了|了之|了干净)|想(?:去)?死(?![你我他她它机循党])|寻短见|寻死|轻生|"
    "自[杀殺尽盡残殘](?!率|式)|(?:想|要|准备|打算|真想)(?:从.{0,8})?(?:跳|往下跳)(?:楼|河|江|桥|下去)|跳下去(?:就|算|一了)|"
    "遗书|遺書|一了百了|割(?:了)?腕|结束(?:自己|我)?(?:的)?(?:生命|这一生|这条命)|了结(?:自己|这条命|我)|"
    "(?:喝|吃)(?:了)?(?:一?瓶|一把)?(?:农药|百草枯|敌敌畏|安眠药|老鼠药)|烧炭(?:自)?|(?:不想|勿想)(?:在)?(?:这|这个)世(?:上|界)|"
    "(?:想|找|买|备)(?:了|好)?(?:一?根|一?条)绳子|绳子(?:都)?(?:买|备|准备)好|炭(?:都|也)?(?:买|备|准备)好|(?:安眠)?药(?:都|也)?(?:攒|买|备)(?:好|够)|"
    "(?:爬|站|坐)(?:上|在|到)(?:了)?(?:天台|楼顶|桥栏|窗台)|拧开(?:了)?煤气|活够了|活腻了|死了(?:算了|一了|就解脱|拉倒|干净)|下辈子再|永别了|来世再见|解脱了?吧"
)
_NOT_CRISIS = re.compile(
    "不想活动|不想活跃|想死你|想死我了|笑死|累死|热死|冷死|饿死|困死|气死|烦死|急死|渴死|忙死|冻死|晒死|堵死|贵死|丑死|死机|死循环|死党|死心|自残行为"
)
_HURT = (
    "没(?:了)?呼吸|没(?:了)?心跳|心跳(?:停|没)|呼吸(?:停|不了|困难)|喘不(?:上|过)来?气|心脏骤停|心梗|脑梗|中风了|"
    "(?:晕|昏)(?:倒|过去|死过去|迷)(?:了|在)?|昏迷(?:不醒)?|不省人事|叫不(?:醒|应)|口吐白沫|抽搐|抽筋倒地|"
    "(?:血流不止|止不住血|大出血|血止不住|(?:流|出|都是|全是|一直流|好多|满[头脸地身]|喷)血)|"
    "(?:腿|胳膊|手|骨头|锁骨|肋骨)(?:好像)?(?:摔|撞|压|砸)?断了|(?:爬|站|坐)不起来|动弹?不了|动不了了|"
    "休克|触电了|溺水|掉(?:河|水)里了|煤气中毒|被困|冻僵|(?:压|撞|砸)(?:到|着|倒)(?:了)?(?:个)?人|中暑(?:了|晕倒|倒)|热射病|卡住喉咙|噎住了"
)
_EMERGENCY = re.compile(
    f"救命啊|救人啊|快来人|(?:快|赶紧|赶快|立刻|马上|帮我|帮忙)(?:点|些)?(?:打|叫|喊|派)(?:个|一下|下)?(?:120|救护车|急救)|{_HURT}"
)
# Talk of courses, rules, the past or what if: the words are there, the need is not.
_CALM = re.compile(
    "培训|学急救|教(?:不教|急救)|课程|讲座|演练|绿色通道|绿通|急诊通道|规则|规定|流程|怎么报|报销|赔|工伤|保险|"
    "如果|要是|万一|假如|以后|将来|平时|(?:上个?月|上周|上礼拜|去年|前年|前阵子|那次|那天|之前|以前|前几天|早就).{0,20}|"
    "好了|出院|住院|算不算|认定|投诉|仲裁|欠|公司不管|站点不管|站里不管|体检|健康证|电影|小说|游戏|比喻"
)


@dataclass(frozen=True)
class Thresholds:
    """When a text is taken for one. Raw scores: 0 is a machine's own border, about ±1 its certainty.

    `lead`: how far the score stands above that of the best ordinary topic, and `least`: at least what it is.
    `clear`: the score that is enough with a lead of `behind` in a text that speaks of no rules or courses.
    `calm_lead`: the lead that an emergency needs in one that does. With undoubted words in the text a lead of
    `behind` is enough. Checked on the dev set, see `docs/nlu.md`.
    """

    lead: float = 0.0
    calm_lead: float = 0.4
    least: float = -0.7
    clear: float = 0.0
    behind: float = -0.7


def judge(text: str, scores: Mapping[str, float], thresholds: Thresholds) -> Safety | None:
    """`scores`: the raw score of every topic, "emergency" and "crisis" among them. The higher wins of two."""
    folded = normalise(text).text.replace(" ", "")
    ordinary = max((score for topic, score in scores.items() if topic not in ("emergency", "crisis")), default=-1.0)
    calm = _CALM.search(folded) is not None
    crisis_words = _CRISIS.search(_NOT_CRISIS.sub("", folded)) is not None
    emergency_words = not calm and _EMERGENCY.search(folded) is not None
    crisis = _says(scores["crisis"], ordinary, crisis_words, thresholds)
    lead = scores["emergency"] - ordinary
    if calm:
        emergency = lead >= thresholds.calm_lead and scores["emergency"] >= thresholds.least
    else:
        clear = scores["emergency"] >= thresholds.clear and lead >= thresholds.behind
        emergency = clear or _says(scores["emergency"], ordinary, emergency_words, thresholds)
    if crisis and emergency and crisis_words != emergency_words:
        return "crisis" if crisis_words else "emergency"
    if crisis and emergency:
        return "crisis" if scores["crisis"] >= scores["emergency"] else "emergency"
    if crisis:
        return "crisis"
    return "emergency" if emergency else None


def _says(score: float, ordinary: float, worded: bool, thresholds: Thresholds) -> bool:
    lead = score - ordinary
    return score >= thresholds.least and (lead >= thresholds.lead or (worded and lead >= thresholds.behind))
