"""The questions of the traffic-law quiz, each with its article (data/knowledge/traffic_quiz.yml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

QUIZ_FILE = Path(__file__).parents[2] / "data" / "knowledge" / "traffic_quiz.yml"


@dataclass(frozen=True)
class QuizQuestion:
    """`options`: letter to text; `answer`: a letter; `why`: the rule in a sentence; `source`: the article."""

    code: str
    question: str
    options: dict[str, str]
    answer: str
    why: str
    source: str


@cache
def quiz() -> list[QuizQuestion]:
    """All questions. ValueError when one does not hold together."""
    rows = yaml.safe_load(QUIZ_FILE.read_text(encoding="utf-8"))
    questions = [QuizQuestion(code=code, **row) for code, row in rows.items()]
    for question in questions:
        if question.answer not in question.options or not question.source:
            raise ValueError(f"quiz question {question.code}: no such answer, or no source")
    return questions
