"""Levels of study: which one is aimed at (junior_college, bachelor) and which one someone already has."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.language.normalise import normalise
from bot.language.phrases import Labelled, PhraseTable

DEGREES = ("junior_college", "bachelor")
SCHOOLING = (
    "primary",
    "junior_high",
    "senior_high",
    "vocational",
    "junior_college",
    "bachelor",
    "postgraduate",
)
_OF_AIM = PhraseTable.of(
    {
        "bachelor": [
            r"(?:大)?专(?:科)?升本(?:科)?|(?:专|大专|专科)(?:续|接|转|读|考|念)本(?:科)?|专生本|转升本|"
            r"升本(?:科)?",
            r"(?:非?全日制)?(?:大学)?本[科课颗棵](?:生|毕业|文凭|学历|班)?|学士(?:学位)?|(?:读|念|考|上|升|报|"
            r"拿)个?本(?![来人地市子职事月周科课])",
        ],
        "junior_college": [
            r"(?:高升|高起|中升)专|(?:非?全日制)?(?:大专(?![案项业题家区长])|大砖|大转)(?:生|毕业|文凭|学历|"
            r"班)?|专科(?!医|门诊|号|大夫|室)(?:生|毕业|文凭|学历|班)?|高职(?!院校的)",
        ],
    }
)
_OF_PAST = PhraseTable.of(
    {
        "primary": [r"小学|没(?:怎么)?(?:上|念|读)过?(?:几年|啥|什么)?(?:学|书)"],
        "junior_high": [r"初中|初一|初二|初三"],
        "senior_high": [r"(?<!最)高中|高一|高二|高三"],
        "vocational": [r"中专|职高|技校|中技|职中|技工学校|职业高中"],
        "junior_college": [r"大专|专科(?!医|门诊)|高职"],
        "bachelor": [r"本科|学士|大学"],
        "postgraduate": [r"研究生|硕士|博士"],
    }
)
_HAS_AFTER = re.compile(r"毕业|文凭|学历|读完|念完|上完|毕了业|出来|没(?:读|念|上)完|肄业|辍学|水平|的?底子|在读")
_HAS_BEFORE = re.compile(r"(?:有了?|是|拿了|读过|念过|上过|读了|念了|学历)个?$")
_WANTS = re.compile(r"(?:想|要|能|去|升|读个|念个|没有?|不是)$")


@dataclass(frozen=True, slots=True)
class Study:
    """`aim`: the degree wanted (None if not said); `has`: the schooling already had (None if not said)."""

    aim: str | None
    has: str | None


def find_degrees(text: str) -> list[Labelled]:
    """Words for the two degrees of the programme; `value` is one of `DEGREES`."""
    return _OF_AIM.find(text)


def read_degree(text: str) -> str | None:
    """The degree aimed at by a short answer (我高中毕业想读大专 → junior_college), or None."""
    return read_study(text).aim


def read_study(text: str) -> Study:
    """Tell what someone has from what they want: 大专毕业想读本科 has junior_college, aims at bachelor."""
    folded = normalise(text).text
    past = [label for label in _OF_PAST.find(text) if _already(text, label)]
    has = past[0].value if past else None
    taken = {(label.start, label.end) for label in past}
    aims = [
        label
        for label in find_degrees(text)
        if not any(label.start < end and start < label.end for start, end in taken) or "升本" in label.surface
    ]
    if has is None and "升本" in folded:
        has = "junior_college"
    return Study(aims[-1].value if aims else None, has)


def _already(text: str, label: Labelled) -> bool:
    if label.value in {"primary", "junior_high", "senior_high", "vocational", "postgraduate"}:
        return True
    after, before = text[label.end : label.end + 3], text[max(0, label.start - 4) : label.start]
    if _WANTS.search(before):
        return False
    return bool(
        _HAS_AFTER.match(after) or any(word.surface.endswith(("毕业", "文凭", "学历")) for word in [label])
    ) or bool(_HAS_BEFORE.search(before))
