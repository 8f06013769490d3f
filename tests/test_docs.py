"""What the documents say is there, is there."""

import dataclasses
import re
from xml.etree import ElementTree

import pytest

from bot.settings import ROOT, Settings

READMES = ("README.md", "README.zh-CN.md")
DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for pattern in ("*.md", "docs/**/*.md", "data/**/*.md", "tests/**/*.md")
    for path in ROOT.glob(pattern)
)
SETTINGS = {field.name.upper() for field in dataclasses.fields(Settings)}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def prose(name):
    """Without blocks of code."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", read(name), flags=re.DOTALL)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name):
    folder = (ROOT / name).parent
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose(name)):
        path, _, anchor = target.partition("#")
        if "://" in target or path.startswith("mailto:"):
            continue
        file = (folder / path).resolve() if path else ROOT / name
        lost = anchor and file.suffix == ".md" and anchor not in anchors(file.read_text(encoding="utf-8"))
        if not file.exists() or lost:
            broken.append(target)
    assert broken == []


def anchors(text):
    """As GitHub makes them from headings."""
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_make_targets_exist(name):
    named = set(re.findall(r"`(?:[A-Z]+=\S+ )?make ([a-z-]+)", read(name)))
    named |= set(re.findall(r"^make ([a-z-]+)", read(name), re.MULTILINE))
    assert named <= TARGETS


@pytest.mark.parametrize("name", DOCUMENTS)
def test_commands_exist(name):
    from bot.cli import _parser

    known = set(next(iter(_parser()._subparsers._group_actions)).choices)
    named = set(re.findall(r"(?:`|bin/)nuanxin ([a-z]+)", read(name)))
    assert named <= known


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_settings_is_complete(name):
    rows = [line.split("|")[1] for line in read(name).splitlines() if re.match(r"\| `[A-Z]", line)]
    assert set(re.findall(r"`([A-Z][A-Z_]+)`", "".join(rows))) == SETTINGS


def test_both_readmes_have_the_same_parts():
    english, chinese = (prose(name) for name in READMES)
    for pattern in (r"^#+ ", r"^\|", r"^\d\. ", r"^- "):
        assert len(re.findall(pattern, english, re.MULTILINE)) == len(re.findall(pattern, chinese, re.MULTILINE)), (
            pattern
        )
    code = [re.findall(r"```sh\n(.*?)```", read(name), re.DOTALL) for name in READMES]
    assert [commands(block) for block in code[0]] == [commands(block) for block in code[1]]


def commands(block):
    """Without what is explained beside them."""
    return [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]


def test_the_picture_is_small_and_whole():
    picture = ROOT / "docs" / "conversation.svg"
    assert picture.stat().st_size < 300_000
    assert ElementTree.parse(picture).getroot().tag.endswith("svg")
    assert all("docs/conversation.svg" in read(name) for name in READMES)


def test_every_direct_dependency_is_accounted_for():
    import tomllib

    project = tomllib.loads(read("pyproject.toml"))["project"]
    named = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    text = read("docs/dependencies.md").lower()
    missing = [name for item in named if (name := re.match(r"[\w.-]+", item)[0].lower()) not in text]
    assert missing == []


def test_every_decision_is_in_the_index():
    index = read("docs/README.md")
    missing = [path.name for path in (ROOT / "docs" / "decisions").glob("0*.md") if path.name not in index]
    assert missing == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_no_marks_of_unfinished_work_and_no_machine_paths(name):
    text = read(name)
    assert not re.search(r"\b(TODO|FIXME|XXX|HACK|TBD)\b", text)
    assert not re.search(r"(?<![\w.])/(root|home|work|tmp)/", text)
