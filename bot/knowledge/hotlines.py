"""The public hotlines that an answer may name, and the finding of other numbers that look like a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping

HOTLINES: Mapping[str, str] = {
    "110": "报警",
    "119": "火警",
    "120": "急救",
    "122": "交通事故",
    "12333": "人力资源和社会保障",
    "12338": "妇女维权",
    "12345": "政务服务便民热线",
    "12348": "公共法律服务、法律援助",
    "12351": "职工维权（工会）",
    "12356": "全国统一心理援助",
}
_UNIT = r"(?!\s*(?:元|块|万|个|人|份|名|张|次|条|处|米|公里|年))"
_SHORT = re.compile(rf"(?<![\d.])(?:11[0-9]|12[0-9]|10[01]\d\d|12\d{{3}}|9[56]\d{{3,4}})(?![\d.]){_UNIT}")
_LONG = re.compile(r"(?<!\d)\+?\d(?:[\d]|[-－—\s]{1,2}(?=\d)){6,}(?!\d)")
_DAY = re.compile(r"(?:19|20)\d\d[-－—/\s]\d{1,2}[-－—/\s]\d{1,2}")


def unknown_numbers(text: str) -> list[str]:
    """What in a text looks like a phone number and is none of `HOTLINES`, in order of appearance."""
    found = [(match.start(), match[0]) for match in _LONG.finditer(text) if not _is_harmless(match[0].strip())]
    found += [(match.start(), match[0]) for match in _SHORT.finditer(text) if match[0] not in HOTLINES]
    return [number for _, number in sorted(found)]


def _is_harmless(digits: str) -> bool:
    """A day, or hotlines side by side."""
    return bool(_DAY.fullmatch(digits)) or all(part in HOTLINES for part in digits.split())
