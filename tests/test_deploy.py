"""What deploy/ says fits the program: settings exist, files exist, probes ask what is there."""

import dataclasses
import re

import pytest
import yaml

from bot.settings import ROOT, Settings

DEPLOY = ROOT / "deploy"
SETTINGS = {field.name.upper() for field in dataclasses.fields(Settings)}
MANIFESTS = sorted((DEPLOY / "kubernetes").glob("*.yaml"))
OTHERS = {"POSTGRES_PASSWORD", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
PATHS = {"/healthz", "/readyz"}


def documents():
    return [
        (path.name, document) for path in MANIFESTS for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
    ]


def pods():
    for name, document in documents():
        if document["kind"] in ("Deployment", "StatefulSet", "Job"):
            yield name, document["metadata"]["name"], document["spec"]["template"]["spec"]


def compose():
    return yaml.safe_load((DEPLOY / "compose.yml").read_text(encoding="utf-8"))


def test_compose_sets_what_the_program_reads():
    environment = set(compose()["services"]["bot"]["environment"])
    assert environment <= SETTINGS
    left_out = SETTINGS - environment - {"HOST", "PORT", "VAR_DIR", "MODEL_DIR", "WECHAT_API_BASE"}
    assert left_out == set(), "a new setting must reach the containers"


def test_compose_commands_are_commands_of_the_program():
    from bot.cli import _parser

    for service in ("migrate", "demo"):
        assert _parser().parse_args(compose()["services"][service]["command"]).command


def test_compose_asks_for_the_secrets_that_make_up_writes():
    text = (DEPLOY / "compose.yml").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    required = set(re.findall(r"\$\{([A-Z_]+):\?", text))
    assert required == {"POSTGRES_PASSWORD", "SECRET_KEY", "API_TOKEN"}
    assert all(f"'{name}'" in makefile for name in required)


@pytest.mark.parametrize("name", ["config.yaml", "secret.example.yaml"])
def test_kubernetes_settings_exist(name):
    [(_, document)] = [pair for pair in documents() if pair[0] == name]
    assert set(document.get("data") or document["stringData"]) <= SETTINGS | OTHERS


def test_kustomization_names_every_file():
    [(_, document)] = [pair for pair in documents() if pair[0] == "kustomization.yaml"]
    ours = {path.name for path in MANIFESTS} - {"kustomization.yaml", "secret.example.yaml"}
    assert set(document["resources"]) == ours | {"secret.yaml"}


def test_no_container_runs_as_root_or_may_become_it():
    for name, _, pod in pods():
        assert pod["securityContext"]["runAsNonRoot"] is True, name
        for container in pod["containers"]:
            assert container["securityContext"]["allowPrivilegeEscalation"] is False, name
            assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}, name


def test_the_bot_is_probed_where_it_answers():
    from bot.web import health

    served = {route.path for route in health.routes}
    [pod] = [pod for _, name, pod in pods() if name == "bot"]
    probes = {key: pod["containers"][0][key] for key in ("startupProbe", "readinessProbe", "livenessProbe")}
    asked = {probe["httpGet"]["path"] for probe in probes.values()}
    assert asked == PATHS <= served


def test_the_image_copies_what_is_there_and_ends_up_unprivileged():
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE):
        assert all((ROOT / name).exists() for name in line.split())
    last_stage = text.split("FROM ")[-1]
    assert re.search(r"^USER 10001", last_stage, re.MULTILINE)


def test_secrets_are_not_committed():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "deploy/kubernetes/secret.yaml"} <= set(ignored)
    inside = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env", "deploy/.env", "var", ".git"} <= set(inside)
