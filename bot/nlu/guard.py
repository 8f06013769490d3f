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
from bot.nlu.pinyin import syllables

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
    "没(?:了)?(?:呼吸|心跳|意识|脉搏|知觉)|心跳(?:停|没)|呼吸(?:停|不了|困难)|喘不(?:上|过)来?气|断气|心脏骤停|心梗|脑梗|中风|癫痫|"
    "(?:晕|昏)(?:倒|过去|死过去|迷)(?:了|在)?|昏迷(?:不醒)?|不省人事|叫不(?:醒|应)|(?:人|他|她|叫|喊|拍)[^，。]{0,4}没(?:了)?反应|翻白眼|"
    "口吐白沫|抽搐|抽筋倒地|嘴(?:都|巴)?(?:歪|斜)|(?:半边|左边|右边)(?:身子)?[^，。]{0,4}(?:不(?:能|会|得)?动|没知觉|发麻)|"
    "血流不止|止不住血|大出血|(?:血|🩸)止不住|(?:流|出|都是|全是|一直流|好多|满[头脸地身]|喷)血|"
    "(?:腿|胳膊|手|骨头|锁骨|肋骨)(?:好像)?(?:摔|撞|压|砸)?断了|(?:手|脚|腿|指头?)[^，。]{0,3}(?:没了一截|少了一[节截]|[切轧绞]断|切下来)|"
    "(?:骨头|肠子)[^，。]{0,3}(?:戳|露|出来)|头(?:上)?(?:一个|破了个)?(?:窟窿|大?洞)|(?:爬|站|坐)不起来|动弹?不了|动不了了|"
    "休克|触电|溺水|落水(?!管|口)|掉(?:河|水)里了|煤气中毒|被困|冻僵|坠落|(?:压|撞|砸)(?:到|着|倒)(?:了)?(?:个)?人|"
    "(?:被|让)[^，。]{0,4}(?:捅|砍|碾|轧|雷劈|蛇咬)|人[^，。]{0,3}(?:压|卡|埋|困)在?(?:下面|车里|里头|底下)|"
    "中暑(?:了|晕倒|倒)|热射病|卡住(?:喉咙|气管)|噎住了|(?:吞|咽)[^，。]{0,4}(?:电池|硬币|钉子?|刀片)|误(?:服|喝)|见红|羊水破|要生了|"
    "人(?:快|要)(?:没了|不行)|[她他](?:快)?不行了"
)
_EMERGENCY = re.compile(
    "救命啊|救人啊|快来人|车祸[^，。]{0,3}[，。！]*(?:快|救|速)|"
    f"(?:快|赶紧|赶快|立刻|马上|帮我|帮忙)(?:点|些)?(?:打|叫|喊|派)(?:个|一下|下)?(?:120|救护车|急救)|{_HURT}"
)
# What people write for those words when the keyboard or the recogniser picks another character of the same sound.
_SOUNDS = re.compile(
    r"\b(?:jiu hu che|jiu ming|mei (?:le )?hu xi|mei you hu xi|hu xi kun nan|liu xue (?:bu|le)|xue (?:zhi|ting) bu zhu|"
    r"yun (?:dao|guo qu)|hun (?:mi|dao|guo qu)|xiu ke|zhong (?:feng|shu) le|chu dian|(?:tui|shou|jiao|gu tou|ge bo) duan le|"
    r"jiao bu (?:xing|ying)|bu xing ren shi|yao er ling|kou tu bai mo|chou chu)\b"
)
# Nothing but a call for help: no score is needed.
_ADDED = "快|赶紧|赶快|马上|立刻|帮我|帮忙|给我|替我|请|我要|要|求求?你?们?|打|叫|喊|拨|派|来|个|辆|一?下|块|啊|呀|吧|呢|了|电话|[,.!，。！？?~…、]"
_CALL = re.compile(
    f"(?:{_ADDED})*(?:120|一二零|幺二零|一二〇|救护车|急救车|sos|救命|救人|[🚑🆘]+)(?:{_ADDED}|[🚑🆘])*", re.IGNORECASE
)
# Talk of courses, rules, the past, of others' news or what if: the words are there, the need is not.
_CALM = re.compile(
    "培训|学急救|教(?:不教|急救|我|你|他|人|大家)|教一堂|来教|[上开办]课|的课|课[程里]|开个?班|想学|学个|讲[讲一]|讲座|演练|绿色通道|绿通|急诊通道|规则|规定|流程|怎么报|报销|赔|工伤|保险|"
    "如果|要是|万一|假[如设若]|倘|比方|好比|以后|将来|平时|偶尔|(?:上个?月|上周|上礼拜|去年|大?前年|前阵子|那次|那天|之前|以前|前[天几]|早就).{0,20}|"
    "小时候|半年|多年|好几年|老毛病|好了|出院|住院|开过刀|缓过来|没(?:受)?伤|人没事|没啥事|没大碍|没(?:碰|撞|砸|摔|伤)着|好在|幸好|"
    "新闻|视频里|电视里|听(?:说|同行|老乡|讲)|算不算|认定|投诉|仲裁|欠|公司不管|平台不管|站点不管|站里不管|体检|健康证|开除|要告|月供|发动机|电影|小说|游戏|比喻|夸张"
)
# Something of bodies, harm or help is named. An emergency that names none of it has to be much likelier.
_BODILY = re.compile(
    "伤|血|断|摔|跌|撞|碰|压|砸|倒|晕|昏|疼|痛|喘|呼|气|心|胸|头|脑|腿|脚|手|臂|胳膊|腰|背|骨|脖|眼|脸|嘴|皮|肉|指|烫|烧|着火|炸|电|毒|药|吞|噎|卡|抽|吐|"
    "醒|救|急|120|一二零|车祸|翻|溺|水|掉|滚|坠|埋|困|中暑|热射|冻|见红|羊水|生了|命|死|没了|不行|动不|起不|站不|不动|咬|蜂|蛇|癫痫|过敏|硫酸|捅|砍|刀|"
    "碾|雷|躺|趴|快来人|sos|🚑|🆘|🩸"
)


@dataclass(frozen=True)
class Thresholds:
    """When a text is taken for one. Raw scores: 0 is a machine's own border, about ±1 its certainty.

    `lead`: how far a crisis's score stands above that of the best ordinary topic, and `least`: at least what it is;
    with undoubted words a lead of `behind` is enough. For an emergency: `clear_lead` and `clear_least`, in a text that
    talks of rules, courses or the past `calm_lead`, in one that names nothing bodily `bare_lead`; with undoubted words
    `worded_lead` and `worded_least`. Found by cross-validation over the training lines, see `docs/nlu.md`.
    """

    lead: float = 0.0
    least: float = -0.7
    behind: float = -0.7
    clear_lead: float = 0.1
    clear_least: float = -0.5
    calm_lead: float = 0.6
    bare_lead: float = 0.9
    worded_lead: float = -1.0
    worded_least: float = -1.1


def judge(text: str, scores: Mapping[str, float], thresholds: Thresholds) -> Safety | None:
    """`scores`: the raw score of every topic, "emergency" and "crisis" among them. The higher wins of two."""
    folded = normalise(text).text.replace(" ", "")
    if _CALL.fullmatch(folded):
        return "emergency"
    ordinary = max((score for topic, score in scores.items() if topic not in ("emergency", "crisis")), default=-1.0)
    crisis_words = _CRISIS.search(_NOT_CRISIS.sub("", folded)) is not None
    crisis = _is_crisis(scores["crisis"], scores["crisis"] - ordinary, crisis_words, thresholds)
    emergency, emergency_words = _is_emergency(folded, scores["emergency"], ordinary, thresholds)
    if crisis and emergency and crisis_words != emergency_words:
        return "crisis" if crisis_words else "emergency"
    if crisis and emergency:
        return "crisis" if scores["crisis"] >= scores["emergency"] else "emergency"
    if crisis:
        return "crisis"
    return "emergency" if emergency else None


def _is_crisis(score: float, lead: float, worded: bool, bounds: Thresholds) -> bool:
    return score >= bounds.least and (lead >= bounds.lead or (worded and lead >= bounds.behind))


def _is_emergency(folded: str, score: float, ordinary: float, bounds: Thresholds) -> tuple[bool, bool]:
    """(is it one, do undoubted words say so)."""
    lead = score - ordinary
    if score < bounds.worded_least or lead < bounds.worded_lead:
        return False, False
    calm = _CALM.search(folded) is not None
    worded = not calm and bool(_EMERGENCY.search(folded) or _SOUNDS.search(" ".join(syllables(folded))))
    if worded:
        return True, True
    needed = bounds.calm_lead if calm else bounds.clear_lead
    if not _BODILY.search(folded):
        needed = bounds.bare_lead
    return score >= bounds.clear_least and lead >= needed, False
