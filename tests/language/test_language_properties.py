"""What holds for every text: no finder raises, spans are true, time is linear."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot import language
from bot.language import (
    SHANGHAI,
    Span,
    TimeSpan,
    describe,
    find_money,
    find_times,
    format_yuan,
    normalise,
    parse_money,
    parse_time,
    redact,
)

NOW = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
SECONDS_PER_CHARACTER = 0.05 / 1_000
SETTINGS = settings(max_examples=150, deadline=None, derandomize=True)
FINDERS: dict[str, Callable[[str], Sequence[Span]]] = {
    name: getattr(language, name) for name in language.__all__ if name.startswith("find_") and name != "find_times"
} | {
    "find_times": lambda text: find_times(text, NOW),
    "find_times_past": lambda text: find_times(text, NOW, "past"),
    "find_money_bare": lambda text: find_money(text, bare=True),
}
READERS: dict[str, Callable[[str], object]] = {
    name: getattr(language, name)
    for name in language.__all__
    if name.startswith(("read_", "parse_", "check_")) and name != "parse_time"
} | {"parse_time": lambda text: parse_time(text, NOW), "redact": redact, "normalise": normalise}


def words(line: str) -> list[str]:
    return line.split()


PIECES = words(
    "下 上 这 周 星期 礼拜 一 二 两 三 五 十 百 千 万 零 半 几 多 来 个 月 年 日 号 天 儿 明 "
    "后 大后 前 昨 今 早 晚 上午 下午 夜里 点 刻 分 : . / - ~ 到 至 以前 之后 内 初 底 末 "
    "元旦 国庆 春节 过年 农历 块 元 毛 钱 工资 押金 欠 扣 没给 不发 我 的 , 。 12 3 31 2026 "
    "138 0013 8000 LD20261124 0007 1w2 3.5k ¥ 幺 八 差 尽快 随便哪天 都行 再早点 不 是 算了 "
    "还在干 走了 本科 健康证 １ 後 \u200b 😀 ½"
)
rider_texts = st.lists(st.sampled_from([*PIECES, " "]), max_size=14).map("".join)
any_texts = st.text(st.characters(), max_size=120)

HOSTILE = {
    "spaces": " ",
    "invisible": "\u200b\u202e\ufeff",
    "surrogates": "\ud800\udfff",
    "ones": "一",
    "zeros": "0",
    "digits and dashes": "1-",
    "points": "1.",
    "commas": "1,000,",
    "weeks": "下",
    "weekdays": "下周三",
    "ranges": "三点到",
    "months": "7月到",
    "days": "3号到",
    "units": "千万",
    "money": "一块",
    "unpaid": "工资拖",
    "ligatures": "ﷺ",
    "emoji": "👨\u200d👩\u200d👧",
    "combining": "e\u0301\u0302",
    "letters": "ab20",
    "answers": "好的",
    "holidays": "国庆后",
    "evenings": "今晚",
}


def check_spans(text: str, spans: Sequence[Span]) -> None:
    end = 0
    for span in spans:
        assert end <= span.start < span.end <= len(text)
        assert span.surface == text[span.start : span.end]
        end = span.end


def check_time(span: TimeSpan) -> None:
    assert span.iso()
    assert describe(span, NOW)
    if span.kind == "at":
        assert span.begin.tzinfo is SHANGHAI
        assert span.until is None or span.begin < span.until


@pytest.mark.parametrize("name", FINDERS)
@SETTINGS
@given(text=st.one_of(rider_texts, any_texts))
def test_spans_are_true(name, text) -> None:
    spans = FINDERS[name](text)
    check_spans(text, spans)
    for span in spans:
        if isinstance(span, TimeSpan):
            check_time(span)


@pytest.mark.parametrize("name", READERS)
@SETTINGS
@given(text=st.one_of(rider_texts, any_texts))
def test_readers_never_raise(name, text) -> None:
    READERS[name](text)


def check_speed(function: Callable[[str], object], text: str) -> None:
    allowed, spent = SECONDS_PER_CHARACTER * len(text), []
    for _ in range(3):  # a collection of the whole test process's garbage may fall into one
        began = time.process_time()
        function(text)
        spent.append(time.process_time() - began)
        if spent[-1] <= allowed:
            return
    raise AssertionError((function, spent))


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts(unit) -> None:
    text = unit * (10_000 // len(unit))
    for function in [*FINDERS.values(), *READERS.values()]:
        check_speed(function, text)


@pytest.mark.parametrize("name", ["find_times", "find_money", "find_phones", "find_dispute_types", "read_answer"])
@pytest.mark.parametrize("unit", ["下", "1-", "今晚", "工资拖"])
def test_fifty_thousand_characters(name, unit) -> None:
    check_speed((FINDERS | READERS)[name], unit * (50_000 // len(unit)))


@SETTINGS
@given(text=rider_texts, before=st.sampled_from(["", "　", "。。", "😀😀 "]))
def test_what_stands_before_does_not_matter(text, before) -> None:
    def values(of: str) -> list[str]:
        return [span.iso() for span in find_times(of, NOW)]

    assert values(f"{before}。{text}") == values(f"。{text}")


@SETTINGS
@given(st.datetimes(datetime(2026, 11, 25), datetime(2030, 12, 31)))
def test_said_and_read_again(moment) -> None:
    text = f"{moment:%Y-%m-%d %H:%M}"
    span = parse_time(text, NOW)
    assert span.surface == text
    assert span.iso() == f"{moment:%Y-%m-%dT%H:%M}"
    assert parse_time(describe(span, NOW), NOW).begin == span.begin


@SETTINGS
@given(days=st.integers(1, 300), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_spoken_and_read_again(days, hour, minute) -> None:
    day = NOW.date() + timedelta(days=days)
    span = parse_time(f"{day.year}年{day.month}月{day.day}号{hour:02d}点{minute:02d}分", NOW)
    assert span.iso() == f"{day}T{hour:02d}:{minute:02d}"


@SETTINGS
@given(st.integers(1, 10**11 - 1))
def test_money_is_read_as_it_is_written(fen) -> None:
    assert parse_money(format_yuan(fen)) == fen


@SETTINGS
@given(st.text(st.sampled_from("0123456789 -电话，"), max_size=60))
def test_redaction_settles(text) -> None:
    assert redact(redact(text)) == redact(text)


@SETTINGS
@given(any_texts)
def test_folding_keeps_the_place(text) -> None:
    folded = normalise(text)
    assert len(folded.starts) == len(folded.ends) == len(folded.text)
    assert all(start < end for start, end in zip(folded.starts, folded.ends, strict=True))
    assert list(folded.starts) == sorted(set(folded.starts))
