"""What every finder of this room returns: a stretch of the original text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar


@dataclass(frozen=True, slots=True)
class Span:
    """`surface == text[start:end]` of the original text the finder was given."""

    start: int
    end: int
    surface: str


SpanT = TypeVar("SpanT", bound=Span)


def without_overlaps(spans: Iterable[SpanT]) -> list[SpanT]:
    """Spans in reading order; where two overlap the longer stays, of equals the earlier."""
    kept: list[SpanT] = []
    for span in sorted(spans, key=lambda item: (item.start, -item.end)):
        if kept and span.start < kept[-1].end:
            if span.end - span.start > kept[-1].end - kept[-1].start:
                kept[-1] = span
        else:
            kept.append(span)
    return kept
