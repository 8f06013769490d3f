import stat
from pathlib import Path

import pytest

from bot.settings import ROOT, SettingsError, load_settings

SECRET = "0123456789abcdef0123456789abcdef"


def load(tmp_path: Path, **env: str):
    return load_settings({"VAR_DIR": str(tmp_path), **env})


def test_the_defaults_are_the_embedded_form(tmp_path):
    settings = load(tmp_path)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/nuanxin.db"
    assert settings.is_sqlite
    assert settings.redis_url is None
    assert (settings.host, settings.port, settings.log_level) == ("127.0.0.1", 8080, "INFO")
    assert settings.wechat_api_base == "https://api.weixin.qq.com"
    assert not settings.wechat_enabled
    assert settings.wechat_handover == "console"
    assert settings.file_store == str(tmp_path / "files")
    assert settings.model_dir == ROOT / "models"


def test_the_embedded_secret_is_made_once_and_private(tmp_path):
    first = load(tmp_path / "new").secret_key
    assert load(tmp_path / "new").secret_key == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "new" / "secret.key").stat().st_mode) == 0o600
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["secret.key"]


def test_the_environment_wins_over_the_file_and_empty_is_not_set(tmp_path):
    file = tmp_path / ".env"
    file.write_text("PORT=9001\nLOG_LEVEL=debug\n# a comment\nHOST=\n", encoding="utf-8")
    env = {"VAR_DIR": str(tmp_path), "PORT": "9002", "LOG_LEVEL": ""}
    settings = load_settings(env, env_file=file)
    assert (settings.port, settings.log_level, settings.host) == (9002, "DEBUG", "127.0.0.1")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("postgresql+asyncpg://u:p@db/nuanxin", "postgresql+asyncpg://u:p@db/nuanxin"),
        ("postgres://u:p@db:5432/nuanxin", "postgresql+asyncpg://u:p@db:5432/nuanxin"),
        ("sqlite:////srv/bot.db", "sqlite+aiosqlite:////srv/bot.db"),
        ("sqlite+aiosqlite:///var/other.db", f"sqlite+aiosqlite:///{ROOT}/var/other.db"),
    ],
)
def test_database_addresses(tmp_path, given, kept):
    assert load(tmp_path, DATABASE_URL=given, SECRET_KEY=SECRET).database_url == kept


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u@h/d"),
        ("DATABASE_URL", "postgresql+asyncpg://host-without-a-database"),
        ("REDIS_URL", "localhost:6379"),
        ("WECHAT_APP_ID", "gh_12345"),
        ("WECHAT_APP_SECRET", "short"),
        ("WECHAT_TOKEN", "no-dashes"),
        ("WECHAT_TOKEN", "ab"),
        ("WECHAT_AES_KEY", "A" * 42),
        ("WECHAT_NOTICE", "email:someone"),
        ("WECHAT_NOTICE", "template:abcdefghij0123:thing1=something"),
        ("WECHAT_HANDOVER", "nobody"),
        ("FILE_STORE", "s3://A_B"),
        ("WECHAT_API_BASE", "api.weixin.qq.com"),
        ("PUBLIC_BASE_URL", "ftp://bot.example.org"),
        ("PUBLIC_BASE_URL", "https://bot.example.org/?a=1"),
        ("SECRET_KEY", "hunter2"),
        ("API_TOKEN", "short"),
        ("HOST", "two words"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_a_wrong_value_is_named_in_one_line_and_never_shown(tmp_path, name, value):
    with pytest.raises(SettingsError) as caught:
        load(tmp_path, **{name: value})
    message = str(caught.value)
    assert message.startswith(f"{name} must be ")
    assert "\n" not in message
    assert f" {value}" not in message


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"WECHAT_APP_SECRET": SECRET}, "WECHAT_APP_ID"),
        ({"WECHAT_AES_KEY": "A" * 43}, "WECHAT_APP_ID and WECHAT_TOKEN"),
        ({"WECHAT_AES_KEY_PREVIOUS": "A" * 43}, "WECHAT_AES_KEY"),
        ({"DATABASE_URL": "postgresql+asyncpg://u:p@db/nuanxin"}, "SECRET_KEY"),
    ],
)
def test_what_one_setting_asks_of_another(tmp_path, env, named):
    with pytest.raises(SettingsError, match=f"^{named} must be set"):
        load(tmp_path, **env)


def test_secrets_do_not_show_in_the_repr(tmp_path):
    shown = repr(
        load(
            tmp_path,
            DATABASE_URL="postgresql+asyncpg://u:passw0rd@db/nuanxin",
            SECRET_KEY=SECRET,
            API_TOKEN="token-token-token",
            REDIS_URL="redis://:passw0rd@cache",
        )
    )
    assert "passw0rd" not in shown
    assert SECRET not in shown
    assert "token-token" not in shown


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match=r"^VAR_DIR must be a folder that can be written: [^\n]+$"):
        load(tmp_path / "file")


def test_a_damaged_secret_is_said(tmp_path):
    (tmp_path / "secret.key").write_text("cut")
    with pytest.raises(SettingsError, match=r"^SECRET_KEY must be set, or the damaged .* removed$"):
        load(tmp_path)


def test_a_notice_setting_is_what_the_channel_reads(tmp_path):
    from bot.wechat.notices import NoticeTemplate

    setting = "template:abcdefghij0123:thing1=subject,time2=time"
    assert load(tmp_path, WECHAT_NOTICE=setting).wechat_notice == setting
    assert NoticeTemplate.read(setting).fields == (("thing1", "subject"), ("time2", "time"))


def test_a_file_store_is_one_that_can_be_opened(tmp_path):
    from bot.storage.files import FolderStore, S3Store, open_store

    folder = load(tmp_path, FILE_STORE="var/pictures").file_store
    assert folder == str(ROOT / "var" / "pictures")
    assert isinstance(open_store(folder), FolderStore)
    bucket = load(tmp_path, FILE_STORE="s3://evidence/bot?endpoint=https://s3.example.org").file_store
    assert isinstance(open_store(bucket), S3Store)
