"""Sources as a seat may read them out: the short marks of the data become names."""

from __future__ import annotations

import re

from bot.knowledge.initiatives import initiatives

ARTICLE = "昆山先锋《昆山市暖心聚“新”十大党建重点项目》"
_FACTS = re.compile(r"(?:facts\s*)?§[\d.]+(?:\s*[,，、]\s*§[\d.]+)*\s*")


def readable(source: str) -> str:
    """`seed §02; facts §3.2 劳动争议调解仲裁法第21条` → the article's item 2 and the law."""
    parts = []
    for part in map(str.strip, source.split(";")):
        if part.startswith("seed"):
            numbers = [int(found) for found in re.findall(r"\d{2}", part)]
            names = [f"第{one.number}项“{one.name}”" for one in initiatives() if one.number in numbers]
            parts.append(ARTICLE + ("全文" if "–" in part else "、".join(names)))
        elif named := _FACTS.sub("", part).strip(" ,，、"):
            parts.append(named)
    return "；".join(dict.fromkeys(parts))
