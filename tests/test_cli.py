"""The command line: quick, and plain about what is wrong."""

import json
import socket
import subprocess
import sys

import pytest

from bot import cli
from bot.settings import ROOT

HEADER = "code,name,category,district,address,lng,lat,hours,services,demo_site,site_kind,status,provenance"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A place of its own for what commands write."""
    for name in ("DATABASE_URL", "REDIS_URL", "WECHAT_TOKEN", "WECHAT_APP_ID", "WECHAT_APP_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("MODEL_DIR", str(tmp_path / "models"))
    return tmp_path


def test_help_is_quick_because_nothing_big_is_imported():
    code = "import sys; from bot.cli import _parser; _parser(); print(sorted({'rasa', 'sqlalchemy', 'aiohttp'} & set(sys.modules)))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT)
    assert said.stdout.strip() == "[]", said.stderr


@pytest.mark.parametrize(
    "command",
    ["serve", "chat", "train", "retrain", "evaluate", "import", "db", "wechat", "doctor"],
)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert ended.value.code == 0
    assert f"nuanxin {command}" in capsys.readouterr().out


def test_a_wrong_setting_ends_in_one_line(project, monkeypatch, capsys):
    monkeypatch.setenv("PORT", "eighty")
    assert cli.main(["serve"]) == 2
    assert capsys.readouterr().err == "nuanxin: PORT must be a port number from 1 to 65535\n"


def test_a_taken_port_ends_in_one_line(project, monkeypatch, capsys):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        monkeypatch.setenv("PORT", str(port))
        assert cli.main(["serve", "--prepare"]) == 2
    assert capsys.readouterr().err == (
        f"nuanxin: port {port} is taken: stop what uses it, or choose another with PORT=…\n"
    )


def test_an_address_that_is_not_ours_ends_in_one_line(project, monkeypatch, capsys):
    monkeypatch.setenv("HOST", "192.0.2.1")
    assert cli.main(["serve"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("nuanxin: cannot listen on 192.0.2.1:8080")
    assert error.count("\n") == 1


def test_a_database_without_schema_is_not_served(project, capsys):
    assert cli.main(["chat"]) == 2
    assert "the database is empty, needed is revision" in capsys.readouterr().err


def test_a_database_that_is_away_ends_in_one_line_without_the_password(project, monkeypatch, capsys):
    monkeypatch.setenv("DATABASE_URL", "postgresql+asyncpg://u:passw0rd@127.0.0.1:1/x")
    monkeypatch.setenv("SECRET_KEY", "0" * 32)
    assert cli.main(["chat"]) == 2
    error = capsys.readouterr().err
    assert error.startswith("nuanxin: DATABASE_URL must be a database that answers: ")
    assert error.count("\n") == 1
    assert "passw0rd" not in error


def test_the_schema_and_the_demo_data_come_once(project, capsys):
    assert cli.main(["db", "upgrade"]) == 0
    assert cli.main(["import", "--demo"]) == 0
    assert "==> demo data: 1" in capsys.readouterr().out
    assert cli.main(["import", "--demo"]) == 0
    assert capsys.readouterr().out == ""
    assert cli.main(["db", "current"]) == 0
    assert capsys.readouterr().out.startswith("database at 0")


def test_import_lists_its_kinds(project, capsys):
    assert cli.main(["import"]) == 0
    assert "stations" in capsys.readouterr().out


def test_import_of_an_operators_file(project, capsys):
    cli.main(["db", "upgrade"])
    services = project / "services.csv"
    services.write_text("code,name,category,category_name\ncharging,手机充电,life,生活服务\n", encoding="utf-8")
    row = "X1,花桥驿站,bank,花桥镇,,121.0854,31.3035,每天 08:00-18:00,charging,0,,open,登记表"
    good, bad = project / "good.csv", project / "bad.csv"
    good.write_text(f"{HEADER}\n{row}\n", encoding="utf-8-sig")
    bad.write_text(f"{HEADER}\n{row.replace('121.0854', '31.3035').replace('charging', 'sauna')}\n")
    capsys.readouterr()

    assert cli.main(["import", "services", str(services)]) == 0
    assert cli.main(["import", "stations", str(bad)]) == 1
    faults = capsys.readouterr().err
    assert "第 2 行" in faults
    assert "什么都没有导入" in faults
    assert cli.main(["import", "stations", str(good), "--dry-run"]) == 0
    assert "没有写入：1 行，新增 1" in capsys.readouterr().out
    assert cli.main(["import", "stations", str(good)]) == 0
    assert "已导入：1 行，新增 1" in capsys.readouterr().out
    assert cli.main(["import", "stations", str(good)]) == 0
    assert "未变 1" in capsys.readouterr().out
    assert cli.main(["import", "stations", str(project / "none.csv")]) == 2
    assert capsys.readouterr().err == "nuanxin: 找不到文件 none.csv\n"
    assert cli.main(["import", "unicorns", str(good)]) == 2
    assert capsys.readouterr().err.startswith("nuanxin: 数据种类只能是")


def test_the_menu_can_be_looked_at_first(project, capsys):
    assert cli.main(["wechat", "menu", "--dry-run"]) == 0
    menu = json.loads(capsys.readouterr().out)
    assert 1 <= len(menu["button"]) <= 3


def test_the_menu_needs_the_accounts_credentials(project, capsys):
    assert cli.main(["wechat", "menu"]) == 2
    assert capsys.readouterr().err.startswith("nuanxin: WECHAT_APP_ID and WECHAT_APP_SECRET must be set")


def test_the_doctor_finds_what_is_missing(project, capsys):
    assert cli.main(["doctor", "--offline"]) == 1
    found = capsys.readouterr().out
    assert "✗ model: none in" in found
    assert "✗ database: SQLite at revision None" in found
    assert "→ run `nuanxin db upgrade`" in found

    cli.main(["db", "upgrade"])
    cli.main(["import", "--demo"])
    (project / "models").mkdir()
    (project / "models" / "some.tar.gz").write_bytes(b"")
    capsys.readouterr()
    assert cli.main(["doctor", "--offline"]) == 0
    found = capsys.readouterr().out
    assert "! model: some.tar.gz is older than its data" in found
    assert "✓ database: SQLite at revision 0" in found
    assert "of them demo" in found
    assert "! wechat: off" in found


def test_the_doctor_sees_redis_and_postgres(project, monkeypatch, capsys, postgres_url, redis_server):
    monkeypatch.setenv("DATABASE_URL", postgres_url)
    monkeypatch.setenv("SECRET_KEY", "0" * 32)
    monkeypatch.setenv("REDIS_URL", redis_server.url)
    cli.main(["doctor", "--offline"])
    assert "✓ redis: answers" in capsys.readouterr().out
    monkeypatch.setenv("REDIS_URL", "redis://127.0.0.1:1/0")
    assert cli.main(["doctor", "--offline"]) == 1
    assert "✗ redis: no answer (ConnectionError)" in capsys.readouterr().out


def test_the_doctor_names_a_wrong_setting(project, monkeypatch, capsys):
    monkeypatch.setenv("LOG_LEVEL", "LOUD")
    assert cli.main(["doctor"]) == 1
    assert "✗ settings: LOG_LEVEL must be one of" in capsys.readouterr().out
