"""A real Chromium, and a page that tells what went wrong on it."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, Request

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
LOCAL = ("127.0.0.1", "localhost", "::1")


async def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, else the one that Playwright has fetched."""
    system = next((path for path in map(shutil.which, NAMES) if path), None)
    return await playwright.chromium.launch(
        executable_path=system, chromium_sandbox=os.geteuid() != 0, args=list(QUIET)
    )


@dataclass
class Troubles:
    """What a page must not have: errors on its console, uncaught ones, requests to other machines."""

    found: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.found.append(f"uncaught: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.found.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in LOCAL:
            self.found.append(f"request: {request.url}")
