"""Trees of short questions that a seat reads out (data/guided), each ending in an approved answer or a task."""

from __future__ import annotations

import re
from collections.abc import Mapping
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


def read_tree(source: str) -> Tree:
    """A tree from its YAML. BadTree lists everything that is wrong with it."""
    try:
        raw = yaml.load(source, yaml.CSafeLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        raise BadTree([f"第 {mark.line + 1} 行的格式不对" if mark else "格式不对"]) from error
    if not isinstance(raw, dict) or not isinstance(raw.get("nodes"), dict):
        raise BadTree(["要有 initiative、title、start 和 nodes"])
    faults: list[str] = []
    nodes = {str(key): _node(str(key), value, faults) for key, value in raw["nodes"].items()}
    initiative = raw.get("initiative")
    if not isinstance(initiative, int) or isinstance(initiative, bool) or not 1 <= initiative <= 10:
        faults.append("initiative 要是 1 到 10")
        initiative = 0
    if unknown := sorted({str(key) for key in raw} - {"initiative", "title", "start", "nodes"}):
        faults.append(f"不认识的键：{'、'.join(unknown)}")
    tree = Tree(initiative, _text(raw, "title", "开头", faults), str(raw.get("start")), nodes)
    faults += _shape_faults(tree)
    if faults:
        raise BadTree(faults)
    return tree


def _node(key: str, raw: Any, faults: list[str]) -> Node:
    if not _KEY.fullmatch(key):
        faults.append(f"节点名“{key[:40]}”只能用小写字母、数字、下划线")
    if not isinstance(raw, dict):
        faults.append(f"节点 {key} 是空的")
        return Node(key, tell="?")
    if unknown := sorted({str(name) for name in raw} - {"ask", "answers", "answer", "task", "tell"}):
        faults.append(f"节点 {key}：不认识的键 {'、'.join(unknown)}")
    return _question(key, raw, faults) if "ask" in raw or "answers" in raw else _end(key, raw, faults)


def _question(key: str, raw: dict[Any, Any], faults: list[str]) -> Node:
    listed = raw.get("answers")
    options: list[Option] = []
    if {"answer", "task", "tell"} & set(raw):
        faults.append(f"节点 {key}：问题里不能有 answer、task、tell")
    if not isinstance(listed, list) or not 1 <= len(listed) <= MOST_ANSWERS:
        faults.append(f"节点 {key}：要有 1 到 {MOST_ANSWERS} 个答案")
        listed = []
    for number, item in enumerate(listed, 1):
        if not isinstance(item, dict) or set(item) != {"say", "to"}:
            faults.append(f"节点 {key} 第 {number} 个答案：要有 say 和 to")
            continue
        options.append(Option(_text(item, "say", f"节点 {key} 第 {number} 个答案", faults), str(item["to"])))
    return Node(key, ask=_text(raw, "ask", f"节点 {key}", faults) or "?", options=tuple(options))


def _end(key: str, raw: dict[Any, Any], faults: list[str]) -> Node:
    answer, task = raw.get("answer"), raw.get("task")
    if answer is not None and answer not in answers():
        faults.append(f"节点 {key}：没有“{answer}”这个答案主题")
    if task is not None and task not in TASKS:
        faults.append(f"节点 {key}：没有“{task}”这件要办的事")
    tell = _text(raw, "tell", f"节点 {key}", faults) if "tell" in raw else ""
    if answer is None and task is None and not tell:
        faults.append(f"节点 {key}：走到这里就断了，要有 answer、task 或 tell")
    return Node(key, answer=answer, task=task, tell=tell)


def _text(raw: dict[Any, Any], name: str, where: str, faults: list[str]) -> str:
    value = raw.get(name)
    text = value.strip() if isinstance(value, str) else ""
    if not 1 <= len(text) <= LONGEST[name]:
        faults.append(f"{where}：{name} 要 1 到 {LONGEST[name]} 个字")
    elif numbers := unknown_numbers(text):
        faults.append(f"{where}：“{numbers[0]}”不是公布过的公共热线")
    return text


def _shape_faults(tree: Tree) -> list[str]:
    """Ends in nothing, circles, nodes that nobody comes to."""
    if len(tree.nodes) > MOST_NODES:
        return [f"最多 {MOST_NODES} 个节点"]
    if tree.start not in tree.nodes:
        return [f"start 指的节点“{tree.start}”不存在"]
    missing = [
        f"节点 {node.key}：“{option.say}”指的节点“{option.to}”不存在"
        for node in tree.nodes.values()
        for option in node.options
        if option.to not in tree.nodes
    ]
    if missing:
        return missing
    circle = _circle(tree, tree.start, (), set())
    if circle:
        return [f"绕圈了：{' → '.join(circle)}"]
    reached, todo = set[str](), [tree.start]
    while todo:
        key = todo.pop()
        if key not in reached:
            reached.add(key)
            todo += [option.to for option in tree.nodes[key].options]
    return [f"节点 {key} 没有路走到" for key in tree.nodes if key not in reached]


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
