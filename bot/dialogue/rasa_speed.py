"""The one place where Rasa itself is changed: checks that cost more than what they guard.

Rasa re-checks the JSON schema of action results, the schema itself included, at each custom action (20 ms on a
quiet core). The schema never changes: it is checked once, and results are checked against the compiled validator.
It re-checks the domain in a model, three seconds of each start: training has written it, from a checked one.
Its graph runner builds a Dask graph at each message: see :mod:`bot.dialogue.graph_runner`.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core import processor
from rasa.core.actions.action import RemoteAction
from rasa.engine.graph import ExecutionContext
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.graph_components.providers.domain_provider import DomainProvider
from rasa.shared.core.domain import Domain
from rasa.shared.utils.io import read_file, read_yaml

from bot.dialogue.graph_runner import OrderedGraphRunner


@cache
def _validator() -> Draft202012Validator:
    schema = RemoteAction.action_response_format_spec()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def _validate_action_result(self: RemoteAction, result: dict[str, Any]) -> bool:
    _validator().validate(result)
    return True


def _load_domain(
    cls: type[DomainProvider],
    /,
    config: dict[str, Any],
    model_storage: ModelStorage,
    resource: Resource,
    execution_context: ExecutionContext,
    **kwargs: Any,
) -> DomainProvider:
    with model_storage.read_from(resource) as folder:
        domain = Domain.from_dict(read_yaml(read_file(folder / "domain.yml")))
    return cls(model_storage, resource, domain)


def install() -> None:
    """Use the quicker forms from here on; calling it again changes nothing."""
    RemoteAction._validate_action_result = _validate_action_result
    DomainProvider.load = classmethod(_load_domain)
    processor.DaskGraphRunner = OrderedGraphRunner
