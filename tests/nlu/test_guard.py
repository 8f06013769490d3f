"""The words and the thresholds of the guard; how it does on people's messages is in the quality gate."""

import pytest

from bot.nlu.guard import Thresholds, judge


def _scores(emergency: float = -0.4, crisis: float = -0.4, other: float = 0.1) -> dict[str, float]:
    return {"emergency": emergency, "crisis": crisis, "chitchat": other}


@pytest.mark.parametrize(
    "text",
    [
        "我不想活了",
        "想跳楼",
        "活着没意思",
        "写好遗书了",
        "割腕了",
        "不如死了算了",
        "我想自殺",
        "勿想活哉",
        "床头放着一瓶安眠药",
        "连人带车冲进河里算了",
    ],
)
def test_words_of_despair_are_enough_with_a_middling_score(text: str) -> None:
    assert judge(text, _scores(), Thresholds()) == "crisis"


@pytest.mark.parametrize("text", ["累死了", "想死你们了", "手机死机了", "笑死我了", "不想活动", "热死人", "饿死了"])
def test_calm_look_alikes_of_despair(text: str) -> None:
    assert judge(text, _scores(), Thresholds()) is None


@pytest.mark.parametrize(
    "text", ["快叫救护车", "人没呼吸了", "他晕倒了", "流血不止 血流不止", "叉车压到人了", "昏迷不醒"]
)
def test_words_of_need_are_enough_with_a_middling_score(text: str) -> None:
    assert judge(text, _scores(), Thresholds()) == "emergency"


@pytest.mark.parametrize(
    "text",
    [
        "急诊绿色通道怎么走",
        "急救培训教不教晕倒了怎么办",
        "上个月摔断了腿现在才来问",
        "如果有人昏迷了怎么报销",
    ],
)
def test_calm_look_alikes_of_need(text: str) -> None:
    assert judge(text, _scores(), Thresholds()) is None


def test_figures_of_speech_need_a_clear_score() -> None:
    assert judge("房贷压得我喘不上气", _scores(), Thresholds()) is None
    assert judge("喘不上气", _scores(), Thresholds()) == "emergency"
    assert judge("心里哇凉哇凉的", _scores(emergency=0.5), Thresholds()) is None
    assert judge("心口绞着疼", _scores(emergency=0.5), Thresholds()) == "emergency"


def test_scores_alone_decide_when_they_lead() -> None:
    assert judge("师傅摔得爬不动", _scores(emergency=0.3), Thresholds()) == "emergency"
    assert judge("嗯", _scores(emergency=0.5), Thresholds()) is None  # names nothing of bodies or harm
    assert judge("嗯", _scores(emergency=1.1), Thresholds()) == "emergency"
    assert judge("嗯", _scores(crisis=0.5), Thresholds()) == "crisis"
    assert judge("他倒地上了", _scores(emergency=0.6, crisis=0.5), Thresholds()) == "emergency"
    assert judge("嗯", _scores(other=0.9), Thresholds()) is None


def test_words_do_not_outweigh_a_certain_other_topic() -> None:
    assert judge("我不想活了", _scores(crisis=-1.2, other=1.0), Thresholds()) is None


def test_calm_talk_needs_a_clearer_score() -> None:
    scores = _scores(emergency=0.3, other=0.1)
    for text in ("要是有人晕倒怎么救", "小时候摔断过腿", "打个比方有人晕倒了", "摔了一跤人没事"):
        assert judge(text, scores, Thresholds()) is None
    assert judge("有人晕倒怎么救", scores, Thresholds()) == "emergency"


def test_between_the_two_words_decide() -> None:
    both = _scores(emergency=0.6, crisis=0.5)
    assert judge("我写好遗书了", both, Thresholds()) == "crisis"
    assert judge("他吃了药现在没呼吸了", _scores(emergency=0.5, crisis=0.6), Thresholds()) == "emergency"


@pytest.mark.parametrize("text", ["打120", "120！！", "救命", "SOS", "一二零", "🚑🚑 快", "帮我叫救护车"])
def test_a_bare_call_for_help_needs_no_score(text: str) -> None:
    assert judge(text, _scores(emergency=-1.5, other=1.0), Thresholds()) == "emergency"


@pytest.mark.parametrize("text", ["快叫就护车", "他没胡吸了", "人浑迷了", "liuxue buzhi"])
def test_misspelt_words_of_need_are_heard(text: str) -> None:
    assert judge(text, _scores(), Thresholds()) == "emergency"


@pytest.mark.parametrize("text", ["120块一个月贵不贵", "急救课什么时候开", "救护车为啥那么慢我就问问规定"])
def test_words_of_help_in_another_question_are_no_call(text: str) -> None:
    assert judge(text, _scores(emergency=-1.0, other=0.5), Thresholds()) is None


@pytest.mark.parametrize(
    "text",
    ["上吊疼吗", "押金不退我就喝药", "我的命换一个说法", "zisha", "zs的念头越来越强", "我在楼顶", "想往车流里走"],
)
def test_more_words_of_despair(text: str) -> None:
    assert judge(text, _scores(crisis=-0.6), Thresholds()) == "crisis"


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("短剧里那个女的要跳楼笑死", 0.3),
        ("自杀小队电影哪里看", 0.3),
        ("老家邻居喝药没了那是我小时候", 0.3),
        ("haizi shangxue yao shenme", -0.6),  # zi sha
        ("这个紫砂壶真好", -0.6),
    ],
)
def test_what_is_told_of_others_or_only_sounds_so_is_no_despair(text: str, score: float) -> None:
    assert judge(text, _scores(crisis=score), Thresholds()) is None
