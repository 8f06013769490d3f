"""The one place where Rasa itself is changed: a check that costs more than the whole turn.

Rasa re-checks the JSON schema of action results, the schema itself included, at each custom action (20 ms on a
quiet core). The schema never changes: it is checked once, and results are checked against the compiled validator.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction


@cache
def _validator() -> Draft202012Validator:
    schema = RemoteAction.action_response_format_spec()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True


def install() -> None:
    """Use the compiled validator from here on; calling it again changes nothing."""
    RemoteAction._validate_action_result = _validate_action_result
