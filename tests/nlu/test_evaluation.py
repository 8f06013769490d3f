"""What the evaluation takes for the topic of a pipeline of Rasa's own."""

from bot.evaluation.predict import _selected


def test_a_selector_for_all_intents_is_heard() -> None:
    ranking = [{"intent_response_key": "school/levels"}, {"intent_response_key": "station/hours"}]
    selectors = {"all_retrieval_intents": ["school", "station"], "default": {"ranking": ranking}}
    assert _selected("station", selectors) == "station/hours"
    assert _selected("school", {"school": {"ranking": ranking}}) == "school/levels"
    assert _selected("greet", selectors) == "greet"
    assert _selected("greet", {}) == "greet"
