"""A model belongs to what it was trained from, and appears whole or not at all."""

import os
import shutil
import subprocess
import sys

import pytest

from bot import training
from bot.settings import ROOT
from tests.support.server import OutwardWatch

CONFIG = """
recipe: default.v1
assistant_id: small
language: en
pipeline:
  - name: WhitespaceTokenizer
  - name: KeywordIntentClassifier
policies:
  - name: RulePolicy
"""
DOMAIN = """
version: "3.1"
intents: [greet, thank]
responses:
  utter_greet:
    - text: 你好
"""
NLU = """
version: "3.1"
nlu:
  - intent: greet
    examples: |
      - 你好
  - intent: thank
    examples: |
      - 谢谢
"""
RULES = """
version: "3.1"
rules:
  - rule: greet
    steps:
      - intent: greet
      - action: utter_greet
"""


@pytest.fixture
def root(tmp_path):
    """A very small bot."""
    files = {"config.yml": CONFIG, "domain.yml": DOMAIN, "data/nlu/all.yml": NLU, "data/stories/all.yml": RULES}
    for name, text in {**files, "requirements.lock": "", "bot/nlu/part.py": "x = 1\n"}.items():
        path = tmp_path / "root" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path / "root"


def train(root, models, **env):
    code = (
        "import sys; from pathlib import Path; from bot.training import train;"
        "train(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    command = [sys.executable, "-c", code, str(models), str(root)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize(
    "name",
    ["config.yml", "domain.yml", "requirements.lock", "data/nlu/all.yml", "data/stories/all.yml", "bot/nlu/part.py"],
)
def test_the_fingerprint_sees_every_change(root, name):
    before = training.fingerprint(root)
    assert training.fingerprint(root) == before
    path = root / name
    path.write_text(path.read_text(encoding="utf-8") + "\n# more\n", encoding="utf-8")
    assert training.fingerprint(root) != before


def test_the_fingerprint_sees_a_renamed_file_but_not_leftovers_of_python(root):
    before = training.fingerprint(root)
    cache = root / "bot/nlu/__pycache__"
    cache.mkdir()
    (cache / "part.cpython-311.pyc").write_bytes(b"x")
    assert training.fingerprint(root) == before
    (root / "bot/nlu/part.py").rename(root / "bot/nlu/piece.py")
    assert training.fingerprint(root) != before


def test_every_source_of_the_real_model_exists():
    assert all((ROOT / name).exists() for name in training.SOURCES)


def test_training_is_asked_for_by_fingerprint_and_keeps_two_older_models(root, tmp_path):
    models = tmp_path / "models"
    models.mkdir()
    for age, name in enumerate(("nuanxin-c", "nuanxin-b", "nuanxin-a", "by-hand")):
        (models / f"{name}.tar.gz").write_bytes(b"old")
        os.utime(models / f"{name}.tar.gz", (1000 - age, 1000 - age))
    assert training.up_to_date_model(models, root) is None

    watch = OutwardWatch(tmp_path)

    done = train(root, models, **watch.env)

    assert done.returncode == 0, done.stderr[-2000:]
    assert watch.strangers == [], "training reports to nobody"
    model = training.up_to_date_model(models, root)
    assert model is not None
    kept = {path.name for path in models.iterdir()}
    assert kept == {model.name, "nuanxin-c.tar.gz", "nuanxin-b.tar.gz", "by-hand.tar.gz"}
    assert not (root / ".rasa").exists() or not any((root / ".rasa" / "cache").glob("*/*"))


def test_a_failed_training_leaves_no_model_behind(root, tmp_path):
    (root / "config.yml").write_text(CONFIG.replace("KeywordIntentClassifier", "NoSuchComponent"), encoding="utf-8")
    models = tmp_path / "models"
    assert train(root, models).returncode != 0
    assert list(models.iterdir()) == []


def test_going_back_to_older_data_serves_the_older_model_again(root, tmp_path):
    from bot.dialogue.models import newest_model

    models = tmp_path / "models"
    models.mkdir()
    older, newer = models / "nuanxin-1.tar.gz", models / "nuanxin-2.tar.gz"
    for path, when in ((older, 1000), (newer, 2000)):
        path.write_bytes(b"")
        os.utime(path, (when, when))
    assert newest_model(models) == newer
    training.select(older)
    assert newest_model(models) == older
    shutil.rmtree(models)
