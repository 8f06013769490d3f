"""How an answer in a form is put: corrections, not knowing, yes in more words, questions, wishing to leave."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from bot.actions.base import Heard
from bot.language import normalise, read_yes_no

CORRECTION = re.compile(r"不对|不是|错了|写错|说错|搞错|弄错|改成|改为|改一下|应该是|更正|纠正|换成|重新")
PARK_LENGTH = 24  # characters of a message that only puts a form off
SHORT = 8  # characters within which not knowing is all that was said
SKIP = re.compile(
    r"不知道|不晓得|不清楚|记不得|记不清|不记得|忘了|跳过|不想说|不方便|没有$|^没有|^无$|^没$|不填|随便|不确定|先不说|保密|说不上来|略过"
    r"|无所谓|没所谓|随意|不想留|不想给|不想填|不留$|不给$"
)
QUESTION = re.compile(
    r"[?？]|吗|呢$|么$|咋|怎么|怎样|如何|多少|多久|多大|几[天号点时个岁]|哪|谁|啥|什么|为什么|是不是|能不能|可不可以|要不要|有没有|合法"
    r"|[一-鿿](?<![我你他她也就都才又从绝偏说可要对])不[？?]?$|伐[？?]?$|[了过]没[？?]?$"
)
NOT_DONE = re.compile(r"(?:就是|一直|还|也|都|他们?|站长|老板|公司)*[没不](?:有)?(?:发|给|退|结|付|还|签|交)")
"""Begins what somebody failed to do ("没发"): part of a story, no wish to pass over a question."""
RATHER = re.compile(r"还是|改成|换成|不如|就(?:第|选|约|填|留|要(?!这样|算|停))")
SUBMITS = re.compile(
    r"(?:那|就|好|行|先|直接|给我|帮我|赶紧|快)*(?:提交|交上去|交吧|交了吧|确认提交|填完了|填好了|可以提交)(?:了|吧|呗|一下)*[。!！]?"
)
"""All of a message that would have the form handed in as it is."""
_WAIT_WORDS = (
    r"(?:你|您|先|再|那|嗯|哦|好的?|行|别急|不急|[，,。\s])*(?:等(?:一?下子?|一会儿?|会儿?|等|我(?:一下|一会儿?|会儿?))|稍等(?:一?下)?|慢点|且慢|先停一?下)"
    r"(?:啊|哈|哦|呀|吧|先|再(?:弄|说|填|办|聊|回|讲|搞|来)(?:你|您|吧)?)*",
    r"(?:等|让|我|俺|容|先|得|要|再|去)*(?:看看|想想|找找|问问|查查|翻翻|(?:看|想|找|问|查|翻)一?下)"
    r"(?:我的?)?(?:合同|聊天记录|记录|号码?|卡号|单子|手机|时间|有没有空|有没有时间|排班|站长|老婆|老公|家里人?|家人|朋友|工友|律师|法院|监察|懂的人|别人|地址|名字|发票|证件?|照片)?(?:先|再说|吧)?",
    r"(?:等|我|俺|先|得|要|现在|正)+(?:去|在)?(?:送(?:个|一)?(?:单|餐|货|件)|送完(?:这|手上)?(?:一)?(?:个)?单|取(?:个|一)?(?:餐|件|货)|接(?:个|一)?(?:电话|单)|忙着|忙一?下|忙会儿?"
    r"|骑车|开车|等红灯)(?:呢|中|先|着|去|了|一下|去了)*",
    r"(?:我|先|等|那)*(?:一会儿?|待会儿?|等会儿?|等下|晚点|忙完|送完|到了)(?:我)?再?(?:弄|填|办|聊|回|讲|搞|来)(?:你|您|吧|啊|哈)*",
    r"来单了|有单了?|到(?:店|楼下|地方)了",
)
_FILLERS = frozenset({"好", "好的", "嗯", "行", "哦", "那", "哎", "那个", "对"})
_WAIT_PART = re.compile("|".join(f"(?:{words})" for words in _WAIT_WORDS))
GO_ON = re.compile(
    r"(?:那|好|行|嗯|来|就)*[，,\s]*(?:我们|咱们?)?(?:接着|继续|往下)(?:再)?(?:办|填|来|弄|登记|约|报|写|答|做|走|说|问)?"
    r"(?:这个|刚才的|刚才那个)?(?:报?名|预约|登记|投诉|建议|单子|事)?[吧呗啊呀了]?[。!！]?"
)
"""All of a message that only wants the running form to go on."""
SAME_PHONE = re.compile(
    r"(?:刚才|刚刚|上次|上回|之前|前面|先头|一样|同一个|还是|跟.{1,4}一样).{0,8}(?:手机|电话|号码?)|(?:手机|电话|号码?).{0,4}(?:一样|不变|(?:跟)?(?:刚才|刚刚|上次|之前|前面|原来))"
)
AS_WELL = re.compile(r"还有.{1,12}(?:也|一起|一并)|也(?:写|加|算|记|要|一起|一并)|加上去?$|一起(?:写|报|登)|补上")
_YES_TOO = re.compile(r"确认|提交|没问题|都对|就这样|对的|可以了|没错|办吧|约吧|就这么")
_YES_LENGTH = 16  # characters of a yes in a few more words
_BEFORE_YES = (
    r"(?:这|那|这个|那个|这回|这次|这下|这样|这些|那样|就这样|现在|目前|刚才|就|都|也|全|全部|全都|一切|总之|嗯|恩|哦|噢|啊|哎|呀|欸|我|俺|咱|说|写|填|登记|登|约|看"
    r"|看过|看了|看了看|看了一下|看一下|核对|检查|核实|得|的|了|过|觉得|感觉|看着|应该|挺|很|还|蛮|算|非常|完全|绝对|肯定|当然|确实|真|信息|内容|资料|上面|下面|金额|钱|单位|公司"
    r"|平台|手机|手机号|电话|电话号码|号码|时间|日期|地点|地址|名字|哪里|哪儿|哪项|哪样|哪个|啥|什么|怎么|行|好|对|可以|是|没错|吧|先|[\s，,。!！~])"
)
_YES = re.compile(
    rf"(?!.*[不没别莫冇你您]){_BEFORE_YES}{{0,10}}(?:对|行|好|可以|正确|妥|(?<![我还])是)(?:了|的|呀|啊|吧|嘞|哈|哒)*[。!！~]*"
)
_ASKS_NOT = re.compile(
    r"(?:哪|啥|什么|怎么|咋|谁|多少)\S{0,2}都|^[嗯恩][哪呐]|可不咋[的地]|着呢|(?:怎么|咋|有啥|有什么)不(?:可以|行|对)的?|没(?:有)?(?:哪|啥|什么)"
)
_CHOOSES = re.compile(
    r"([\u4e00-\u9fff])[不没]\1|还是\S{1,8}[好行对]|[对行好]吧[？?]|(?<![要不])几(?![乎遍次])|好久|何时|啥"
)
_INSTEAD = re.compile(
    r"(?<!是)不是(?!不是)(?P<old>[^\s，,。；;？?]{1,16}?)"
    r"(?:[\s，,。；;]*(?P<but>而是|应该是|是)|[\s，,。；;]+)(?P<new>[^？?吗]{1,40})$"
)
# what shows that the topic is meant, when the same words could be an answer
_MEANT = {
    "human_handoff": re.compile(
        r"人工|客服|真人|活人|坐席|接线|专员|工作人员|转(?:个|一个)?人|跟人(?:说|聊|讲)|(?:要|换|叫|找)(?:个|一个)?(?:大?活)?人(?:来|说|聊|吗|吧|$)"
    ),
    "delete_my_data": re.compile(r"删|注销|清空|清除|清掉|抹|销毁|忘(?:了|掉|记)我|别(?:再)?(?:记|存|留)(?:我|了)"),
    "goodbye": re.compile(r"再见|拜|回见|回聊|走了|先忙|下次见|明天见|88|晚安|撤了|溜了|慢走"),
    "stop": re.compile(
        r"算了|算球|不[办弄填报约搞提交登]|取消|停|退出|不要了|不用了|拉倒|改天|下次|以后再|先放|不想(?:办|弄|填)"
    ),
}


def is_meant(topic: str, text: str) -> bool:
    """Whether the words say that topic beyond doubt (a tapped choice does)."""
    words = _MEANT.get(topic)
    return words is None or text.startswith("/") or bool(words.search(text))


@dataclass(frozen=True)
class Instead:
    """wrong: what was said to be wrong; heard: the message as if only the right part had been said;
    sure: whether a "是" joins the two ("不是八千 九千" is a correction only when 八千 is something held).
    """

    wrong: str
    heard: Heard
    sure: bool


def instead(heard: Heard) -> Instead | None:
    """ "不是昆山站 是昆山南站", taken apart."""
    found = _INSTEAD.search(heard.text)
    if not found:
        return None
    lead = "应该是"
    start, moved = found.start("new"), len(lead) - found.start("new")
    entities = [
        {**entity, "start": entity["start"] + moved, "end": entity["end"] + moved}
        for entity in heard.entities
        if isinstance(entity.get("start"), int) and isinstance(entity.get("end"), int) and entity["start"] >= start
    ]
    right = replace(heard, text=lead + found["new"], entities=entities)
    return Instead(found["old"].strip(), right, bool(found["but"]))


def says_yes_too(text: str) -> bool:
    """The last value and the yes in one message."""
    agreed = bool(_YES_TOO.search(text)) and not re.search(r"不(确认|提交|对|可以)|别提交|有问题", text)
    return agreed and not asks(text)


def wants_to_wait(text: str) -> bool:
    """ "等下", "我去送个单 等会再弄": all of it only asks for patience, and is no answer to anything."""
    parts = [part for part in re.split(r"[\s，,。.!！~…]+", text.strip()) if part and part not in _FILLERS]
    return bool(parts) and all(_WAIT_PART.fullmatch(part) for part in parts)


def asks(text: str) -> bool:
    """Whether it is a question, which is never a yes: "多久能处理好", "哪个对", "走监察好还是仲裁好"; not "哪项都对"."""
    if any(read_yes_no(part) for part in re.split(r"[\s，,。！!]+", text)[:-1]):
        return False  # "没问题啊，谁填的谁认": the yes is said by itself
    plain = _ASKS_NOT.sub("", text.replace("饿了么", ""))
    return bool(QUESTION.search(plain) or _CHOOSES.search(plain))


_WHEN_DONE = re.compile(
    r"(?:那|这个?|大概|一般|要|得|还|到底|[，,\s]){0,4}(?:多久|多长时间|多少天|好久|几天|几个?小时|几分钟|啥时候|什么时候|何时|几时)"
    r"(?:能|才能|可以|才|会|就|得|给我?|帮我?){0,3}(?:处理|办理|办|弄|修理|修|撤销|撤回|撤|搞|解决|登记|弄)(?:得|的)?(?:好|完|成|下来|掉|了结|出来)?(?:啊|呀|呢|了)?[?？]?"
)


def asks_when_done(text: str) -> bool:
    """ "多久能处理好", "啥时候修好": all of the message asks when what stands on the card will be done."""
    return bool(_WHEN_DONE.fullmatch(text.strip()))


def is_yes(text: str) -> bool:
    """ "这回对了", "现在行了": a yes in a few more words, each of which must be one that a yes is made of."""
    said = text.strip()
    if len(said) > _YES_LENGTH or asks(said):
        return False
    return bool(_YES.fullmatch(said)) or bool(re.fullmatch(r".{0,4}(?:没错|没问题|没毛病).{0,3}", said))


_TELLS_AFTER_YES = re.compile(r"是(?![的呀啊吧了嘞哈对这是不])[\u4e00-\u9fffA-Za-z0-9]{2,}[。!！]?")


def tells_after_yes(text: str) -> bool:
    """ "是水管漏": tells more with the word that alone says yes."""
    return bool(_TELLS_AFTER_YES.fullmatch(text.strip())) and not is_yes(text)


_PARKS = re.compile(
    r"(?:明天|后天|改天|过[几两]天|回头|晚上|下次|以后|晚点|有空|想好了?|问好了?|问清楚了?|考虑好了?|忙完)(?:了)?(?:我)?再(?:来)?"
    r"(?:弄|办|说|交|提交|登记|登|报|填|定|搞)"
    r"|(?:^|[\s，,。]|先|暂时|还是|那)(?:先)?(?:不|别|甭)(?:急着)?(?:交|提交|登|登记)(?:了|吧|呢)?(?=$|[\s，,。!！])"
)


_OTHERS_SAY = re.compile(r"(?:老板|站长|公司|平台|单位|他们?|她|窗口|队长|经理).{0,4}(?:说|讲|让|叫|答应)")


def wants_to_park(text: str) -> bool:
    """ "先不交 我再想想", "明天再弄": the form is to be kept, not handed in, for more than a moment."""
    told = QUESTION.search(text) or _OTHERS_SAY.search(text)
    return len(text) <= PARK_LENGTH and bool(_PARKS.search(text)) and not told


_ORDER = re.compile(
    r"(?:帮|给|替|跟)(?:我|俺|咱)|^那(?:就|先|给|你)|^(?:你|您|你们)(?:先|们|别|再|说)|我(?:要|想|先|现在|就想|不想)"
    r"|申请|登记|投诉|举报|预约|仲裁|(?:吧|嘛|呀|呗|噻|再说)$"
)


def is_order(text: str) -> bool:
    """ "那给我申请": something to do, no name of anything."""
    return bool(_ORDER.search(normalise(text).text))
