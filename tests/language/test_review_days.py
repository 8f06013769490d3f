"""Whether there is still time for the review of a traffic finding, and what only looks like that question."""

from __future__ import annotations

import pytest

from bot.knowledge.law_points import law_points
from bot.language.legal import find_point
from bot.language.review_days import REVIEW, asks_if_in_time, is_late

LATE = "过了五天了 还行不|都过了一个星期了 还来得及吗|已经过了四天了 还能复核吗|认定书拿到半个月了 还能申请吗|都十天了咋办|上个月的 还行吗|五天了"
IN_TIME = "昨天刚拿到 来得及吗|才两天 还行吧|今天收到的|过了一天了 还能申请不|收到两天了 还能复核吗"
UNSAID = "还来得及吗|来得及不|晚了吗|过期了吗|还能复核吗"
NEITHER = "欠我三个月工资 还来得及吗|健康证过期了|干了五年了|收到押金没退|五点还开门吗|那花桥呢|好的|我骑车五天了腿疼|今天就到这吧|今天先这样"


@pytest.mark.parametrize(
    ("texts", "point"), [(LATE, "review_late"), (IN_TIME, "review_in_time"), (UNSAID, "review_when"), (NEITHER, None)]
)
def test_whether_it_is_in_time(texts: str, point: str | None) -> None:
    assert {text: asks_if_in_time(text) for text in texts.split("|")} == dict.fromkeys(texts.split("|"), point)


def test_days_told_with_the_question_itself() -> None:
    assert find_point("交警认定我全责 过了五天了 还能复核吗") == "review_late"
    assert find_point("事故认定书拿到十天了 我不服 咋办") == "review_late"
    assert find_point("出事五天了 认定书刚下来 判我全责 我不服") == "finding_review"
    assert find_point("事故认定我主责 干了五年没出过事 我不服") == "finding_review"
    assert not is_late("交警认定我全责 我不服 昨天才拿到 过了五天出的")


def test_every_point_of_it_has_its_text() -> None:
    assert set(law_points()) >= REVIEW
