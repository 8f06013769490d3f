"""`nuanxin retrain`: what people corrected in the console becomes training data, if the model gets no worse by it.

The lines of an export of the review page are added to a copy of the project; a candidate is trained there; the
served model and the candidate are measured on the same rows. Only when no figure falls by more than `TOLERANCE`
do the lines go into data/nlu and the candidate into the folder of models. The outcome is noted in the audit, where
the review page finds it (`RETRAINED`).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot import training
from bot.knowledge.topics import topics
from bot.services.review import RETRAINED
from bot.settings import ROOT, Settings

TOLERANCE = 0.01  # one point
DEV_ROWS = Path("tests/data/dev.jsonl")
COPIED = ("bot", "data", "tests/data", "config.yml", "domain.yml", "requirements.lock")
# (figure of bot.evaluation.metrics.summary, its name in the console)
FIGURES = (
    ("topic_accuracy", "主题准确率"),
    ("macro_f1", "各主题平均 F1"),
    ("initiative_accuracy", "项目准确率"),
    ("accuracy_noisy", "错字、方言句的准确率"),
    ("out_of_scope_f1", "“不归我们管”的 F1"),
    ("entity_f1", "要素 F1"),
    ("emergency_recall", "急救识别率"),
    ("crisis_recall", "危机识别率"),
)
KNOWN, CONTRADICTS, MEASURED = "训练数据里已有", "训练数据里归在别的主题", "和对照题一样"

Figures = Mapping[str, Any]
Train = Callable[[Path, Path], Path]  # (copy of the project, folder for models) → model
Evaluate = Callable[[Path, Sequence[Path]], list[Figures]]  # (model, files of rows) → figures of each file

_INTENT = re.compile(r"^\s*- intent: (\S+)\s*$")
_EXAMPLE = re.compile(r"^(\s+)- (.+)$")
_MARKED = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class Unusable(ValueError):
    """The file or the project does not allow a training; the message is one line that says why."""


@dataclass(frozen=True)
class Plan:
    """`new`: (topic, line) to be added; `skipped`: (line, why not)."""

    new: tuple[tuple[str, str], ...]
    skipped: tuple[tuple[str, str], ...]

    @property
    def why_skipped(self) -> str:
        return "、".join(f"{why} {count} 句" for why, count in Counter(why for _, why in self.skipped).items())


@dataclass(frozen=True)
class Verdict:
    """`figures`: (name, before, after), shares between 0 and 1; `worse`: names of those that fell too far."""

    figures: tuple[tuple[str, float, float], ...]
    worse: tuple[str, ...]

    @property
    def text(self) -> str:
        if not self.worse:
            return "没有一项低了超过 1 个百分点。"
        fallen = "、".join(
            f"“{name}”低了 {100 * (before - after):.1f} 个百分点"
            for name, before, after in self.figures
            if name in self.worse
        )
        return f"{fallen}，没有上线，原来的模型照用。"


@dataclass(frozen=True)
class Outcome:
    live: bool
    model: Path | None
    plan: Plan
    verdict: Verdict | None = None
    rows: int = 0
    learned: tuple[float, float] = (0.0, 0.0)  # share of the new lines that are answered right, before and after
    files: tuple[Path, ...] = field(default=())

    @property
    def detail(self) -> dict[str, Any]:
        """For the audit and the review page."""
        shown = list(self.verdict.figures) if self.verdict else []
        return {
            "live": self.live,
            "lines": len(self.plan.new),
            "skipped": len(self.plan.skipped),
            "why_skipped": self.plan.why_skipped,
            "verdict": self.verdict.text if self.verdict else "",
            "rows": self.rows,
            "figures": [[name, round(a, 5), round(b, 5)] for name, a, b in [*shown, ("新句子答对", *self.learned)]],
        }


# -- lines -------------------------------------------------------------------------------------------------------------


def read_export(path: Path) -> list[tuple[str, str]]:
    """(topic, line) of a Rasa training file. Unusable for what is none, or names a topic that is not ours."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
        blocks = [(str(block["intent"]), str(block["examples"])) for block in content["nlu"]]
    except OSError as error:
        raise Unusable(f"{path}: {error.strerror}") from error
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise Unusable(f"{path} must be training data as the review page exports it") from error
    unknown = sorted({topic for topic, _ in blocks} - set(topics()))
    if unknown:
        raise Unusable(f"{path} names topics that are not ours: {', '.join(unknown)}")
    lines = [(topic, line.strip()[2:].strip()) for topic, examples in blocks for line in examples.splitlines()]
    return [(topic, line) for topic, line in lines if line]


def plan_lines(pairs: Sequence[tuple[str, str]], root: Path = ROOT) -> Plan:
    """What of the pairs is new: not taught yet, not taught as something else, and not among the rows measured on."""
    taught = {_bare(line): topic for path in _nlu_files(root) for topic, line in _examples(path)}
    rows = (root / DEV_ROWS).read_text(encoding="utf-8").splitlines()
    measured = {_bare(json.loads(row)["text"]) for row in rows if row}
    new: dict[str, tuple[str, str]] = {}
    skipped: list[tuple[str, str]] = []
    for topic, line in pairs:
        bare = _bare(line)
        if bare in measured:
            skipped.append((line, MEASURED))
        elif bare in taught:
            skipped.append((line, KNOWN if taught[bare] == topic else CONTRADICTS))
        elif bare in new:
            skipped.append((line, KNOWN if new[bare][0] == topic else CONTRADICTS))
        else:
            new[bare] = (topic, line)
    return Plan(tuple(new.values()), tuple(skipped))


def add_lines(lines: Sequence[tuple[str, str]], root: Path = ROOT) -> list[Path]:
    """Put lines under the last example of their topic; returns the files changed. Unusable without a place."""
    changed: dict[Path, str] = {}
    for topic in dict.fromkeys(topic for topic, _ in lines):
        for path in _nlu_files(root):
            content = changed.get(path) or path.read_text(encoding="utf-8")
            written = _with_lines(content, topic, [line for name, line in lines if name == topic])
            if written is not None:
                changed[path] = written
                break
        else:
            raise Unusable(f"data/nlu has no examples of {topic} to add to")
    for path, content in changed.items():
        partial = path.with_name(path.name + ".partial")
        partial.write_text(content, encoding="utf-8")
        os.replace(partial, path)
    return list(changed)


def _with_lines(content: str, topic: str, lines: Sequence[str]) -> str | None:
    """None where the topic has no examples in this file."""
    rows = content.split("\n")
    start = next((place for place, row in enumerate(rows) if (m := _INTENT.match(row)) and m[1] == topic), None)
    if start is None:
        return None
    last, indent = None, ""
    for place in range(start + 1, len(rows)):
        found = _EXAMPLE.match(rows[place])
        if _INTENT.match(rows[place]) or (rows[place].strip() and not rows[place].startswith(" ")):
            break
        if found:
            last, indent = place, found[1]
    if last is None:
        return None
    rows[last + 1 : last + 1] = [f"{indent}- {line}" for line in lines]
    return "\n".join(rows)


def _nlu_files(root: Path) -> list[Path]:
    return sorted((root / "data" / "nlu").glob("*.yml"))


def _examples(path: Path) -> Iterator[tuple[str, str]]:
    topic = ""  # line by line: as YAML it would take many seconds
    for row in path.read_text(encoding="utf-8").splitlines():
        if row.startswith("responses:"):
            return
        if found := _INTENT.match(row):
            topic = found[1]
        elif topic and (example := _EXAMPLE.match(row)):
            yield topic, example[2]


def _bare(line: str) -> str:
    """A line without annotations, blanks and capitals: what makes two lines the same."""
    return "".join(_MARKED.sub(r"\1", line).split()).lower()


# -- the decision ------------------------------------------------------------------------------------------------------


def judge(before: Figures, after: Figures) -> Verdict:
    """No figure may fall by more than `TOLERANCE`."""
    figures = tuple((name, float(before[key]), float(after[key])) for key, name in FIGURES)
    return Verdict(figures, tuple(name for name, old, new in figures if old - new > TOLERANCE + 1e-9))


def retrain(
    settings: Settings,
    file: Path,
    *,
    root: Path = ROOT,
    train: Train | None = None,
    evaluate: Evaluate | None = None,
    say: Callable[[str], None] = print,
) -> Outcome:
    """Train, compare, and put in place what is not worse. Unusable; `training.TrainingFailed`."""
    train, evaluate = train or train_apart, evaluate or evaluate_apart
    plan = plan_lines(read_export(file), root)
    for line, why in plan.skipped:
        say(f"    left out ({why}): {line}")
    if not plan.new:
        raise Unusable("nothing to learn: every line of the file is known, contradicts the data, or is measured on")
    served = max(settings.model_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)
    if served is None:
        raise Unusable(f"no model in {settings.model_dir} to compare with: run 'make train' first")
    begun = training.fingerprint(root)
    settings.model_dir.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".retraining-", dir=settings.model_dir))
    try:
        copy = copy_project(root, work / "project")
        add_lines(plan.new, copy)
        say(f"==> {len(plan.new)} new lines; training a candidate, which takes a few minutes")
        candidate = train(copy, work / "models")
        new_rows = work / "new.jsonl"
        new_rows.write_text("".join(_row(topic, line) for topic, line in plan.new), encoding="utf-8")
        say(f"==> measuring {served.name} and {candidate.name}")
        (before, knew), (after, knows) = (evaluate(one, [root / DEV_ROWS, new_rows]) for one in (served, candidate))
        verdict = judge(before, after)
        compared = Outcome(
            live=not verdict.worse,
            model=None,
            plan=plan,
            verdict=verdict,
            rows=int(after["rows"]),
            learned=(float(knew["topic_accuracy"]), float(knows["topic_accuracy"])),
        )
        if verdict.worse:
            return compared
        if training.fingerprint(root) != begun:
            raise Unusable("the project changed during the training: nothing was put in place, run it again")
        files = add_lines(plan.new, root)
        model = settings.model_dir / candidate.name
        os.replace(candidate, model)
        training.select(model)
        training.forget_old(settings.model_dir)
        return Outcome(**{**vars(compared), "model": model, "files": tuple(files)})
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _row(topic: str, line: str) -> str:
    row = {"text": _MARKED.sub(r"\1", line), "label": topic, "style": "noisy", "entities": []}
    return json.dumps(row, ensure_ascii=False) + "\n"


def copy_project(root: Path, to: Path) -> Path:
    """What training reads, and the program that trains."""
    for name in COPIED:
        source, target = root / name, to / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "vendor"))
        elif source.is_file():
            shutil.copyfile(source, target)
    return to


def train_apart(project: Path, models: Path) -> Path:
    """In a process of its own, with the program of the copy: what training leaves in memory ends with it."""
    code = "import sys; from pathlib import Path; from bot.training import train; train(Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(models.resolve())], cwd=project)  # noqa: S603 - our own
    made = sorted(models.glob("*.tar.gz"))
    if done.returncode or not made:
        raise training.TrainingFailed("training did not produce a model; the reason is above")
    return made[-1]


def evaluate_apart(model: Path, files: Sequence[Path]) -> list[Figures]:
    """In a process of its own: two models in one would share what Rasa keeps globally."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "figures.json"
        command = [sys.executable, "-m", "bot.evaluation.figures", "--model", str(model.resolve()), "--out", str(out)]
        command += [str(path.resolve()) for path in files]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL)  # noqa: S603 - our own
        if done.returncode:
            raise Unusable(f"{model.name} could not be measured; the reason is above")
        figures: list[Figures] = json.loads(out.read_text(encoding="utf-8"))
        return figures


# -- the command -------------------------------------------------------------------------------------------------------


def run(settings: Settings, file: Path, *, check: bool = False) -> int:
    """The exit code: 0 live (or, with `check`, something to learn), 1 not better enough or failed, 2 unusable."""
    try:
        if check:
            plan = plan_lines(read_export(file))
            for topic, line in plan.new:
                print(f"    {topic}: {line}")
            print(f"==> {len(plan.new)} new lines, {len(plan.skipped)} left out ({plan.why_skipped or '-'})")
            return 0 if plan.new else 2
        outcome = retrain(settings, file)
    except Unusable as error:
        print(f"nuanxin: {error}", file=sys.stderr)
        return 2
    except training.TrainingFailed as error:
        print(f"nuanxin: {error}", file=sys.stderr)
        return 1
    _note(settings, outcome)
    for name, before, after in outcome.detail["figures"]:
        print(f"    {name}: {100 * before:.1f} → {100 * after:.1f}")
    if not outcome.live:
        print(f"==> not in place: {outcome.verdict.text if outcome.verdict else ''}")
        return 1
    changed = ", ".join(str(path.relative_to(ROOT)) for path in outcome.files)
    print(f"==> in place: {outcome.model.name if outcome.model else ''}; lines added to {changed}")
    print("    Servers that run on this folder of models take it within seconds.")
    return 0


def _note(settings: Settings, outcome: Outcome) -> None:
    import asyncio

    from bot.services import build_services
    from bot.services.audit import Actor
    from bot.storage.base import Database

    async def note() -> None:
        db = Database(settings.database_url)
        try:
            name = outcome.model.name if outcome.model else ""
            actor = Actor(None, "command line")
            await build_services(db).audit.note(actor, RETRAINED, "model", name, **outcome.detail)
        finally:
            await db.close()

    asyncio.run(note())
