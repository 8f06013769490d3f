"""The graph runner answers as Rasa's own does."""

from __future__ import annotations

import json

import pytest
from rasa.core.channels.channel import UserMessage
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner

from bot.dialogue.graph_runner import OrderedGraphRunner
from bot.dialogue.host import DialogueHost

TEXTS = [
    "花桥哪里能充电",
    "工资拖了三个月没发 美团的",
    "明天上午门诊还有号吗 顺便问下健康证",
    "/find_station",
    "",
    "🙂",
    "a" * 300,
]


async def test_a_message_is_understood_as_by_rasas_own_runner(loaded_host: DialogueHost) -> None:
    processor = loaded_host.agent.processor
    assert processor is not None
    ours = processor.graph_runner
    assert isinstance(ours, OrderedGraphRunner)
    for text in TEXTS:
        found = await processor.parse_message(UserMessage(text))
        ours.run, kept = lambda **call: DaskGraphRunner.run(ours, **call), ours.run  # type: ignore[method-assign]
        try:
            wanted = await processor.parse_message(UserMessage(text))
        finally:
            ours.run = kept  # type: ignore[method-assign]
        assert json.dumps(found, default=str) == json.dumps(wanted, default=str)


def test_a_missing_input_is_an_error_as_with_rasas_own_runner(loaded_host: DialogueHost) -> None:
    processor = loaded_host.agent.processor
    assert processor is not None
    with pytest.raises(GraphRunError):
        processor.graph_runner.run(inputs={}, targets=["run_RegexMessageHandler"])
