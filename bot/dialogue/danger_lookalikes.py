"""What has the words of violence, fire or loss and is none of it. Over folded texts, see `danger_words.folded`."""

from __future__ import annotations

import re

from bot.dialogue.danger_kinds import CHILD

_OF_PAY = (
    "奖金?|绩效|底薪|提成|补贴|补助|津贴|全勤|工资|时薪|薪水?|单价?|里程费?|配送费|油补|油费|餐补|运费|费用?|价钱?|级别?|等级|分数?|积分|排班|班次?|区域|片区|"
    "时段|假期?|名额|合同|社保|保险"
)
# Blanked out before the rules read: a wage that is cut, a thing that is cursed, a bracelet against getting lost.
_HARMLESS = re.compile(
    f"砍(?:了|掉|到|去){{0,2}}(?:我们?|俺们?|大家|骑手)?(?:的|上个?月|这个?月|一半|[一两三四五六七八九几半\\d]个?月){{0,3}}(?:{_OF_PAY})|"
    "(?:弄|整|打|砍|摔|砸|干|搞)死(?:这|那)?(?:个|台|部|辆)?(?:破|烂|狗|垃圾|傻逼?|死|鬼|该死的){0,2}"
    "(?:手机|系统|软件|程序|app|导航|电脑|电动车|电瓶车?|电池|头盔|派单|算法|机器|柜子|餐柜|充电桩|网)|"
    "(?:弄|打|整|说)死我?(?:也|都)(?:不|没)|"
    "(?:防)?(?:走失|走丢)(?:的)?(?:定位|智能|黄)?(?:手环|手表|牌子?|卡片|鞋)|"
    "(?:以前|过去|原来|小时候|曾经)[^，]{0,8}(?:走丢|走失|失踪)(?:过|了)?|(?:走丢|走失|失踪|丢)过(?!来)|"
    "(?:一氧化碳|煤气|燃气|天然气|烟雾?|烟感)(?:泄漏|泄露)?报警器(?![^，]{0,4}(?:响|叫|滴|闪|报))"
)
# A fight as a matter of pay or of the account: somebody is fined or banned for it, nobody is beaten now.
_TOLD_BY_OTHERS = re.compile(
    "(?:投诉|举报|说|告|冤枉|诬赖|诬陷|讲|反馈|判|认定|备注)(?:是)?我?(?:们)?[^，]{0,4}(?:打人|打架|动手|打(?:他|她|客户|商家|人家)|骂人)"
)
_FIGHT = re.compile("打架|打人|动手|打起来|斗殴|说要打我|说打我|要打我|想打我")
_PUNISHED = re.compile(
    "罚(?:了)?(?:我|款|钱|\\d|[一两二三四五六七八九十])|(?:扣|克扣)(?:了|我|钱|工资|押金|单|奖|分|\\d)|封(?:了|我|号|禁)|停(?:了|我)?[^，]{0,2}(?:号|单|接单|工|职)|"
    "拉黑|开除|辞退|解雇|不让我?(?:干|跑|上班)|不给我?(?:派单|结|发|工资)|不发|下线|取消(?:了)?我"
)
_HURT = re.compile(
    "打(?:了|着|完|过|伤|破|断|肿|得)我|把我[^，]{0,4}打|被[^，]{0,6}(?:打|揍|砍|捅)|挨[^，]{0,4}(?:打|揍)|(?:揍|踹|踢|砍|捅|扇|掐)(?:了|伤)?我|刀|棍|砖|血|伤|疼|痛|晕|昏|骨折|"
    "医院|现在|正在|还在|又(?:要|来|打)|快来|救|怕|追|堵|跟着"
)
_OVER_NOW = re.compile(
    "没(?:有)?打|没动手|没去|没送|走了|跑了|取消|退单|罚|封|扣|停|开除|辞退|拉黑|不让|不给|不发|下线|过去了"
)
# Smoke that was seen to: "已经拔了 没事".
_SEEN_TO = re.compile(
    "(?:已经|都|我|刚|马上|就|给|，)(?:拔|断电|关|拉闸|扑灭|浇灭|灭)(?:了|掉|电)[^。]{0,8}(?:没事|没烟|不冒|没着)"
)
_NOT_SEEN_TO = re.compile("又|还在?冒|还有烟|还烫|没灭|没拔|但是?|不敢")
_CODE_ASKED = re.compile(
    "(?:让|叫|要|喊|催|逼|找|问|管)(?:着)?我[^，]{0,6}(?:验证码|密码)|(?:要|问)(?:了)?(?:我的?)?(?:短信)?(?:验证码|银行卡密码|密码)|"
    "(?:把|将)?(?:我的?)?(?:短信)?(?:验证码|密码)[^，]{0,3}(?:给|告诉|发给|报给|说给)(?:他|她|对方|人家|客服|站长|老板)[^，]{0,3}(?:吗|行不|行吗|能不能|可以|安全|该不该|好不好)|"
    f"(?:能不能|能|可以|该不该|要不要)(?:把|将)?[^，]{{0,3}}(?:验证码|密码)[^，]{{0,3}}(?:给|告诉|发)|(?:{CHILD})问验证码"
)
_CODE_GIVEN = re.compile(
    "(?<!没)(?<!不)(?<!没有)(?:给|告诉|发|说|报|填|念|输)(?:了|过去|出去|给?(?:他|她|对方|人家)了)|已经|钱[^，]{0,4}(?:没|转走|扣)|被骗|少了"
)


def without_lookalikes(said: str) -> str:
    """The text without the phrases that only sound like danger."""
    return _HARMLESS.sub("", said)


def is_punished_fight(said: str) -> bool:
    """ "同事打架 站长罚我500", "客户投诉我打人 平台封号": a fine or a ban; nobody is beaten or hunted."""
    if _HURT.search(said) or not _PUNISHED.search(said):
        return False
    return bool(_TOLD_BY_OTHERS.search(said)) or bool(_FIGHT.search(said) and _OVER_NOW.search(said))


def is_seen_to(said: str) -> bool:
    """Smoke or gas that the writer has already put an end to."""
    return bool(_SEEN_TO.search(said)) and not _NOT_SEEN_TO.search(said)


def asks_for_code(said: str) -> bool:
    """ "站长让我把验证码给他": asked for, and not given yet."""
    return bool(_CODE_ASKED.search(said)) and not _CODE_GIVEN.search(said)
