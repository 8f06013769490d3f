"""What a page was asked for in its address, read so that no value of it is an error of ours."""

from __future__ import annotations

from aiohttp import web


def number_of(text: str, default: int = 0) -> int:
    """A whole number that fits into a column; `default` for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else default


def page_of(request: web.Request) -> int:
    """The page of a list, from 1."""
    return max(1, number_of(request.query.get("page", ""), 1))
