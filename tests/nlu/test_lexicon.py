from bot.nlu.lexicon import Lexicon


def test_longest_match_and_whole_latin_words() -> None:
    lexicon = Lexicon({"充电": "phone", "电动车充电": "car", "WiFi": "net", "UU": "uu"})
    assert [value for *_, value in lexicon.find("电动车充电和手机充电")] == ["car", "phone"]
    assert [value for *_, value in lexicon.find("有wifi吗")] == ["net"]
    assert list(lexicon.find("suunto wifix")) == []
    assert list(lexicon.find("充")) == []
