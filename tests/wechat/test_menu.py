"""The menu: within the platform's limits, made of topics that exist, pushed as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.knowledge.topics import topics
from bot.wechat.menu import MenuError, load_menu


def test_committed_menu_is_within_the_limits() -> None:
    menu = load_menu(base_url="https://bot.example.org", knows=topics().__contains__)
    assert len(menu["button"]) == 3
    for top in menu["button"]:
        assert len(top["name"].encode()) <= 16
        assert 1 <= len(top["sub_button"]) <= 5
        for below in top["sub_button"]:
            assert len(below["name"].encode()) <= 60
            if below["type"] == "click":
                assert below["key"] in topics()
            else:
                assert below["url"] == "https://bot.example.org/map"


def test_page_needs_a_public_address() -> None:
    menu = load_menu(base_url=None)
    assert all(below["type"] == "click" for top in menu["button"] for below in top["sub_button"])


@pytest.mark.parametrize(
    ("yaml", "fault"),
    [
        ("buttons: []", "1 to 3"),
        ("nothing: 1", "1 to 3"),
        ("- a", "1 to 3"),
        ("buttons: [{name: a, topic: t}, {name: b, topic: t}, {name: c, topic: t}, {name: d, topic: t}]", "1 to 3"),
        ("buttons: [{name: 六个汉字太长, topic: t}]", "longer than 16 bytes"),
        ("buttons: [{topic: t}]", "without a name"),
        ("buttons: [text]", "without a name"),
        ("buttons: [{name: a}]", "needs a topic"),
        ("buttons: [{name: a, page: /map}]", "PUBLIC_BASE_URL"),
        ("buttons: [{name: a, topic: unknown}]", "no topic unknown"),
        (f"buttons: [{{name: a, topic: {'t' * 129}}}]", "longer than 128"),
        ("buttons: [{name: a, buttons: []}]", "1 to 5"),
        (f"buttons: [{{name: a, buttons: [{', '.join(['{name: b, topic: t}'] * 6)}]}}]", "1 to 5"),
        (f"buttons: [{{name: a, buttons: [{{name: {'长' * 21}, topic: t}}]}}]", "longer than 60 bytes"),
    ],
)
def test_faults_are_named(tmp_path: Path, yaml: str, fault: str) -> None:
    path = tmp_path / "menu.yml"
    path.write_text(yaml, encoding="utf-8")
    with pytest.raises(MenuError, match=re.escape(fault)):
        load_menu(path, knows=lambda topic: topic != "unknown")
