"""Rasa's default pipeline for Chinese, trained and measured on the same lines as ours.

What `rasa init` gives with `language: zh`: jieba, count vectors of words and characters, DIET, a response
selector.
"""

from __future__ import annotations

import random
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

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
    return train_with(config, nlu, domain, folder, "baseline")


def train_with(config: Path, nlu: Path, domain: Path, folder: Path, name: str) -> Path:
    """Train the pipeline of that configuration. CalledProcessError when that fails."""
    command = [sys.executable, "-m", "rasa", "train", "nlu", "--nlu", str(nlu), "--config", str(config)]
    command += ["--domain", str(domain), "--out", str(folder), "--fixed-model-name", name]
    subprocess.run(command, check=True)  # noqa: S603 - our own command line
    return folder / f"{name}.tar.gz"


def thinned(nlu: Path, share: float, folder: Path) -> Path:
    """A folder with that share of each topic's lines, the same ones each time; the responses whole."""
    from rasa.shared.nlu.training_data.loading import load_data

    data = load_data(str(nlu))
    of_topic: dict[str, list[Any]] = defaultdict(list)
    for example in data.intent_examples:
        of_topic[example.get_full_intent()].append(example)
    chooser = random.Random(0)  # noqa: S311 - choosing, not secrecy
    data.training_examples = [
        example
        for examples in of_topic.values()
        for example in chooser.sample(examples, max(2, round(share * len(examples))))
    ]
    data.persist(str(folder))
    return folder
