from bot.nlu.features import fold, grams, syllable


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
