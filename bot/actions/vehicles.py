"""What a driver says about a goods vehicle: its length, class, and what drives it."""

from __future__ import annotations

import re

from bot.language import find_numbers, normalise

CLASS_NAMES = {"micro": "微型货车", "light": "轻型货车", "medium": "中型货车", "heavy": "重型货车"}
ENERGY_NAMES = {"bev": "纯电动", "phev": "插电混动", "fcev": "氢燃料", "fuel": "油车"}
_CLASS_WORDS = {
    "heavy": "重卡|重型|半挂|挂车|牵引|大货车|大挂",
    "medium": "中卡|中型|中货",
    "light": "轻卡|轻型|小货车|厢货|箱货",
    "micro": "微面|微型|微卡|面包车|小面",
}
# D pure electric, F not pure electric, such as plug-in hybrids: plates of new-energy vehicles (facts 3.9).
_ENERGY_WORDS = {
    "fcev": "氢",
    "phev": "插混|混动|增程|f牌|f 牌",
    "bev": "纯电|电动|电车|新能源|绿牌|d牌|d 牌",
    "fuel": "油车|柴油|汽油|燃油|蓝牌|黄牌|天然气",
}
_METRES = re.compile(r"\s*(?:米|m)\s*(\d|[一二三四五六七八九])?(?!之?内|以内|远|外)")
_SHORTEST, _LONGEST = 2.5, 20.0


def read_length(text: str) -> float | None:
    """The vehicle's length in metres: 4米2, 6.8米, 13米. None for what is no length of a vehicle."""
    for number in find_numbers(text):
        found = _METRES.match(text, number.end)
        if found is None:
            continue
        length = float(number.low)
        if found[1]:
            length += (int(found[1]) if found[1].isdigit() else "一二三四五六七八九".index(found[1]) + 1) / 10
        if _SHORTEST <= length <= _LONGEST:
            return length
    return None


def read_class(text: str) -> str | None:
    """micro, light, medium or heavy, by its words; never guessed from a length."""
    folded = normalise(text).text
    return next((name for name, words in _CLASS_WORDS.items() if re.search(words, folded)), None)


def read_energy(text: str) -> str | None:
    """bev, phev, fcev or fuel."""
    folded = normalise(text).text
    return next((name for name, words in _ENERGY_WORDS.items() if re.search(words, folded)), None)
