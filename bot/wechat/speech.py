"""The plug for speech recognition. None is built in: an operator names one in the setting WECHAT_SPEECH.

The setting is ``package.module:factory``; the factory takes nothing and gives a `SpeechRecognizer`. The
platform's own recognition (the `Recognition` field) has been coming back empty since 2023.
"""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, runtime_checkable


@runtime_checkable
class SpeechRecognizer(Protocol):
    async def recognise(self, audio: bytes, kind: str) -> str | None:
        """The words in a recording (`kind`: amr), or None when nothing was understood.

        It has about two seconds; what it raises counts as not understood.
        """


def load_recognizer(setting: str | None) -> SpeechRecognizer | None:
    """The recogniser of the setting, or None. ValueError when the setting names none."""
    if not setting:
        return None
    module_name, colon, factory_name = setting.partition(":")
    try:
        recognizer = getattr(import_module(module_name), factory_name)() if colon else None
    except (ImportError, AttributeError) as error:
        raise ValueError(f"WECHAT_SPEECH must be package.module:factory; {error}") from error
    if not isinstance(recognizer, SpeechRecognizer):
        raise ValueError("WECHAT_SPEECH must be package.module:factory giving an object with `recognise`")
    return recognizer
