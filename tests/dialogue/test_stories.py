"""Every story of data/stories, played with the trained model and the real actions: the same actions, turn by turn."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.events import ActionExecuted, UserUttered

from bot.dialogue.host import DialogueHost
from bot.settings import ROOT

FOLDER = ROOT / "data" / "stories"
REGISTERED = ("青云快递欠我工资5000 手机13712345678", "对", "不用记")
# what leads into a form that a button, words or another action start; the story begins inside
BEFORE: dict[str, tuple[str, ...]] = {
    "supplement_form": (*REGISTERED, "我要补充材料"),
    "withdraw_form": (*REGISTERED, "我要撤销工单"),
    "mediation_form": (*REGISTERED, "/dispute/expert_mediation:book"),
    "joint_form": (*REGISTERED, "/dispute/one_window:joint"),
    "details_form": (*REGISTERED, "/supplement_dispute:details"),
    "request_form": ("/dispute/legal_aid", "申请法律援助"),
    "platform_triage_form": ("/dispute/rights_consult:triage",),
    "claim_form": ("/school/how_to_claim:checklist",),
    "plating_form": ("/freight/plate_window:book",),
    "carrier_form": ("我要举报三轮车拉货 在人民路",),
    "machine_form": ("花桥哪有免费喝的", "饮品机坏了要报修"),
    "callback_form": ("/bank/mortgage:call",),
}
SILENT = frozenset({"action_listen", "action_session_start", "action_inform"})


def _with_words(text: str) -> str:
    """What a rider says stands in a comment beside the intent: as a text of Rasa's it would be trained on."""
    return re.sub(r"- intent: (\S+)  # (.+)", r'- intent: \1\n    user: "\2"', text)


def _stories() -> list[tuple[str, dict[str, Any]]]:
    files: list[Path] = sorted(FOLDER.glob("*.yml"))
    contents = [(file.stem, yaml.safe_load(_with_words(file.read_text(encoding="utf-8")))) for file in files]
    return [(name, story) for name, content in contents for story in content.get("stories", ())]


STORIES = _stories()
FORMS_TOLD = {step["active_loop"] for _, story in STORIES for step in story["steps"] if step.get("active_loop")}


def _turns(steps: list[dict[str, Any]]) -> list[tuple[str, list[str], str | None]]:
    """(text, actions, form that runs afterwards) of each turn; slots are not looked at."""
    turns: list[tuple[str, list[str], str | None]] = []
    form = steps[0].get("active_loop")
    for step in steps:
        if "user" in step:
            turns.append((str(step["user"]), [], form))
        elif "action" in step:
            turns[-1][1].append(str(step["action"]))
        if "active_loop" in step:
            form = step["active_loop"]
            if turns:
                turns[-1] = (turns[-1][0], turns[-1][1], form)
    return turns


@pytest.mark.parametrize(("subject", "story"), STORIES, ids=[story["story"] for _, story in STORIES])
async def test_story(host: DialogueHost, subject: str, story: dict[str, Any]) -> None:
    steps = story["steps"]
    for text in BEFORE.get(str(steps[0].get("active_loop")), ()):
        await host.handle("A", text)
    for text, actions, form in _turns(steps):
        await host.handle("A", text)
        tracker = await host.agent.tracker_store.retrieve("A")
        if "action_erase" in actions:
            assert tracker is None, "the conversation is erased too"
            return
        assert tracker is not None
        events = list(tracker.events)
        last = max(i for i, event in enumerate(events) if isinstance(event, UserUttered))
        ran = [e.action_name for e in events[last:] if isinstance(e, ActionExecuted) and e.action_name not in SILENT]
        assert ran == actions, f"{subject}: {text}"
        assert tracker.active_loop_name == form, f"{subject}: {text}"


def test_every_flow_has_a_story() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(domain["forms"]) == FORMS_TOLD
    ruled = {
        step["intent"]
        for file in FOLDER.glob("*.yml")
        for rule in yaml.safe_load(file.read_text(encoding="utf-8")).get("rules", ())
        for step in rule["steps"]
        if "intent" in step
    }
    told = {step["intent"] for _, story in STORIES for step in story["steps"] if "intent" in step}
    by_other_forms = {
        "supplement_dispute",
        "withdraw_dispute",
        "inform",
    }  # they start forms, whose stories begin inside
    assert ruled - told - by_other_forms == set()


def test_no_story_brings_a_text_to_train_on() -> None:
    """Rasa would learn it under the intent alone, `hospital` instead of `hospital/location`."""
    assert not [file.name for file in FOLDER.glob("*.yml") if "user:" in file.read_text(encoding="utf-8")]
