"""The rooms of bot/: each imports only from rooms below it, and never what it must not know about."""

import ast
from pathlib import Path

import pytest

from bot.settings import ROOT

BOT = ROOT / "bot"
# from the ground up; rooms of one line do not know each other
FLOORS = (
    ("settings",),
    ("storage",),
    ("knowledge",),
    ("language", "geo"),
    ("services",),
    ("actions",),
    ("nlu",),
    ("dialogue",),
    ("wechat", "web", "console"),
)
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
PAIRS = {("geo", "language"), ("web", "wechat"), ("console", "web")}  # neighbours that may, in this direction
ROOF = len(FLOORS)  # app, cli and what belongs to them
NEVER = {
    "storage": {"rasa", "rasa_sdk", "aiohttp", "jinja2"},
    "knowledge": {"rasa", "rasa_sdk", "aiohttp", "sqlalchemy"},
    "language": {"rasa", "rasa_sdk", "aiohttp", "sqlalchemy"},
    "geo": {"rasa", "rasa_sdk", "aiohttp", "sqlalchemy"},
    "services": {"rasa", "rasa_sdk", "aiohttp", "jinja2"},
    "actions": {"rasa", "sqlalchemy", "aiohttp"},
    "nlu": {"sqlalchemy", "aiohttp"},
    "dialogue": {"sqlalchemy"},
    "wechat": {"rasa", "rasa_sdk"},
    "web": {"rasa", "rasa_sdk"},
    "console": {"rasa", "rasa_sdk"},
}


def room_of(path: Path) -> str:
    return path.relative_to(BOT).parts[0].removesuffix(".py")


def imports(path: Path) -> list[tuple[int, str]]:
    """(line, dotted name) of every import, those inside functions and TYPE_CHECKING included."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            name = node.module or ""
            found += [(node.lineno, f"bot.{alias.name}" if name == "bot" else name) for alias in node.names]
    return found


FILES = sorted(BOT.rglob("*.py"))


def test_there_is_something_to_check():
    assert {room_of(path) for path in FILES} >= {"storage", "language", "geo", "services", "actions", "nlu"}


def test_every_room_has_its_floor():
    rooms = {path.name for path in BOT.iterdir() if path.is_dir() and any(path.glob("*.py"))}
    assert rooms - set(FLOOR) <= {"evaluation"}


@pytest.mark.parametrize("room", sorted(FLOOR))
def test_a_room_imports_only_from_rooms_below(room):
    wrong = []
    for path in (file for file in FILES if room_of(file) == room):
        for line, name in imports(path):
            top, _, rest = name.partition(".")
            target = rest.split(".")[0]
            if top != "bot" or not rest or target == room:
                continue
            allowed = FLOOR.get(target, ROOF) < FLOOR[room] or (room, target) in PAIRS
            if not allowed:
                wrong.append(f"{path.relative_to(ROOT)}:{line} imports {name}")
    assert wrong == []


@pytest.mark.parametrize("room", sorted(NEVER))
def test_a_room_does_not_know_what_is_not_its_business(room):
    wrong = [
        f"{path.relative_to(ROOT)}:{line} imports {name}"
        for path in FILES
        if room_of(path) == room
        for line, name in imports(path)
        if name.split(".")[0] in NEVER[room]
    ]
    assert wrong == []
