"""How sure the bot may be of a topic, and what to offer when it is not.

The probabilities are calibrated (:mod:`bot.nlu.topic_model`), so the bounds are shares of messages: of those
called sure at 0.55 and more, about one in fifty is wrong on the dev set; see `docs/nlu.md` for the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Decision = Literal["sure", "ambiguous", "unsure"]
_MOST_CHOICES = 3
# Never offered as a button: what is said in passing, and what must not be asked about.
_NOT_OFFERED = frozenset(
    {
        "emergency",
        "crisis",
        "inform",
        "affirm",
        "deny",
        "chitchat",
        "greet",
        "goodbye",
        "thank",
        "out_of_scope",
    }
)


@dataclass(frozen=True)
class Bounds:
    """`sure`: least probability of a sure topic; `margin`: a lead over the second that is enough too.

    `together`: least sum of the best few for them to be worth offering. `score`: the least raw score of the
    best topic: when every topic's own machine says no this loudly, the text is like nothing seen in training.
    """

    sure: float = 0.55
    margin: float = 0.35
    together: float = 0.45
    score: float = -0.85


def decide(ranking: Sequence[tuple[str, float]], best_score: float, bounds: Bounds) -> tuple[Decision, list[str]]:
    """The decision and, when not sure, the topics to offer, best first; none when none is worth it."""
    (_, best), *rest = ranking
    second = rest[0][1] if rest else 0.0
    if best_score >= bounds.score and (best >= bounds.sure or best - second >= bounds.margin):
        return "sure", []
    shown = [(topic, probability) for topic, probability in ranking if topic not in _NOT_OFFERED]
    choices = [topic for topic, probability in shown[:_MOST_CHOICES] if probability >= best / 5]
    few = sum(probability for _, probability in ranking[:_MOST_CHOICES])
    if best_score >= bounds.score and few >= bounds.together and len(choices) >= 2:
        return "ambiguous", choices
    return "unsure", choices if len(choices) >= 2 else []
