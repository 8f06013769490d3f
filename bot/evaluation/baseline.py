"""Rasa's default pipeline for Chinese, trained and measured on the same lines as ours.

What `rasa init` gives with `language: zh`: jieba, count vectors of words and characters, DIET, a response
selector.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import yaml

_PIPELINE = [
    {"name": "JiebaTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "random_seed": 0},
    {"name": "EntitySynonymMapper"},
    {"name": "ResponseSelector", "epochs": 100, "random_seed": 0},
]


def train(nlu: Path, domain: Path, folder: Path) -> Path:
    """Train it in a process of its own and return the model. CalledProcessError when that fails."""
    config = folder / "baseline.yml"
    content = {"recipe": "default.v1", "language": "zh", "pipeline": _PIPELINE, "policies": []}
    config.write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", str(nlu), "--config", str(config)]
    command += ["--domain", str(domain), "--out", str(folder), "--fixed-model-name", "baseline"]
    subprocess.run(command, check=True)  # noqa: S603 - our own command line
    return folder / "baseline.tar.gz"
