"""Trees of short questions that a seat reads out (data/guided), each ending in an approved answer or a task."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.knowledge.answers import answers
from bot.knowledge.hotlines import unknown_numbers
from bot.knowledge.topics import topics

GUIDED_DIR = Path(__file__).parents[2] / "data" / "guided"
MOST_ANSWERS = 9  # digit keys
MOST_NODES = 80
LONGEST = {"title": 20, "ask": 80, "say": 20, "tell": 120}
TASKS = frozenset(
    {
        "find_station",
        "leave_suggestion",
        "open_dispute",
        "dispute_status",
        "find_berth",
        "my_safety_record",
        "book_education",
        "find_drinks",
        "book_hospital",
        "booking_status",
        "reschedule_booking",
        "cancel_booking",
        "emergency",
        "calc_subsidy",
        "enroll_school",
        "find_bank",
        "check_tour_card",
        "join_alliance",
        "book_screening",
        "human_handoff",
    }
)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class BadTree(ValueError):
    """A tree does not hold together; `faults` say where and why, in Chinese, one each."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Option:
    """One answer: what its button says, and the node it leads to."""

    say: str
    to: str


@dataclass(frozen=True)
class Node:
    """A question with options, or an end: the topic whose answer is read, a task, a word to the seat."""

    key: str
    ask: str = ""
    options: tuple[Option, ...] = ()
    answer: str | None = None
    task: str | None = None
    tell: str = ""

    @property
    def is_end(self) -> bool:
        return not self.ask


@dataclass(frozen=True)
class Tree:
    """`initiative`: 1 to 10; `start`: key of the first node."""

    initiative: int
    title: str
    start: str
    nodes: Mapping[str, Node]

    def walk(self, path: list[int]) -> list[Node]:
        """The nodes passed when those options (1-based) are picked from the start on. ValueError off the tree."""
        passed = [self.nodes[self.start]]
        for number in path:
            options = passed[-1].options
            if not 1 <= number <= len(options):
                raise ValueError(f"no answer {number} at {passed[-1].key}")
            passed.append(self.nodes[options[number - 1].to])
        return passed

    @property
    def depth(self) -> int:
        """The most questions one may be asked."""
        return _depth(self, self.start, {})


@cache
def built_in() -> Mapping[str, str]:
    """Tree name → its YAML as it comes with the program."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(GUIDED_DIR.glob("*.yml"))}


Where = tuple[str | int, ...]  # ("nodes", key, number of an option), or a shorter one: a place in a tree's YAML


class _Faults:
    """What is wrong with a tree, each with the line where that is."""

    def __init__(self, lines: Mapping[Where, int]) -> None:
        self._lines = lines
        self.found: list[tuple[int, str]] = []

    def add(self, text: str, *where: str | int) -> None:
        line = next((self._lines[where[:most]] for most in range(len(where), 0, -1) if where[:most] in self._lines), 0)
        self.found.append((line, f"第 {line} 行：{text}" if line else text))

    @property
    def texts(self) -> list[str]:
        """From the top of the text downwards."""
        return [text for _, text in sorted(self.found, key=lambda fault: fault[0])]


def read_tree(source: str) -> Tree:
    """A tree from its YAML. BadTree lists everything that is wrong with it, with its line."""
    try:
        raw, lines, twice = yaml.load(source, yaml.CSafeLoader), *_places(source)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadTree([f"第 {mark.line + 1} 行的格式不对" if mark else "格式不对"]) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("nodes"), dict):
        raise BadTree(["要有 initiative、title、start 和 nodes"])
    faults = _Faults(lines)
    for where in twice:
        faults.add(f"“{where[-1]}”写了两次，前一个会丢掉", *where)
    nodes = {str(key): _node(str(key), value, faults) for key, value in raw["nodes"].items()}
    initiative = raw.get("initiative")
    if not isinstance(initiative, int) or isinstance(initiative, bool) or not 1 <= initiative <= 10:
        faults.add("initiative 要是 1 到 10", "initiative")
        initiative = 0
    for unknown in sorted({str(key) for key in raw} - {"initiative", "title", "start", "nodes"}):
        faults.add(f"不认识的键：{unknown}", unknown)
    tree = Tree(initiative, _text(raw, "title", "开头", faults, ()), str(raw.get("start")), nodes)
    _check_shape(tree, faults)
    if faults.found:
        raise BadTree(faults.texts)
    return tree


def _places(source: str) -> tuple[dict[Where, int], list[Where]]:
    """The line of each key, node and option, from 1; and the keys that are written twice."""
    lines: dict[Where, int] = {}
    twice: list[Where] = []

    def keys(node: Any, *above: str) -> Iterator[tuple[str, Any]]:
        for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
            where = (*above, str(key.value))
            twice.extend([where] * (where in lines))
            lines[where] = key.start_mark.line + 1
            yield str(key.value), value

    for name, value in keys(yaml.compose(source, yaml.CSafeLoader)):
        for key, node in keys(value, "nodes") if name == "nodes" else ():
            for part, listed in keys(node, "nodes", key):
                if part == "answers" and isinstance(listed, yaml.SequenceNode):
                    for number, option in enumerate(listed.value, 1):
                        lines["nodes", key, number] = option.start_mark.line + 1
    return lines, twice


def _node(key: str, raw: Any, faults: _Faults) -> Node:
    at = ("nodes", key)
    if not _KEY.fullmatch(key):
        faults.add(f"节点名“{key[:40]}”只能用小写字母、数字、下划线", *at)
    if not isinstance(raw, dict):
        faults.add(f"节点 {key} 是空的", *at)
        return Node(key, tell="?")
    for unknown in sorted({str(name) for name in raw} - {"ask", "answers", "answer", "task", "tell"}):
        faults.add(f"节点 {key}：不认识的键 {unknown}", *at, unknown)
    return _question(key, raw, faults) if "ask" in raw or "answers" in raw else _end(key, raw, faults)


def _question(key: str, raw: dict[Any, Any], faults: _Faults) -> Node:
    at, listed = ("nodes", key), raw.get("answers")
    options: list[Option] = []
    if {"answer", "task", "tell"} & set(raw):
        faults.add(f"节点 {key}：问题里不能有 answer、task、tell", *at)
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_ANSWERS:
        faults.add(f"节点 {key}：要有 1 到 {MOST_ANSWERS} 个答案", *at, "answers")
        listed = []
    for number, item in enumerate(listed, 1):
        where = f"节点 {key} 第 {number} 个答案"
        if not isinstance(item, dict) or set(item) != {"say", "to"}:
            faults.add(f"{where}：要有 say 和 to", *at, number)
            continue
        options.append(Option(_text(item, "say", where, faults, (*at, number)), str(item["to"])))
    return Node(key, ask=_text(raw, "ask", f"节点 {key}", faults, at) or "?", options=tuple(options))


def _end(key: str, raw: dict[Any, Any], faults: _Faults) -> Node:
    at, answer, task = ("nodes", key), raw.get("answer"), raw.get("task")
    if answer is not None and answer not in answers():
        faults.add(f"节点 {key}：没有“{answer}”这个答案主题", *at, "answer")
    if task is not None and task not in TASKS:
        faults.add(f"节点 {key}：没有“{task}”这件要办的事", *at, "task")
    tell = _text(raw, "tell", f"节点 {key}", faults, at) if "tell" in raw else ""
    if answer is None and task is None and not tell:
        faults.add(f"节点 {key}：走到这里就断了，要有 answer、task 或 tell", *at)
    return Node(key, answer=answer, task=task, tell=tell)


def _text(raw: dict[Any, Any], name: str, where: str, faults: _Faults, at: Where) -> str:
    value = raw.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= LONGEST[name]:
        faults.add(f"{where}：{name} 要 1 到 {LONGEST[name]} 个字", *at, name)
    elif numbers := unknown_numbers(text):
        faults.add(f"{where}：“{numbers[0]}”不是公布过的公共热线", *at, name)
    return text


def _check_shape(tree: Tree, faults: _Faults) -> None:
    """Ends in nothing, circles, nodes that nobody comes to."""
    if len(tree.nodes) > MOST_NODES:
        return faults.add(f"最多 {MOST_NODES} 个节点", "nodes")
    if tree.start not in tree.nodes:
        return faults.add(f"start 指的节点“{tree.start}”不存在", "start")
    missing = [
        (node.key, number, option)
        for node in tree.nodes.values()
        for number, option in enumerate(node.options, 1)
        if option.to not in tree.nodes
    ]
    for key, number, option in missing:
        faults.add(f"节点 {key}：“{option.say}”指的节点“{option.to}”不存在", "nodes", key, number)
    if missing:
        return None
    circle = _circle(tree, tree.start, (), set())
    if circle:
        return faults.add(f"绕圈了：{' → '.join(circle)}", "nodes", circle[0])
    reached, todo = set[str](), [tree.start]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += [option.to for option in tree.nodes[key].options]
    for key in tree.nodes:
        if key not in reached:
            faults.add(f"节点 {key} 没有路走到", "nodes", key)
    return None


def _circle(tree: Tree, key: str, above: tuple[str, ...], clean: set[str]) -> list[str]:
    """The first circle below a node, empty when there is none. `clean`: nodes known to have none below them."""
    if key in above:
        return [*above[above.index(key) :], key]
    if key not in clean:
        for option in tree.nodes[key].options:
            found = _circle(tree, option.to, (*above, key), clean)
            if found:
                return found
        clean.add(key)
    return []


def _depth(tree: Tree, key: str, known: dict[str, int]) -> int:
    if key not in known:
        known[key] = max((1 + _depth(tree, option.to, known) for option in tree.nodes[key].options), default=0)
    return known[key]


def title_of_end(node: Node) -> str:
    """What an end leads to, for lists: the titles of its answer and its task."""
    names = [topics()[name].title for name in (node.answer, node.task) if name]
    return "、".join(names) or node.tell
