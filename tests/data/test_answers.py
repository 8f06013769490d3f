"""The words a rider reads: every number has a source, nothing is too long, every answer has a next step."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.knowledge.answers import answers
from bot.knowledge.follow_ups import follow_ups
from bot.knowledge.hotlines import HOTLINES, unknown_numbers
from bot.knowledge.law_points import law_points
from bot.settings import ROOT

LONGEST = 300  # characters
LINE = 120  # characters of a line that stands for a whole answer
SPOKEN = (*sorted((ROOT / "bot" / "actions").glob("*.py")), ROOT / "bot" / "services" / "notices.py")
SPOKEN += (ROOT / "bot" / "services" / "desk_notices.py", ROOT / "bot" / "wechat" / "wording.py")
ALLOWED: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).with_name("answer_numbers.yml")).read_text(encoding="utf-8")
)
# a number with what it counts: 第27条, 〔2021〕56号, 1+11, 35–64岁, 60个工作日, 50%
_NUMBER = re.compile(
    r"〔\d{4}〕\d+号|第\d+(?:、\d+)*条|LD\d{8}-\d{6}|1\+11|市级\s*1\s*处|可延\s*\d+|每人\s*1\s*个|一人\s*1\s*个"
    r"|\d+(?:[.:]\d+)?(?:\s*[–~到至-]\s*\d+(?:\.\d+)?)?\s*"
    r"(?:多个|个工作日|个月|个点|大类|分钟|小时|开头|MB|%|[年月天日号条元份项次个处岁人台位张点])?"
)
_OF_A_LIST = re.compile(r"^\d+[.、]|(?:^|(?<=、))\d+ (?=[^\d\s年月天日号条元份项次个处岁人台位张点到])", re.MULTILINE)
_CALLS = frozenset({"compile", "search", "match", "fullmatch", "sub", "findall", "finditer"})


def numbers_in(text: str) -> list[str]:
    """The numbers of a text with their units, without hotlines and the numbers of a list."""
    text = _OF_A_LIST.sub("", text)
    found = (re.sub(r"\s+", "", one) for one in _NUMBER.findall(text))
    return [one for one in found if re.sub(r"\D", "", one) not in HOTLINES]


def spoken(path: Path) -> Iterator[str]:
    """The Chinese texts of a source file, without patterns and docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent: set[int] = set()
    for node in ast.walk(tree):
        name = getattr(getattr(node, "func", None), "attr", "")
        if isinstance(node, ast.Call) and name in _CALLS:
            silent |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.Expr):
            silent.add(id(node.value))
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_pattern(node):
            silent |= {id(part) for part in ast.walk(node.value)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in silent else None
        if isinstance(text, str) and re.search(r"[\u4e00-\u9fff]", text):
            yield text


def _is_pattern(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    names = {target.id for target in targets if isinstance(target, ast.Name)}
    texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    return bool(names & {"phrases", "anywhere", "calm", "narrowing"}) or any("(?:" in text for text in texts)


def said() -> Iterator[tuple[str, str]]:
    """(number, where it is said): the topic of an answer, or the file of a text."""
    for topic, answer in answers().items():
        yield from ((number, topic) for number in numbers_in(answer.text))
    for name, point in law_points().items():
        yield from ((number, f"law/{name}") for number in numbers_in(point.text))
    for topic, row in follow_ups().items():
        yield from ((number, topic) for line in row.lines.values() for number in numbers_in(line))
    for path in SPOKEN:
        yield from ((number, path.name) for text in spoken(path) for number in numbers_in(text))


def test_every_number_has_its_source_and_place() -> None:
    places: dict[str, set[str]] = {}
    for row in ALLOWED:
        places.setdefault(str(row["number"]), set()).update(row["in"])
    assert all(row["source"] for row in ALLOWED)
    wrong = [
        f"{number} in {where}"
        for number, where in said()
        if not places.get(number, set()) & {where, where.partition("/")[0]}
    ]
    assert wrong == []


def test_no_line_of_the_table_is_left_over() -> None:
    used = {number for number, _ in said()}
    assert [row["number"] for row in ALLOWED if str(row["number"]) not in used] == []


@pytest.mark.parametrize("text", ["要 37 天", "罚 200 元", "第88条", "一共 12 处"])
def test_an_invented_number_would_be_seen(text: str) -> None:
    known = {str(row["number"]) for row in ALLOWED}
    assert set(numbers_in(text)) - known


def test_answers_are_short_and_lead_on() -> None:
    for topic, answer in answers().items():
        assert len(answer.text) < LONGEST, topic
        assert answer.buttons, f"{topic} has no next step"
        assert unknown_numbers(answer.text) == [], topic


def test_points_of_law_are_short_have_a_source_and_lead_on() -> None:
    for name, point in law_points().items():
        assert len(point.text) < LONGEST, name
        assert point.source, name
        assert point.choices, name
        assert unknown_numbers(point.text) == [], name
        assert all(sent.startswith("/") for _, sent in point.choices), name


def test_lines_of_follow_ups_are_short_and_have_a_source() -> None:
    for topic, row in follow_ups().items():
        assert topic in answers()
        assert row.source, topic
        for key, line in row.lines.items():
            assert len(line) <= LINE, f"{topic} {key}"
            assert unknown_numbers(line) == [], f"{topic} {key}"


def test_a_line_that_names_a_button_stands_above_it() -> None:
    for topic, row in follow_ups().items():
        titles = [title for title, _ in answers()[topic].buttons]
        named = [(key, one) for key, line in row.lines.items() for one in re.findall("点“(.+?)”", line)]
        assert [(topic, *one) for one in named if one[1] not in titles] == []


def test_texts_of_the_chat_name_public_hotlines_only_and_are_short() -> None:
    for path in SPOKEN:
        for text in spoken(path):
            assert len(text) < LONGEST, f"{path.name}: {text[:40]}"
            assert [n for n in unknown_numbers(text) if not text.startswith("没查到")] == [], f"{path.name}: {text}"
