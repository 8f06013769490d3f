from bot.nlu.features import fold, grams
from bot.nlu.pinyin import split_latin, syllable, syllables


def test_fold_makes_alike_what_means_the_same() -> None:
    assert fold("驛站　在哪？？？？") == fold("驿站在哪??")
    assert fold("13812345678") == "00"
    assert fold("LD20261124-0007") == fold("ld19991231-0001")


def test_syllables_are_toneless_and_leave_the_rest_alone() -> None:
    assert [syllable(character) for character in "驿站A1🙏"] == ["yi", "zhan", "A", "1", "🙏"]


def test_homophones_share_syllable_grams_but_not_characters() -> None:
    typed, meant = set(grams(fold("译战"))), set(grams(fold("驿站")))
    assert "pyi zhan" in typed & meant
    assert not any(gram.startswith("c") for gram in typed & meant if gram not in ("c^", "c$"))


def test_grams_of_nothing_are_the_ends() -> None:
    assert set(grams("", 2)) == {"c^", "c$", "c^$", "p^", "p$", "p^ $"}


def test_letters_typed_for_characters_sound_like_them() -> None:
    assert syllables("gongzi不发") == syllables("工资不发")
    assert syllables("wo yao touying".replace(" ", "")) == ["wo", "yao", "tou", "ying"]
    assert syllables("撞dao人了liu好多xie") == ["zhuang", "dao", "ren", "le", "liu", "hao", "duo", "xie"]
    assert {"pgong zi", "pzi bu"} <= set(grams(fold("gong zi 不发")))


def test_letters_that_are_a_word_stay_letters() -> None:
    for word in ("app", "vip", "emo", "rider", "LD20261124", "wechat"):
        assert syllables(fold(word)) == list(fold(word)), word


def test_a_long_run_of_letters_is_read_in_pieces() -> None:
    assert syllables("gongzi" * 10) == ["gong", "zi"] * 10
    assert syllables("x" * 10_000) == ["x"] * 10_000
    assert split_latin("gongzi") == ("gong", "zi")
    assert split_latin("rider") == ()
