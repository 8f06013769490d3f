from pathlib import Path

import pytest

from bot.nlu.spacy_entities import Annotated, EntityRecogniser, blank, load, train


@pytest.fixture(scope="module")
def listed() -> EntityRecogniser:
    return EntityRecogniser(blank())


@pytest.mark.parametrize(
    ("text", "surface", "value"),
    [
        ("给美团送外卖", "美团", "美团"),
        ("我跑饿了吗的", "饿了吗", "饿了么"),
        ("餓了麼扣我钱", "餓了麼", "饿了么"),
        ("UU跑腿不发钱", "UU跑腿", "UU跑腿"),
        ("货拉拉", "货拉拉", "货拉拉"),
    ],
)
def test_known_firms(listed: EntityRecogniser, text: str, surface: str, value: str) -> None:
    found = listed.find(text)
    assert [(item.entity, item.surface, item.value) for item in found] == [("employer", surface, value)]
    assert text[found[0].start : found[0].end] == surface


@pytest.mark.parametrize("text", ["你饿了吗", "suunto手表", "", "   ", "今天真热"])
def test_no_firms(listed: EntityRecogniser, text: str) -> None:
    assert listed.find(text) == []


def test_a_firm_may_be_a_landmark(listed: EntityRecogniser) -> None:
    assert [item.entity for item in listed.find("纬创附近哪有驿站")] == ["place"]


def test_short_surface_must_not_cut_a_word(listed: EntityRecogniser) -> None:
    text = "给员通送件"
    assert listed.find(text, frozenset({0, 1, 3, 4, 5}))
    assert not listed.find(text, frozenset({0, 1, 2, 4, 5}))


def test_learns_unlisted_firms_and_survives_saving(tmp_path: Path) -> None:
    names = [f"{a}{b}物流" for a in "鑫恒顺宏鸿捷安通" for b in "达远盛发"]
    examples = []
    for at, name in enumerate(names):
        before = ("我在", "给", "告")[at % 3]
        text = f"{before}{name}{('干活', '开车', '欠薪')[at % 3]}"
        examples.append(Annotated(text, ((len(before), len(before) + len(name), "employer"),)))
    examples += [Annotated(f"电动物流车{at}怎么上牌", ()) for at in range(20)]
    recogniser = EntityRecogniser(train(examples))
    recogniser.save(tmp_path / "spacy")
    for one in (recogniser, load(tmp_path / "spacy")):
        assert [item.surface for item in one.find("我在宏盛物流干活")] == ["宏盛物流"]


def test_a_name_alone_and_a_firm_whose_people_are_meant() -> None:
    recogniser = EntityRecogniser(blank())
    assert [(item.entity, item.value) for item in recogniser.find("圆达速递")] == [("employer", "圆达速递")]
    assert [item.entity for item in recogniser.find("顺丰那边跟我谈妥了")] == ["employer"]
    assert [item.entity for item in recogniser.find("顺丰那边有没有驿站")] == ["place"]
    for text in ("人工服务", "我们公司", "转客服服务", "那个物流"):
        assert recogniser.find(text) == []
