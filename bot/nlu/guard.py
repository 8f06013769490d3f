"""Is someone hurt now, or thinking of death? Decided apart from every other topic, tuned for recall.

Two things speak: words that leave no doubt, unless they stand in a calm look-alike (累死了, 手机死机,
急诊绿色通道怎么走), and the topic model's own machines for `emergency` and `crisis`, whose raw scores do not
compete with the other topics for a share of probability. Pure; the Rasa component is :mod:`bot.nlu.safety`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from bot.language.normalise import normalise
from bot.nlu.pinyin import syllables
from bot.nlu.safety_words import BODILY, CALL, CALM, CRISIS, EMERGENCY, NOT_CRISIS, SOUNDS, TOLD

Safety = Literal["emergency", "crisis"]


@dataclass(frozen=True)
class Thresholds:
    """When a text is taken for one. Raw scores: 0 is a machine's own border, about ±1 its certainty.

    `lead`: how far a crisis's score stands above that of the best ordinary topic, and `least`: at least what it is;
    with undoubted words `behind` and `behind_least` are enough, in what is told of others it takes `told_lead`. For an
    emergency: `clear_lead` and `clear_least`, in a text that talks of rules, courses or the past `calm_lead`, in one that
    names nothing bodily `bare_lead`; with undoubted words `worded_lead` and `worded_least`.
    Found by cross-validation over the training lines and on strangers' lines, see `docs/nlu.md`.
    """

    lead: float = 0.1
    least: float = -0.3
    behind: float = -2.0
    behind_least: float = -1.6
    told_lead: float = 0.9
    clear_lead: float = 0.0
    clear_least: float = -0.5
    calm_lead: float = 0.6
    bare_lead: float = 0.9
    worded_lead: float = -1.0
    worded_least: float = -1.1


def judge(text: str, scores: Mapping[str, float], thresholds: Thresholds) -> Safety | None:
    """`scores`: the raw score of every topic, "emergency" and "crisis" among them. The higher wins of two."""
    folded = normalise(text).text.replace(" ", "")
    if CALL.fullmatch(folded):
        return "emergency"
    ordinary = max((score for topic, score in scores.items() if topic not in ("emergency", "crisis")), default=-1.0)
    crisis_words = CRISIS.search(NOT_CRISIS.sub("", folded)) is not None
    told = TOLD.search(folded) is not None
    crisis = _is_crisis(scores["crisis"], scores["crisis"] - ordinary, crisis_words, told, thresholds)
    emergency, emergency_words = _is_emergency(folded, scores["emergency"], ordinary, thresholds)
    if crisis and emergency and crisis_words != emergency_words:
        return "crisis" if crisis_words else "emergency"
    if crisis and emergency:
        return "crisis" if scores["crisis"] >= scores["emergency"] else "emergency"
    if crisis:
        return "crisis"
    return "emergency" if emergency else None


def _is_crisis(score: float, lead: float, worded: bool, told: bool, bounds: Thresholds) -> bool:
    if told:
        return score >= bounds.least and lead >= bounds.told_lead
    return (score >= bounds.least and lead >= bounds.lead) or (
        worded and score >= bounds.behind_least and lead >= bounds.behind
    )


def _is_emergency(folded: str, score: float, ordinary: float, bounds: Thresholds) -> tuple[bool, bool]:
    """(is it one, do undoubted words say so)."""
    lead = score - ordinary
    if score < bounds.worded_least or lead < bounds.worded_lead:
        return False, False
    calm = CALM.search(folded) is not None
    worded = not calm and bool(EMERGENCY.search(folded) or SOUNDS.search(" ".join(syllables(folded))))
    if worded:
        return True, True
    needed = bounds.calm_lead if calm else bounds.clear_lead
    if not BODILY.search(folded):
        needed = bounds.bare_lead
    return score >= bounds.clear_least and lead >= needed, False
