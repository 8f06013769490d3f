"""No text makes the understanding fail or stall. `NUANXIN_FULL=1` runs 100,000 strings instead of 1,500."""

from __future__ import annotations

import gc
import os
import random
import time
from collections.abc import Iterator

import pytest

from tests.nlu.conftest import Parse

_COUNT = 100_000 if os.environ.get("NUANXIN_FULL") else 1_500
_MS_PER_THOUSAND = 50.0
_LOADED = 4.0  # a shared machine may be that much slower than a quiet core
_WORDS = [
    "驿站",
    "工资",
    "押金",
    "花桥",
    "美团",
    "下周三",
    "两点半",
    "八千五",
    "13812345678",
    "LD20261124-0007",
    "不想活",
    "还有",
    "顺便",
    "健康证",
    "。",
    "，",
    "？",
    "😭",
]
_FIXED = (
    "",
    " ",
    "\u200b" * 300,
    "/",
    "/" * 500,
    '/find_station{"place":' + "[" * 5_000,
    "驿" * 50_000,
    "还有" * 25_000,
    "一二三四五六七八九十百千万亿" * 3_500,
    "1" * 50_000,
    "今天明天后天" * 8_000,
    "<script>alert(1)</script>" * 500,
    "{{7*7}}${jndi:ldap://x}%s%n" * 200,
    "'; DROP TABLE users; --",
    "=cmd|' /C calc'!A0",
    "\x00\x01\x02\x1b[31m",
    "e\u0301" * 2_000,
    "\u202eabc\u202c",
    "[花桥](place)" * 300,
    "👨‍👩‍👧‍👦" * 400,
    "\ud800",
)


def _strings(count: int) -> Iterator[str]:
    yield from _FIXED
    chooser = random.Random(20261124)
    planes = ((0, 0x7F), (0x80, 0x2FF), (0x3000, 0x9FFF), (0xA000, 0xFFFF), (0x1F000, 0x1FAFF), (0x20000, 0x2FFFF))
    for at in range(count - len(_FIXED)):
        length = chooser.choice((1, 3, 10, 30, 100, 300)) if at % 50 else 2_000
        if at % 3 == 0:
            yield "".join(chooser.choice(_WORDS) for _ in range(length // 3 + 1))
            continue
        low, high = chooser.choice(planes) if at % 3 == 1 else (0, 0x10FFFF)
        characters = (chr(chooser.randint(low, high)) for _ in range(length))
        yield "".join("?" if "\ud800" <= character <= "\udfff" else character for character in characters)


@pytest.mark.timeout(3600 if _COUNT > 10_000 else 600)
def test_any_text_is_parsed_in_time(parse: Parse) -> None:
    parse("你好")
    gc.collect()
    gc.freeze()  # as the server does: looking through the model's million objects is no part of understanding
    slow: list[tuple[float, str]] = []
    for text in _strings(_COUNT):
        begin = time.process_time()
        parsed = parse(text)
        taken = (time.process_time() - begin) * 1000
        text = text.strip()  # as Rasa does with every message
        assert parsed["text"] == text
        for entity in parsed["entities"]:
            assert 0 <= entity["start"] < entity["end"] <= len(text)
        bound = max(1.0, len(text) / 1000) * _MS_PER_THOUSAND * _LOADED
        if taken > bound:
            slow.append((taken, text[:30]))
    assert not slow
