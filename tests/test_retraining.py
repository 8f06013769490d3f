"""What people corrected goes live only when the model gets no worse by it. No model is trained here: the trainings
and the evaluations are small stand-ins, the data are the real ones."""

import asyncio
import dataclasses
import os
import shutil

import pytest
import yaml

from bot import cli, retraining, training
from bot.console.pages.review import last_comparison
from bot.evaluation import figures
from bot.knowledge.topics import topics
from bot.retraining import (
    CONTRADICTS,
    FIGURES,
    KNOWN,
    MEASURED,
    Unusable,
    add_lines,
    copy_project,
    judge,
    plan_lines,
    read_export,
    retrain,
)
from bot.services import build_services
from bot.services.review import as_training_data
from bot.settings import ROOT, Settings
from bot.storage.base import Database

GOOD = {key: 0.9 for key, _ in FIGURES} | {"rows": 1000}
NEW = ("freight/blue_window", "蓝窗柴油的老皮卡停得不咯")


@pytest.fixture
def project(tmp_path):
    """A copy of the project's data, without the program."""
    root = tmp_path / "project"
    for name in ("data/nlu", "tests/data"):
        shutil.copytree(ROOT / name, root / name)
    (root / "config.yml").write_text("", encoding="utf-8")
    return root


@pytest.fixture
def settings(tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    served = models / "nuanxin-served.tar.gz"
    served.write_text("served", encoding="utf-8")
    os.utime(served, (1, 1))
    return Settings(database_url="sqlite+aiosqlite:///:memory:", secret_key="s" * 32, model_dir=models)


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "review.yml"
    path.write_text(as_training_data([NEW]), encoding="utf-8")
    return path


def learn(project, settings, export, after, *, during=lambda: None):
    """Retrain with a candidate whose figures are `after`."""

    def train(copy, models):
        assert NEW[1] in (copy / "data/nlu/freight.yml").read_text(encoding="utf-8")
        assert NEW[1] not in (project / "data/nlu/freight.yml").read_text(encoding="utf-8")
        models.mkdir()
        model = models / f"nuanxin-{training.fingerprint(copy)}.tar.gz"
        model.write_text("candidate", encoding="utf-8")
        during()
        return model

    def evaluate(model, files):
        assert files[1].read_text(encoding="utf-8").count("\n") == 1
        is_new = model.read_text(encoding="utf-8") == "candidate"
        return [after if is_new else GOOD, {"topic_accuracy": float(is_new)}]

    return retrain(settings, export, root=project, train=train, evaluate=evaluate, say=lambda text: None)


def newest(settings):
    return max(settings.model_dir.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)


def test_a_model_that_is_no_worse_goes_live_with_its_lines(project, settings, export):
    outcome = learn(project, settings, export, GOOD | {"topic_accuracy": 0.891})
    assert outcome.live
    assert newest(settings) == outcome.model
    assert outcome.model.read_text(encoding="utf-8") == "candidate"
    assert training.up_to_date_model(settings.model_dir, project) == outcome.model  # `make run` trains nothing again
    content = (project / "data/nlu/freight.yml").read_text(encoding="utf-8")
    blocks = yaml.load(content, yaml.CSafeLoader)["nlu"]
    (block,) = [one for one in blocks if one["intent"] == NEW[0]]
    assert block["examples"].rstrip().endswith(f"- {NEW[1]}")
    assert outcome.detail["figures"][-1] == ["新句子答对", 0.0, 1.0]
    assert list(settings.model_dir.iterdir()) != []
    assert not list(settings.model_dir.glob(".retraining-*"))


@pytest.mark.parametrize("figure", [key for key, _ in FIGURES])
def test_a_model_that_is_worse_by_more_than_a_point_changes_nothing(project, settings, export, figure):
    before = {path: path.read_bytes() for path in project.rglob("*") if path.is_file()}
    outcome = learn(project, settings, export, GOOD | {figure: 0.8899})
    assert not outcome.live
    assert outcome.detail["verdict"].endswith("原来的模型照用。")
    assert newest(settings).name == "nuanxin-served.tar.gz"
    assert {path: path.read_bytes() for path in project.rglob("*") if path.is_file()} == before


def test_one_point_exactly_is_not_more_than_one_point():
    assert judge(GOOD, GOOD | {"macro_f1": 0.89}).worse == ()
    assert judge(GOOD, GOOD | {"macro_f1": 0.8899}).worse == ("各主题平均 F1",)
    assert "低了 1.1 个百分点" in judge(GOOD, GOOD | {"macro_f1": 0.889}).text


def test_data_edited_during_the_training_are_not_overrun(project, settings, export):
    def edit():
        with (project / "data/nlu/bank.yml").open("a", encoding="utf-8") as file:
            file.write("# edited\n")

    with pytest.raises(Unusable, match="changed during the training"):
        learn(project, settings, export, GOOD, during=edit)
    assert newest(settings).name == "nuanxin-served.tar.gz"
    assert NEW[1] not in (project / "data/nlu/freight.yml").read_text(encoding="utf-8")


def test_known_contradicting_and_measured_lines_are_left_out(project):
    known = next(iter(retraining._examples(project / "data/nlu/bank.yml")))
    row = figures.read_rows(project / "tests/data/dev.jsonl")[0]
    other = "station/hours" if known[0] != "station/hours" else "station/map"
    plan = plan_lines([known, (other, known[1]), (row.topic, row.text), NEW, NEW], project)
    assert plan.new == (NEW,)
    assert [why for _, why in plan.skipped] == [KNOWN, CONTRADICTS, MEASURED, KNOWN]
    assert "和对照题一样 1 句" in plan.why_skipped


def test_every_topic_has_a_place_for_new_lines(project):
    lines = [(topic, f"新句子{number}号") for number, topic in enumerate(topics())]
    before = sum(1 for path in retraining._nlu_files(project) for _ in retraining._examples(path))
    add_lines(lines, project)
    found = {line: topic for path in retraining._nlu_files(project) for topic, line in retraining._examples(path)}
    assert {found[line]: line for _, line in lines} == dict(lines)
    after = sum(1 for path in retraining._nlu_files(project) for _ in retraining._examples(path))
    assert after == before + len(lines)


@pytest.mark.parametrize("content", ["", "nlu: 3", "a: [", "nlu:\n- intent: no/topic\n  examples: |\n    - 你好\n"])
def test_files_that_are_no_export(tmp_path, content):
    path = tmp_path / "x.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(Unusable):
        read_export(path)


def test_nothing_new_or_no_model_is_said(project, settings, export, tmp_path):
    empty = tmp_path / "empty.yml"
    empty.write_text(as_training_data([]), encoding="utf-8")
    with pytest.raises(Unusable, match="nothing to learn"):
        retrain(settings, empty, root=project)
    next(settings.model_dir.iterdir()).unlink()
    with pytest.raises(Unusable, match="no model"):
        retrain(settings, export, root=project)


def test_the_command_checks_without_training(export, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    assert cli.main(["retrain", "--with", str(export), "--check"]) == 0
    assert "1 new lines, 0 left out" in capsys.readouterr().out
    assert cli.main(["retrain", "--with", str(tmp_path / "none.yml"), "--check"]) == 2
    assert "No such file" in capsys.readouterr().err


async def test_the_outcome_is_where_the_review_page_looks(project, settings, export, sqlite_url):
    outcome = learn(project, settings, export, GOOD | {"macro_f1": 0.8})
    kept = dataclasses.replace(settings, database_url=sqlite_url)
    await asyncio.to_thread(retraining._note, kept, outcome)
    db = Database(sqlite_url)
    found = await last_comparison(build_services(db).audit)
    await db.close()
    assert (found["live"], found["lines"], found["rows"]) == (False, 1, 1000)
    assert ["各主题平均 F1", 0.9, 0.8] in found["figures"]
    assert "没有上线" in found["verdict"]


def test_the_copy_holds_what_training_reads(tmp_path):
    copy = copy_project(ROOT, tmp_path / "copy")
    assert training.fingerprint(copy) == training.fingerprint(ROOT)
    assert (copy / "bot" / "training.py").is_file()


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_a_correction_is_learned_for_real(tmp_path):
    """In a copy: a word that no line has is taught, a model is trained, nothing falls, the word is understood."""
    project = copy_project(ROOT, tmp_path / "project")
    models = tmp_path / "models"
    models.mkdir()
    served = max((ROOT / "models").glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    shutil.copy(served, models)
    pairs = [
        ("freight/blue_window", "嘎嘣位是干啥使的"),
        ("freight/blue_window", "嘎嘣位油车让停不"),
        ("freight/blue_window", "啥叫嘎嘣位 没听过"),
    ]
    file = tmp_path / "review.yml"
    file.write_text(as_training_data(pairs), encoding="utf-8")
    settings = Settings(database_url="sqlite+aiosqlite:///:memory:", secret_key="s" * 32, model_dir=models)
    outcome = retrain(settings, file, root=project)
    assert outcome.live
    assert outcome.verdict
    assert outcome.verdict.worse == ()
    assert outcome.learned[0] < outcome.learned[1] == 1.0
    assert outcome.model
    assert outcome.model.parent == models
    assert [path.relative_to(project).as_posix() for path in outcome.files] == ["data/nlu/freight.yml"]
    assert "嘎嘣位是干啥使的" in (project / "data/nlu/freight.yml").read_text(encoding="utf-8")
