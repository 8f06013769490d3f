"""Which danger do the words tell of? Word rules that hold whatever the topic model says of a message.

The guard (:mod:`bot.nlu.guard`) decides between emergency, despair and neither, as the taxonomy has it. What is to be
done differs with the danger: from gas one goes out, a hurt neck stays where it is; who is beaten needs the police, who
took poison needs 120. So the room reads the kind of danger, and also those kinds that are neither of the two topics:
violence, a threat, being followed, fire, a lost child, fraud, harassment, the wish to harm somebody.

Pure. Texts are folded, their clauses set apart by commas; every repeat is bounded, so that no text can make it hang.
"""

from __future__ import annotations

import re

from bot.dialogue.danger_kinds import ASIDE, Danger
from bot.dialogue.danger_lookalikes import asks_for_code, is_punished_fight, is_seen_to, without_lookalikes
from bot.dialogue.danger_people import from_people
from bot.dialogue.danger_sudden import is_crash, kind_of_hurt, lost, sudden, swallowed
from bot.language import normalise
from bot.nlu.safety_words import NOT_CRISIS

# Told of a film, a dream, a lesson: the words are there, the danger is not.
_UNREAL = re.compile(
    "新闻|电影|电视|短剧|看剧|剧里|剧情|小说|游戏|王者|吃鸡|视频里|视频上|抖音|快手上|梦见|梦到|做梦|做了?个梦|比方|比喻|开玩笑|闹着玩|打个比方|演习|演练|培训|"
    "小时候|心理上|那年头|(?:想|要|来|去)学|学学|有课|的课|补补|有(?:没有)?人教|怎么教|怎么引导|讲不讲|正经讲|疏导|心理(?:老师|援助|咨询)|噩梦|"
    "心里过不去|打听|案子|案件|办案|"
    "早好了|养好了|好利索|找回来|找到了|救过来|早不流|缓过来|"
    "讲座|[上开听讲]课|课程|课[里上]|学(?:点|一下|习)?急救|教(?:我们?|大家)?急救|宣传|海报|歌词|热搜|(?:怎么|如何|咋|怎样)(?:预防|防止|防范|防|"
    "避免)|预防|算命|笑话|谜语|脑筋急转弯|直播间.{0,4}PK"
)
_LONG_AGO = re.compile(
    "去年|前年|上个?月|上周|上个?星期|上个?礼拜|前几天|前天|前阵子|早些年|以前|之前|小时候|当年|那年|那次|上次|上回|曾经|"
    "(?:[几两三四五六七八九十半]|\\d{1,3})个?(?:月|年|天|周|星期|礼拜)(?:以)?前"
)
_NOW = re.compile("现在|正在|刚才|刚刚|刚|还在|马上|今天|今晚|今早|又[要来打拿]|这会儿|救命|快来")
_WHAT_IF = re.compile("如果|要是|万一|假如|假设|倘若|会不会(?!死)|容不容易|容易(?:着|起)火")
_ASKS_LAW = re.compile(
    "算不算|算(?:工伤|交通|职业|意外|违法|犯法|谁的)|[赔报管]不[赔报管]|赔多少|怎么赔|谁赔|谁出|(?:能|可以|给).{0,2}(?:赔|报销)|[险种]险能|险能|"
    "[能算]认工伤|能认|认定|负责任|责任|理赔|赔付|报销|工伤认定|(?:保险|保障).{0,6}[赔报管买]|判几年|犯法吗|违法吗|罚多少"
)
_NOT_SO = re.compile(
    "(?:没有?|没人|不会|并没|从没|从不|未曾?|又没|不是|不敢|差点|险些)(?:人|真的?|再|动手|被人?|让人|他|她|什么|任何){0,2}"
    "(?:打(?:过|架|人)?我?|砍|捅|揍|威胁|着火|起火|冒烟|走丢|丢|喝农药|漏气|抽搐|烫(?:伤|到)|被骗|受骗|骚扰|跟踪|掉(?:进)?(?:河|水)里)"
)

# "师傅 我胸口疼": the one who is spoken to is not the one it is about.
_CALLING = re.compile(r"^(?:(?:师傅|老师|大?哥|大?姐|妹子|兄弟|老铁|亲|你好|您好|喂|在吗|哎|唉|那个|急)(?:啊|呀)?，)+")


def folded(text: str) -> str:
    """The text as the rules read it: signs of one kind, clauses set apart by one comma each."""
    commas = re.sub(r"[\s,，。.!！?？;；、~～…:：\"'“”‘’]+", "，", normalise(text).text.strip())
    return _CALLING.sub("", commas)


def danger_in(text: str) -> Danger | None:
    """The danger that the words surely tell of, as now or lately so; None where there is none."""
    said = _NOT_SO.sub("", without_lookalikes(NOT_CRISIS.sub("", folded(text))))
    if _UNREAL.search(said) or is_punished_fight(folded(text)) or is_seen_to(said):
        return None
    past = bool(_LONG_AGO.search(said)) and not _NOW.search(said)
    what_if, law = bool(_WHAT_IF.search(said)), bool(_ASKS_LAW.search(said))
    poison = None if past or what_if or law else swallowed(said)
    if poison is not None:
        return poison
    by_people = None if past else from_people(said, law=law)
    if by_people is not None:
        return by_people
    if past or what_if or law:
        return None
    found = sudden(said) or lost(said)
    return None if found == "fraud" and asks_for_code(said) else found


def code_is_asked(text: str) -> bool:
    """Whether a code is asked of the writer by somebody, and not given yet."""
    said = folded(text)
    return not text.startswith("/") and lost(said) == "fraud" and asks_for_code(said) and not _UNREAL.search(said)


def kind_of_emergency(text: str) -> Danger | None:
    """What kind an emergency is that the guard has found; None for the ordinary one."""
    return kind_of_hurt(folded(text))


def tells_crash(text: str) -> bool:
    """Whether a crash or a fall from a vehicle is told of, so that 122 belongs into the answer."""
    return is_crash(folded(text))


def is_danger(text: str) -> bool:
    """Whether a text tells of danger that is answered even while a human has the talk."""
    kind = None if text.startswith("/") else danger_in(text)
    return kind is not None and kind not in ASIDE
