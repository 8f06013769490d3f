"""Set-up: what is there is kept, what is missing ends in one line that says what to do."""

import importlib.util
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import ROOT

SCRIPT = ROOT / "scripts" / "bootstrap.py"


@pytest.fixture
def bootstrap(tmp_path, monkeypatch):
    """The script as a module, at work in an empty project folder."""
    spec = importlib.util.spec_from_file_location("bootstrap", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.lock").write_text("six==1.0 \\\n    --hash=sha256:0\n")
    monkeypatch.setattr(module, "ROOT", project)
    monkeypatch.setattr(module, "VENV", project / ".venv")
    monkeypatch.setattr(module, "PYTHON", project / ".venv" / "bin" / "python")
    monkeypatch.setattr(module, "OWN_UV", project / ".uv")
    monkeypatch.setattr(module, "LOCK", project / "requirements.lock")
    monkeypatch.setattr(module, "STAMP", project / ".venv" / "nuanxin-installed")
    monkeypatch.setattr(module, "LONG_WAIT", 0.2)
    monkeypatch.setattr(sys, "argv", ["bootstrap.py"])
    return module


@pytest.fixture
def fake_uv(bootstrap, tmp_path, monkeypatch):
    """A `uv` on the path that makes venvs by linking this python, and does with packages what a test says."""

    def install(packages: str = "exit 0", version: str = "uv 0.9.1", python: str = sys.executable) -> Path:
        program = tmp_path / "bin" / "uv"
        program.parent.mkdir(exist_ok=True)
        program.write_text(
            "#!/bin/sh\n"
            f'echo "$@" >> {tmp_path}/calls\n'
            'case "$1 $2" in\n'
            f'  "--version "*) echo "{version}" ;;\n'
            f'  "python find") echo "{python}" ;;\n'
            '  "python install") echo "error: no such version" >&2; exit 2 ;;\n'
            '  "venv "*) for last; do :; done; mkdir -p "$last/bin" "$last/lib/python3.11/site-packages";\n'
            f'     ln -s "{sys.executable}" "$last/bin/python" ;;\n'
            f'  "pip sync") {packages} ;;\n'
            "esac\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IEXEC)
        monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin{os.pathsep}/bin")
        return tmp_path / "calls"

    return install


def test_a_second_run_does_nothing(bootstrap, fake_uv, capsys):
    calls = fake_uv()
    assert bootstrap.main() == 0
    assert "packages: installed" in capsys.readouterr().out
    (bootstrap.VENV / "lib/python3.11/site-packages/nuanxin_no_telemetry.pth").read_text()
    calls.write_text("")
    assert bootstrap.main() == 0
    assert calls.read_text() == ""
    assert capsys.readouterr().out == ""


def test_a_changed_lock_is_installed_into_the_same_venv(bootstrap, fake_uv):
    calls = fake_uv()
    bootstrap.main()
    calls.write_text("")
    bootstrap.LOCK.write_text("six==2.0\n")
    assert bootstrap.main() == 0
    assert "pip sync" in calls.read_text()
    assert "venv" not in calls.read_text().replace(".venv", "")


def test_a_set_up_that_was_cut_off_is_done_again(bootstrap, fake_uv):
    fake_uv(packages="exit 1")
    assert bootstrap.main() == 1
    calls = fake_uv()
    assert bootstrap.main() == 0
    assert "pip sync" in calls.read_text()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("error: No space left on device (os error 28)", "set-up: the disk is full: free 4 GB at"),
        ("error: Request failed\n  Caused by: dns error: failed to lookup", "packages: the network did not answer"),
        ("error: Hash mismatch for `six==1.0`", "set-up: packages: error: Hash mismatch for `six==1.0`"),
    ],
)
def test_a_failed_step_ends_in_one_line(bootstrap, fake_uv, capsys, said, told):
    fake_uv(packages=f"sleep 0.5; printf '%b' '{said}' >&2; exit 2".replace("`", "\\`"))
    assert bootstrap.main() == 1
    output = capsys.readouterr()
    assert output.err.count("\n") == 1
    assert told.replace("\\`", "`") in output.err.replace("\\`", "`")
    assert "… packages" in output.out, "a long step says that it is still at work"


def test_without_any_python_311_the_line_says_how_to_get_one(bootstrap, fake_uv, capsys, monkeypatch):
    fake_uv(python="/nowhere/python3.11")
    monkeypatch.setattr(bootstrap, "python_version", lambda python: None)
    assert bootstrap.main() == 1
    error = capsys.readouterr().err
    assert error.startswith("set-up: no Python 3.11")
    assert error.count("\n") == 1


def test_too_little_room_is_said_before_the_download(bootstrap, fake_uv, capsys, monkeypatch):
    calls = fake_uv()
    monkeypatch.setattr(bootstrap, "ROOM", 10**18)
    assert bootstrap.main() == 1
    assert "not enough room" in capsys.readouterr().err
    assert "pip sync" not in calls.read_text()


def test_an_old_uv_is_not_used(bootstrap, fake_uv):
    fake_uv(version="uv 0.4.30")
    assert bootstrap.find_uv() is None


def test_pips_mirror_is_used_by_uv_as_well(bootstrap, monkeypatch):
    for name in ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_INDEX_URL", "https://mirror.example.org/simple")
    assert bootstrap.with_index()["UV_DEFAULT_INDEX"] == "https://mirror.example.org/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "https://own.example.org/simple")
    assert bootstrap.with_index()["UV_DEFAULT_INDEX"] == "https://own.example.org/simple"


def test_two_set_ups_take_turns(bootstrap, fake_uv, capsys):
    import fcntl
    import threading

    fake_uv()
    (bootstrap.ROOT / "var").mkdir()
    with (bootstrap.ROOT / "var" / "setup.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        other = threading.Thread(target=bootstrap.main)
        other.start()
        other.join(0.5)
        assert other.is_alive()
        fcntl.flock(held, fcntl.LOCK_UN)
        other.join(30)
    assert "another set-up is at work here" in capsys.readouterr().out
    assert bootstrap.is_installed()


def test_it_runs_on_an_old_python():
    """Only the standard library, and no syntax newer than 3.8."""
    import ast

    tree = ast.parse(SCRIPT.read_text(encoding="utf-8"), feature_version=(3, 8))
    imported = {name.name.split(".")[0] for n in ast.walk(tree) if isinstance(n, ast.Import) for name in n.names}
    assert imported <= set(sys.stdlib_module_names)


def test_this_environment_is_the_locked_one():
    """What is installed here is what requirements.lock names."""
    from importlib.metadata import PackageNotFoundError, version

    from packaging.requirements import Requirement

    wrong = []
    for line in (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith((" ", "#")):
            continue
        wanted = Requirement(line.rstrip(" \\"))
        if wanted.marker is not None and not wanted.marker.evaluate():
            continue
        try:
            if version(wanted.name) not in wanted.specifier:
                wrong.append(f"{wanted} but {version(wanted.name)}")
        except PackageNotFoundError:
            wrong.append(f"{wanted} is missing")
    assert wrong == []


def test_telemetry_is_off_for_rasas_own_commands():
    """`rasa …` does not import our package first; the environment says it all the same."""
    env = {name: value for name, value in os.environ.items() if name != "RASA_TELEMETRY_ENABLED"}
    code = "import os, rasa.telemetry as t; print(os.environ['RASA_TELEMETRY_ENABLED'], t.is_telemetry_enabled())"
    said = subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, cwd="/")
    assert said.stdout.split() == ["false", "False"], said.stderr
