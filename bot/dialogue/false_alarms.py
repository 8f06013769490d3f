"""What the guard takes for despair or an accident, and is neither: "跳槽了 前公司不发工资", "怎么防煤气中毒".

Only where a plain everyday word explains the alarm, and nothing else in the text speaks of harm.
"""

from __future__ import annotations

import re

from bot.actions.dispute_story import tells_wrong
from bot.dialogue.turn import Parse, with_topic
from bot.language import normalise
from bot.nlu.safety_words import CRISIS, EMERGENCY, NOT_CRISIS

_EVERYDAY = re.compile(
    r"跳槽|跳(?:了|过)?(?:好?几|[一两三四五\d])?个?单(?!元)|割(?:草|稻|麦|韭菜|菜|胶)|(?:睡|坐|骑|开|走)过(?:了)?(?:头|站)|死磕(?:到底)?|不想活动|"
    r"(?:爬楼?|搬货?|跑单?|送餐?|等餐?|排队?|热)[爬搬跑送等排热]?[^，。,]{0,2}[到得]想死|砍(?:了)?我?的?(?:单价?|奖金|绩效|提成|补贴)"
)
_OF_DESPAIR = re.compile(
    r"绝望|崩溃|没(?:啥|什么|有)?(?:意思|意义|盼头|活头|奔头)|[撑熬扛]不(?:住|下)|想不开|解脱|活着|活不|不想活|不活|死|自杀|[跳割](?![槽单])|遗书|再见了|救"
)
_IDIOM_OF_DEATH = re.compile(r"(?:累|热|冷|饿|困|气|烦|急|忙|冻|晒|堵|笑)死")
_PREVENTS = re.compile(r"(?:怎么|如何|咋|怎样|咋样|怎么样)[^，。]{0,4}(?:预防|防止|防范|防备|避免|防)|预防")
_HAPPENS = re.compile(r"了(?=$|[\s，,。!！])|现在|正在|刚|快|晕|昏|吐|叫不|喊不|头疼|头痛|流血|救")
_HURT = re.compile(r"晕|昏|吐|血|疼|痛|伤|撞|摔|倒|抽|烫|烧|喘|[叫喊醒]不|受不了|120|急救")
_CLAIMS = re.compile(
    r"(?:扣|罚|克扣|拖?欠)(?:了|着)?(?:我|俺|我们|钱|款|工资|押金|\d|[一二两三四五六七八九十百])|(?:没|不)(?:有)?(?:给|发|结|退|付)|(?:工资|薪|钱|押金)[^，。]{0,3}(?:要|讨)回|讨薪"
)
_SURE = 0.9
_ALARMS = ("emergency", "crisis")


def without_false_alarm(text: str, parse: Parse) -> Parse:
    """The parse with the best of the other topics, where everyday words alone were taken for a cry."""
    topic = str(parse.get("topic"))
    if topic not in _ALARMS or text.startswith("/") or not _is_false(normalise(text).text, topic):
        return parse
    if topic == "crisis" or _EVERYDAY.search(normalise(text).text):
        claims = tells_wrong(normalise(text).text) or _CLAIMS.search(text)
        return with_topic(parse, "open_dispute" if claims else "chitchat", _SURE)
    ranked = [one for one in parse.get("topic_ranking") or () if one["name"] not in _ALARMS]
    return with_topic(parse, str(ranked[0]["name"]) if ranked else "nlu_fallback", 0.0)


def _is_false(said: str, topic: str) -> bool:
    if topic == "emergency" and _PREVENTS.search(said):
        return not _HAPPENS.search(said)
    rest = _EVERYDAY.sub("", NOT_CRISIS.sub("", said))
    if rest == NOT_CRISIS.sub("", said) and "不想活动" not in said:
        return False
    if EMERGENCY.search(rest) or _HURT.search(rest):
        return False
    return not CRISIS.search(rest.replace(" ", "")) and not _OF_DESPAIR.search(_IDIOM_OF_DEATH.sub("", rest))
