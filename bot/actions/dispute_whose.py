"""Whose claim a message is about: the rider's own, or that of somebody the rider speaks for."""

from __future__ import annotations

import re

OWN = "self"
THEM = "them"

_SPOUSE = r"老公|老婆|对象|爱人|丈夫|妻子|媳妇|男人|那口子|男朋友|女朋友"
_WHO = (
    rf"(?P<spouse>{_SPOUSE})|(?P<father>爸爸?|父亲|老爸)|(?P<mother>妈妈?|母亲|老妈)|(?P<child>儿子|女儿|闺女|孩子)"
    r"|(?P<brother>弟弟?|哥哥?|表弟|表哥|堂弟|堂哥)|(?P<sister>姐姐?|妹妹?|表姐|表妹)"
    r"|(?P<friend>工友|同事|朋友|老乡|兄弟|邻居)"
)
_ANY = re.sub(r"\?P<\w+>", "?:", _WHO)
_SOME = r"(?:有|一个|个|那)*"
_OF_MINE = rf"(?:我|俺|咱)们?(?:家|的)?{_SOME}"
_DONE = r"送|跑|干|上班|开车|被|的(?:工资|押金|账号)|欠|扣|[不没](?:拿|领|收|给|发)(?:到|过)?(?:工资|钱)"
_FOR = r"(?:帮|替|给|为)"
_ORDERS = r"(?:登记|申请|报|投诉|举报|告|问|讨|要)"
_OTHERS = (
    re.compile(rf"(?<![和跟与同]){_OF_MINE}(?:{_WHO})[^\s，,。我俺]{{0,12}}?(?:{_DONE})"),
    re.compile(rf"(?:^|[\s，,。；;]){_SOME}(?:{_WHO})(?!们)[^\s，,。我俺都]{{0,4}}?(?:被|的工资|[不没]发)"),
    re.compile(rf"{_FOR}(?:我|俺)?(?:家|的)?{_SOME}(?:{_WHO}).{{0,2}}?{_ORDERS}"),
    re.compile(rf"(?:欠|扣|罚|开除|辞退|封)(?:了|着)*{_OF_MINE}(?:{_WHO})"),
)
# "我儿子生病 站长扣我工资" is the speaker's own for all that
_PERHAPS = re.compile(rf"(?<![和跟与同]){_OF_MINE}(?:{_WHO})[^，。我俺]{{0,12}}?(?:{_DONE}|站|公司|平台|老板)")
_THEM = re.compile(rf"{_FOR}[他她]们?(?:去|来)?{_ORDERS}")
_MINE = re.compile(
    rf"(?:欠|扣|罚|压|拖|开除|辞退|辞|炒|封)(?:了|着)*(?:我|俺|咱)们?(?!(?:家|的)?(?:一个|个)?(?:{_ANY}))"
    rf"|[不没](?:发|给|结|退)(?:过|了)?(?:我|俺|咱)们?(?!(?:家|的)?(?:{_ANY}))"
    r"|(?:把|将|让|叫|赶)(?:我|俺)(?:开除|辞|炒|裁|走人|滚)|(?:我|俺)(?:被|自己)|(?:我|俺)的?(?:工资|押金|账号|薪水|钱)"
)


def whose(text: str) -> str | None:
    """`OWN`, a word for the person spoken for (one of a kind is taken for the same), `THEM` when only "他" is said,
    None when nothing says it.
    """
    mine = bool(_MINE.search(text))
    found = next((said for words in _OTHERS if (said := words.search(text))), None)
    if found is None and not mine:
        found = _PERHAPS.search(text)
    if found:
        return next(who for who, said in found.groupdict().items() if said)
    if _THEM.search(text):
        return THEM
    return OWN if mine else None


def is_of_another(told: str, text: str) -> bool:
    """Whether `text` is about another person than the claim that was told as `told`; one that names nobody is the
    rider's own.
    """
    now = None if text.startswith("/") else whose(text)
    before = whose(told) or OWN
    if now == THEM:
        return before == OWN
    return now is not None and now != before


def is_for_somebody(told: str) -> bool:
    return whose(told) not in (None, OWN)
