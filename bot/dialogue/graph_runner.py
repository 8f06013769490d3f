"""Runs a loaded Rasa graph node after node.

Rasa's own runner sorts the graph and builds a Dask graph anew at each message, milliseconds for what takes
microseconds. Here the order is worked out once for each set of targets; the nodes are Rasa's own and see the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.shared.exceptions import RasaException


@dataclass(frozen=True, slots=True)
class _Step:
    """One node: what to call, and the nodes or inputs whose outputs are its arguments."""

    name: str
    call: Callable[..., Any]
    arguments: tuple[tuple[str, str], ...]


class OrderedGraphRunner(DaskGraphRunner):  # type: ignore[misc]
    """A `DaskGraphRunner` that loads as its parent does and runs without Dask.

    A node that is loaded and has no hooks is not asked to find its arguments by name: its function is called.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._orders: dict[tuple[str, ...], list[_Step]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets, by name of node. Raises what the components raise, as Rasa wraps it."""
        wanted = tuple(targets or self._graph_schema.target_names)
        steps = self._orders.get(wanted)
        if steps is None:
            steps = self._orders[wanted] = [self._step(name) for name in self._order(wanted)]
        outputs: dict[str, Any] = dict(inputs or {})
        for step in steps:
            try:
                arguments = {name: outputs[source] for name, source in step.arguments}
            except KeyError as error:
                raise GraphRunError(f"Missing input {error} to run node '{step.name}'.") from error
            try:
                outputs[step.name] = step.call(**arguments)
            except RasaException:
                raise
            except Exception as error:
                raise GraphComponentException(f"Error running graph component for node {step.name}.") from error
        return {name: outputs[name] for name in wanted}

    def _step(self, name: str) -> _Step:
        node = self._instantiated_nodes[name]
        arguments = tuple(node._inputs.items())
        if node._component is None or node._hooks:
            return _Step(name, partial(_whole_node, node, dict(arguments)), arguments)
        return _Step(name, partial(node._fn, node._component), arguments)

    def _order(self, targets: tuple[str, ...]) -> list[str]:
        """Every node that the targets need, after all that it needs."""
        order: dict[str, None] = {}

        def visit(name: str) -> None:
            if name in order or name not in self._instantiated_nodes:
                return  # done already, or an input of the run
            for need in self._graph_schema.nodes[name].needs.values():
                visit(need)
            order[name] = None

        for target in targets:
            visit(target)
        return list(order)


def _whole_node(node: GraphNode, sources: dict[str, str], **arguments: Any) -> Any:
    return node(*((sources[name], value) for name, value in arguments.items()))[1]
