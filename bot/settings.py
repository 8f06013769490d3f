"""All settings, read once at start from the environment and `.env`, checked, then frozen.

The environment wins over `.env`; an empty value counts as not set. A wrong value raises `SettingsError` with
one line that names the setting and says what it must be; the value itself, maybe a secret, is never shown.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
WECHAT_API = "https://api.weixin.qq.com"

Read = TypeVar("Read")
Default = TypeVar("Default")


class SettingsError(ValueError):
    """A setting is missing or wrong; the message is one line fit to be shown."""


@dataclass(frozen=True)
class Settings:
    """The settings by their environment names in lower case; secrets stay out of `repr`."""

    database_url: str = field(repr=False)
    secret_key: str = field(repr=False)
    redis_url: str | None = field(default=None, repr=False)
    wechat_app_id: str | None = None
    wechat_app_secret: str | None = field(default=None, repr=False)
    wechat_token: str | None = field(default=None, repr=False)
    wechat_aes_key: str | None = field(default=None, repr=False)
    wechat_aes_key_previous: str | None = field(default=None, repr=False)
    wechat_api_base: str = WECHAT_API
    wechat_notice: str | None = None
    wechat_handover: str = "console"
    public_base_url: str | None = None
    api_token: str | None = field(default=None, repr=False)
    map_tiles: str | None = None
    host: str = "127.0.0.1"
    port: int = 8080
    log_level: str = "INFO"
    file_store: str = str(ROOT / "var" / "files")
    var_dir: Path = ROOT / "var"
    model_dir: Path = ROOT / "models"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def wechat_enabled(self) -> bool:
        """Whether `/wechat` answers: the token is what the platform's signatures are checked with."""
        return self.wechat_token is not None


def load_settings(env: Mapping[str, str] | None = None, *, env_file: Path | None = None) -> Settings:
    """Settings from `env` (default: the process's environment) over `env_file` (default: `.env`).

    Creates `var/` and, for the embedded form, a secret kept there. Raises `SettingsError`.
    """
    if env is None:
        env = os.environ
        env_file = env_file or ROOT / ".env"
    raw: dict[str, str] = {}
    if env_file is not None and env_file.is_file():
        raw.update({name: value for name, value in dotenv_values(env_file).items() if value})
    raw.update({name: value for name, value in env.items() if value})

    read = _Reader(raw)
    var_dir = read("VAR_DIR", _folder, ROOT / "var")
    database_url = read("DATABASE_URL", _database_url, f"sqlite+aiosqlite:///{var_dir / 'nuanxin.db'}")
    settings = Settings(
        database_url=database_url,
        secret_key=read("SECRET_KEY", _secret_key, None) or _own_secret(database_url, var_dir),
        redis_url=read("REDIS_URL", _redis_url, None),
        wechat_app_id=read("WECHAT_APP_ID", _app_id, None),
        wechat_app_secret=read("WECHAT_APP_SECRET", _app_secret, None),
        wechat_token=read("WECHAT_TOKEN", _wechat_token, None),
        wechat_aes_key=read("WECHAT_AES_KEY", _aes_key, None),
        wechat_aes_key_previous=read("WECHAT_AES_KEY_PREVIOUS", _aes_key, None),
        wechat_api_base=read("WECHAT_API_BASE", _web_address, WECHAT_API),
        wechat_notice=read("WECHAT_NOTICE", _notice, None),
        wechat_handover=read("WECHAT_HANDOVER", _handover, "console"),
        public_base_url=read("PUBLIC_BASE_URL", _web_address, None),
        api_token=read("API_TOKEN", _api_token, None),
        map_tiles=read("MAP_TILES", _map_tiles, None),
        host=read("HOST", _host, "127.0.0.1"),
        port=read("PORT", _port, 8080),
        log_level=read("LOG_LEVEL", _log_level, "INFO"),
        file_store=read("FILE_STORE", _file_store, str(var_dir / "files")),
        var_dir=var_dir,
        model_dir=read("MODEL_DIR", _folder, ROOT / "models"),
    )
    _check_together(settings)
    return settings


class _Reader:
    def __init__(self, raw: Mapping[str, str]) -> None:
        self._raw = raw

    def __call__(self, name: str, check: Callable[[str], Read], default: Default) -> Read | Default:
        value = self._raw.get(name)
        if value is None:
            return default
        try:
            return check(value.strip())
        except ValueError as error:
            raise SettingsError(f"{name} must be {error}") from None


def _check_together(settings: Settings) -> None:
    """What one setting asks of another."""
    if settings.wechat_app_secret and not settings.wechat_app_id:
        raise SettingsError("WECHAT_APP_ID must be set when WECHAT_APP_SECRET is: the account's AppID, wx…")
    if settings.wechat_aes_key and not (settings.wechat_app_id and settings.wechat_token):
        raise SettingsError("WECHAT_APP_ID and WECHAT_TOKEN must be set when WECHAT_AES_KEY is: safe mode checks both")
    if settings.wechat_aes_key_previous and not settings.wechat_aes_key:
        raise SettingsError("WECHAT_AES_KEY must be set when WECHAT_AES_KEY_PREVIOUS is: the key now in use")


# -- checks: the value, or ValueError with what it must be -------------------------------------------------


def _matching(pattern: str, must: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if not re.fullmatch(pattern, value):
            raise ValueError(must)
        return value

    return check


_app_id = _matching(r"wx[0-9A-Za-z]{16}", "the account's AppID: wx and 16 letters or digits")
_app_secret = _matching(r"[0-9A-Za-z]{32}", "the account's AppSecret: 32 letters and digits")
_wechat_token = _matching(r"[0-9A-Za-z]{3,32}", "3 to 32 letters or digits, as entered on the platform")
_api_token = _matching(r"[!-~]{16,200}", "16 to 200 letters, digits or signs")
_host = _matching(r"[0-9A-Za-z.:\-]{1,253}", "an address or a host name")
_notice = _matching(
    r"(template|subscribe):[0-9A-Za-z_\-]{10,64}:\w+=(subject|text|time)(,\w+=(subject|text|time))*",
    "template:<id>:thing1=subject,thing2=text or subscribe:<id>:thing1=text",
)
_map_tiles = _matching(
    r"(?=.*\{z\})(?=.*\{x\})(?=.*\{y\})(wgs84|gcj02):https?://[0-9A-Za-z.\-]+(:\d+)?/[!-~]+",
    "wgs84: or gcj02: and the address of the tiles, e.g. gcj02:https://tiles.example.org/{z}/{x}/{y}.png",
)
_handover = _matching(r"console|wechat", "console (our own) or wechat (the platform's seats)")
_log_level_name = _matching(r"DEBUG|INFO|WARNING|ERROR", "one of DEBUG, INFO, WARNING, ERROR")
_aes_key = _matching(r"[0-9A-Za-z+/]{43}", "the 43 characters of the EncodingAESKey")


def _log_level(value: str) -> str:
    return _log_level_name(value.upper())


def _port(value: str) -> int:
    if not re.fullmatch(r"\d{1,5}", value) or not 1 <= int(value) <= 65535:
        raise ValueError("a port number from 1 to 65535")
    return int(value)


def _folder(value: str) -> Path:
    path = Path(value).expanduser()
    return path if path.is_absolute() else ROOT / path


def _file_store(value: str) -> str:
    if not value.startswith("s3://"):
        return str(_folder(value))
    if not re.fullmatch(r"[a-z0-9.\-]{3,63}", urlsplit(value).netloc):
        raise ValueError("a folder or s3://bucket/prefix?endpoint=https://…&region=…")
    return value


def _database_url(value: str) -> str:
    sqlite = re.fullmatch(r"sqlite(?:\+aiosqlite)?:///(.+)", value)
    if sqlite:
        return f"sqlite+aiosqlite:///{_folder(sqlite[1])}"
    postgres = re.fullmatch(r"postgres(?:ql)?(?:\+asyncpg)?://(.+/[^/?]+(?:\?.*)?)", value)
    if postgres:
        return f"postgresql+asyncpg://{postgres[1]}"
    raise ValueError("postgresql+asyncpg://user:password@host/database or sqlite+aiosqlite:///path/to/file.db")


def _redis_url(value: str) -> str:
    if urlsplit(value).scheme not in ("redis", "rediss", "unix"):
        raise ValueError("redis://host:port/0, rediss://… or unix:///path/to/socket")
    return value


def _web_address(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
        raise ValueError("an address such as https://bot.example.org, without a query")
    return value.rstrip("/")


def _secret_key(value: str) -> str:
    if len(value) < 32:
        raise ValueError("at least 32 random characters (openssl rand -hex 32)")
    return value


def _own_secret(database_url: str, var_dir: Path) -> str:
    """The embedded form keeps a secret of its own; replicas must share one, so there it has to be set."""
    if not database_url.startswith("sqlite"):
        raise SettingsError(
            "SECRET_KEY must be set when DATABASE_URL is PostgreSQL, the same for every replica: "
            "at least 32 random characters (openssl rand -hex 32)"
        )
    path = var_dir / "secret.key"
    try:
        var_dir.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            fresh = var_dir / f"secret.{os.getpid()}"
            fresh.touch(0o600)
            fresh.write_text(secrets.token_hex(32) + "\n", encoding="ascii")
            with contextlib.suppress(FileExistsError):  # another process was first: its secret is the one
                os.link(fresh, path)
            fresh.unlink()
        return _secret_key(path.read_text(encoding="ascii").strip())
    except OSError as error:
        reason = f"VAR_DIR must be a folder that can be written: {path}: {error.strerror}"
        raise SettingsError(reason) from None
    except ValueError:
        raise SettingsError(f"SECRET_KEY must be set, or the damaged {path} removed") from None
