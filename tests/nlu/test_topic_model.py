from pathlib import Path

import numpy as np
import pytest

from bot.nlu.linear import LinearSettings
from bot.nlu.topic_model import TopicModel, TopicSettings

TEXTS = [f"{a}{b}" for a in ("驿站", "歇脚点") for b in ("在哪", "哪里有", "怎么走", "离我多远", "附近有吗")]
TEXTS += [f"{a}{b}" for a in ("工资", "薪水") for b in ("没发", "不给", "拖着", "欠了三个月", "要不回来")]
LABELS = ["find_station"] * 10 + ["open_dispute"] * 10
SETTINGS = LinearSettings(min_count=1)


@pytest.mark.parametrize("encoder", ["none", "use"])
def test_learns_ranks_and_survives_saving(encoder: str, tmp_path: Path) -> None:
    settings = TopicSettings(encoder=encoder, dimensions=8, linear=SETTINGS)
    model = TopicModel.fit(TEXTS, LABELS, settings)
    model.save(tmp_path)
    loaded = TopicModel.load(tmp_path)
    ranking = loaded.ranking(loaded.scores("哪里有驿战"))
    assert ranking[0][0] == "find_station"
    assert sum(probability for _, probability in ranking) == pytest.approx(1, abs=1e-5)
    assert np.allclose(loaded.scores("工资呢"), model.scores("工资呢"), atol=1e-5)
    several = ["工资呢", "驿站在哪", ""]
    assert np.allclose(loaded.scores_of(several), [loaded.scores(text) for text in several], atol=1e-5)
    assert loaded.scores_of([]) == []


def test_training_twice_gives_the_same(tmp_path: Path) -> None:
    settings = TopicSettings(encoder="none", linear=SETTINGS)
    one, two = TopicModel.fit(TEXTS, LABELS, settings), TopicModel.fit(TEXTS, LABELS, settings)
    assert np.array_equal(one.scores("驿站"), two.scores("驿站"))


def test_another_encoder_is_refused(tmp_path: Path) -> None:
    TopicModel.fit(TEXTS, LABELS, TopicSettings(encoder="none", linear=SETTINGS)).save(tmp_path)
    file = tmp_path / "topic_settings.json"
    file.write_text(file.read_text().replace('"none"', '"use"'))
    with pytest.raises(ValueError, match="encoder"):
        TopicModel.load(tmp_path)


@pytest.mark.parametrize("file", ["encoder_common.json", "topic_settings.json"])
def test_a_model_of_another_version_says_what_to_do(file: str, tmp_path: Path) -> None:
    TopicModel.fit(TEXTS, LABELS, TopicSettings(encoder="none", linear=SETTINGS)).save(tmp_path)
    written = tmp_path / file
    written.write_text("{}") if file == "topic_settings.json" else written.unlink()
    with pytest.raises(ValueError, match="make train"):
        TopicModel.load(tmp_path)
