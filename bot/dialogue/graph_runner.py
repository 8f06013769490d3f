"""Runs a loaded Rasa graph node after node.

Rasa's own runner sorts the graph and builds a Dask graph anew at each message, milliseconds for what takes
microseconds. Here the order is worked out once for each set of targets; the nodes are Rasa's own and see the same.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class OrderedGraphRunner(DaskGraphRunner):  # type: ignore[misc]
    """A `DaskGraphRunner` that loads as its parent does and runs without Dask."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._orders: dict[tuple[str, ...], list[tuple[str, list[str]]]] = {}

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """The outputs of the targets, by name of node. Raises what the components raise, as Rasa wraps it."""
        wanted = tuple(targets or self._graph_schema.target_names)
        order = self._orders.get(wanted)
        if order is None:
            order = self._orders[wanted] = self._order(wanted)
        outputs: dict[str, tuple[str, Any]] = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in order:
                outputs[name] = self._instantiated_nodes[name](*(outputs.get(need, need) for need in needs))
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return {name: outputs[name][1] for name in wanted}

    def _order(self, targets: tuple[str, ...]) -> list[tuple[str, list[str]]]:
        """Every node that the targets need, and what it needs, after all that it needs."""
        order: dict[str, list[str]] = {}

        def visit(name: str) -> None:
            if name in order or name not in self._instantiated_nodes:
                return  # done already, or an input of the run
            needs = list(self._graph_schema.nodes[name].needs.values())
            for need in needs:
                visit(need)
            order[name] = needs

        for target in targets:
            visit(target)
        return list(order.items())
