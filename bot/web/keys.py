"""What handlers find in the application, typed."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from bot.dialogue.host import DialogueHost
from bot.services import Services
from bot.settings import Settings
from bot.storage.base import Database

SETTINGS: web.AppKey[Settings] = web.AppKey("settings", Settings)
DATABASE: web.AppKey[Database] = web.AppKey("database", Database)
SERVICES: web.AppKey[Services] = web.AppKey("services", Services)
HOST: web.AppKey[DialogueHost] = web.AppKey("host", DialogueHost)
REDIS: web.AppKey[Any] = web.AppKey("redis", object)
