"""The law quiz in chat: its questions as fields of the education form, what is said of an answer, how it ended."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.actions.base import Choice, Heard
from bot.actions.form_fields import Field, Question, Values
from bot.actions.wishes import read_pick
from bot.knowledge.quiz import QuizQuestion, quiz
from bot.language import normalise
from bot.services.education_proofs import QUIZ_LENGTH, QUIZ_PASS, EducationProofs

KEPT = ("quiz_attempt", "quiz_codes", "quiz_said")  # what the form keeps of a quiz besides the answers
AGAIN: Choice = ("再做一遍", '/book_education{"edu_kind":"quiz"}')
_LETTERS = re.compile(r"(?<![A-Za-z])([A-Ca-c])(?![A-Za-z])")


def read_letter(heard: Heard) -> str | None:
    """A, B or C: tapped, the last one named, or said by its place."""
    tapped = heard.first("quiz")
    if tapped in ("A", "B", "C"):
        return str(tapped)
    found = _LETTERS.findall(normalise(heard.text).text)
    if found:
        return str(found[-1]).upper()
    number = read_pick(heard.text, asked=True)
    return "ABC"[number - 1] if number in (1, 2, 3) else None


def quiz_fields() -> tuple[Field, ...]:
    """One field a question; an answer is read only where its question was put."""
    return tuple(
        Field(
            f"quiz_{number}",
            "",
            _ask(number),
            lambda heard: None,
            read_letter,
            needed=lambda values: values.get("edu_kind") == "quiz",
        )
        for number in range(1, QUIZ_LENGTH + 1)
    )


async def settle_quiz(proofs: EducationProofs, values: Values, changed: Values) -> Values:
    """Start the attempt at the first question; say whether the answer just given was right."""
    if not values.get("quiz_codes"):
        attempt, questions = await proofs.start_quiz(str(values["edu_person"]))
        return {"quiz_attempt": attempt, "quiz_codes": [question.code for question in questions]}
    number = next((n for n in range(1, QUIZ_LENGTH + 1) if f"quiz_{n}" in changed), None)
    question = _question(values, number) if number else None
    if number is None or question is None:
        return {}
    answer = changed[f"quiz_{number}"]
    if answer not in question.options:
        return {f"quiz_{number}": None}
    verdict = "答对了。" if answer == question.answer else f"不对，是 {question.answer}。"
    return {"quiz_said": f"{verdict}{question.why}（{question.source}）"}


async def hand_in(proofs: EducationProofs, person_id: str, given: Values) -> str:
    """Hand in the answers; returns what is said of the last one and of them all."""
    answers = [str(given[f"quiz_{n}"]) for n in range(1, QUIZ_LENGTH + 1)]
    result = await proofs.answer_quiz(person_id, str(given["quiz_attempt"]), answers)
    verdict = "过关了！" if result.passed else f"差一点，答对 {QUIZ_PASS} 题算过关。"
    said = f"{given['quiz_said'] or ''}\n{result.of} 题答对 {result.correct} 题，{verdict}"
    return f"{said}\n在线做题是练手，算不算完成学习以交警认定为准。".strip()


def _question(values: Values, number: int) -> QuizQuestion | None:
    codes: list[str] = values.get("quiz_codes") or []
    by_code = {question.code: question for question in quiz()}
    return by_code.get(codes[number - 1]) if len(codes) >= number else None


def _ask(number: int) -> Callable[[Values], Question]:
    def ask(values: Values) -> Question:
        question = _question(values, number)
        if question is None:
            return Question("题目没取到，请重新开始。")
        said = str(values.get("quiz_said") or "")
        lines = [f"{letter}. {text}" for letter, text in question.options.items()]
        return Question(
            "\n".join([*([said] if said else []), f"第 {number}/{QUIZ_LENGTH} 题：{question.question}", *lines]),
            tuple(
                (f"{letter}. {text}" if len(text) <= 9 else letter, f'/inform{{"quiz":"{letter}"}}')
                for letter, text in question.options.items()
            ),
        )

    return ask
