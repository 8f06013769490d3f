"""Every task of the ten initiatives has a conversation and tests, and docs/coverage.md says so."""

from __future__ import annotations

import yaml

from bot.actions import all_actions
from bot.services import build_services
from bot.storage.base import Database
from tests.dialogue.coverage import ROOT, missing_tests, page, tasks
from tests.dialogue.talks import scenarios


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8")
    assert written == page(), "run: python scripts/coverage_matrix.py"


def test_every_test_that_is_named_exists() -> None:
    assert missing_tests() == []


def test_every_task_has_a_conversation_or_is_no_talk_and_every_one_has_a_test() -> None:
    bare = [task.task for task in tasks() if not task.tests or bool(task.scenarios) == task.page]
    assert bare == []
    assert {task.initiative for task in tasks()} >= set(range(1, 11))


def test_every_scenario_stands_in_a_row_and_there_are_many() -> None:
    named = {name for task in tasks() for name in task.scenarios}
    assert named == set(scenarios())
    assert len(named) >= 60


def test_every_action_of_the_domain_stands_in_a_row() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    held = {name for task in tasks() for name in task.runs | task.also_runs}
    assert set(domain["actions"]) - held == {"action_session_start"}
    assert {name for name in held if not name.startswith("utter_")} <= set(domain["actions"]) | _unlisted()


def _unlisted() -> set[str]:
    """Actions that `action_inform` runs itself; no rule and no story names them."""
    actions = all_actions(build_services(Database("sqlite+aiosqlite:///:memory:")))
    return {action.action_name for action in actions if not action.listed}
