from bot.nlu.decision import Bounds, decide


def test_sure_by_probability_or_by_lead() -> None:
    assert decide([("a", 0.9), ("b", 0.05)], 0.5, Bounds()) == ("sure", [])
    assert decide([("a", 0.5), ("b", 0.1)], 0.5, Bounds()) == ("sure", [])


def test_ambiguous_offers_the_best_few() -> None:
    ranking = [("find_station", 0.4), ("find_drinks", 0.3), ("station/hours", 0.15), ("find_bank", 0.02)]
    assert decide(ranking, 0.1, Bounds()) == ("ambiguous", ["find_station", "find_drinks", "station/hours"])


def test_unsure_when_nothing_stands_out_or_nothing_is_like_it() -> None:
    flat = [(f"t{at}", 0.05) for at in range(20)]
    assert decide(flat, 0.0, Bounds())[0] == "unsure"
    assert decide([("a", 0.9), ("b", 0.05)], -1.0, Bounds())[0] == "unsure"


def test_safety_and_small_talk_are_never_offered() -> None:
    ranking = [("crisis", 0.4), ("chitchat", 0.3), ("find_station", 0.2)]
    decision, choices = decide(ranking, 0.1, Bounds())
    assert decision == "unsure"
    assert choices == []
