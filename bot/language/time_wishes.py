"""Wishes about a time that name none: 尽快, 哪天都行, 早一点的, 往后推一推."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.language.time_value import Kind

_A_BIT = r"(?:一?[点下些](?!午|个|周|月|礼))"
_IN_TEXT: dict[Kind, tuple[str, ...]] = {
    "earliest": (
        r"尽快|尽早|越快越好|越早越好(?! ?最晚)|第一时间",
        r"最早(?:的|那)(?!那?[几批])(?:那个|一个|个|时间|那?一?天|那?趟|一[班场])?|最早(?=$| |,|能约的)",
        r"最快的(?:一个|那个|时间)?|最近的(?:一个|时间)|最近一[场个班](?!月|多|少|礼|星|周)",
    ),
    "any": (
        r"(?:随便|不管|无论|任意)?(?:哪一?天|啥时候?|什么时[候间]|哪个时间|几点|何时|啥时间|哪个时段|什么时段)"
        r"(?:都|也)(?:行|可以|成|中|得|好|能|没问题)",
        r"随便(?:哪一?天|啥时候|什么时候|几点|一天|约)|随时(?:都)?(?:行|可以|有空)",
        r"随便哪个(?:点|时间|时段|钟点)?(?=$|[ ,。!吧都])|时间不限|时间(?:随便|都行|都可以)",
    ),
    "earlier": (
        r"(?:别|不要|不能)太(?:晚|迟)|再?(?:早|提前|靠前|往前)一?[点些](?:的|时间)|再(?:早|提前|往前)一?[点些]?",
        rf"(?:往前|提前)(?:挪|调|推){_A_BIT}?|有没有更早的|更早的?",
    ),
    "later": (
        r"(?:别|不要|不能)太早|再?(?:晚|迟|推后|靠后|往后)一?[点些](?:的|时间)|再(?:晚|迟|往后)一?[点些]?",
        rf"(?:往后|朝后)(?:挪|调|推|延|顺){_A_BIT}?|推[后迟](?:{_A_BIT}|(?=几天|吧|$))|更晚的?",
    ),
}
_ANYWHERE = re.compile("|".join(f"(?P<{kind}>{'|'.join(words)})" for kind, words in _IN_TEXT.items()))
# What is a wish only where it is the whole answer to "哪天方便".
_WHOLE: dict[Kind, re.Pattern[str]] = {
    "earliest": re.compile(
        r"(?:马上|立刻|立马|赶紧|赶快|现在|现在就去|快点|越快|最快|抓紧|很?急|早点办|能早就早)(?:的|吧|啊|呀|好)*"
    ),
    "any": re.compile(
        r"(?:我?都行|都可以|随便|都得|随你们?|你们?定|你们?看着?办|看你们?|无所谓|不限|都中|都成|听你们?的|"
        r"你们?安排)(?:的|吧|啊|呀|了|哦|就行)*(?:(?:都行|都可以|随便|随你们?|你们?定|你们?看着?办|听你们?的|你们?安排)(?:的|吧|啊|呀|了|就行)*)?"
    ),
    "earlier": re.compile(r"[要想换改]?个?(?:早|提前)一?[点些](?:的|吧|啊)*"),
    "later": re.compile(r"[要想换改]?个?(?:晚|迟|往后)一?[点些](?:的|吧|啊)*"),
}
_PUNCTUATION = re.compile(r"[ ,.。!?~、]+")


def find_wishes(text: str) -> Iterator[tuple[Kind, int, int]]:
    """The wishes in a folded text, each with its kind and where it begins and ends."""
    for match in _ANYWHERE.finditer(text):
        kind: Kind = match.lastgroup  # type: ignore[assignment]
        yield kind, match.start(), match.end()


def read_wish(text: str) -> Kind | None:
    """The wish a folded text is and nothing else (都行, 马上, 早点的), or None."""
    bare = _PUNCTUATION.sub("", text)
    return next((kind for kind, pattern in _WHOLE.items() if pattern.fullmatch(bare)), None)
