"""The manifests fit together, and fit the settings, the command line, the image and the compose file."""

from __future__ import annotations

import ipaddress
import os
import re
import shutil
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml
from starlette.testclient import TestClient
from typer.main import get_command

from api.__main__ import app
from api.app import create_app
from schemas.queues import Queue
from schemas.settings import Settings
from tests.api.service import make_services
from workers.celery_app import _LAST_STEPS_SECONDS
from workers.pictures import MOST_OPEN

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "kubernetes"
PAGE = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
KUSTOMIZATIONS = sorted(FOLDER.rglob("kustomization.yaml"))
FILES = sorted(path for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml")
OTHERS_SETTINGS = {
    "AWS_DEFAULT_REGION",
    "AWS_SHARED_CREDENTIALS_FILE",
    "CUDA_CACHE_PATH",
    "FORWARDED_ALLOW_IPS",
}
SECRETS = "/run/secrets/octavo/"
GIB = 1 << 30


def documents(path: Path) -> list[dict[str, Any]]:
    return [one for one in yaml.safe_load_all(path.read_text(encoding="utf-8")) if one]


def name_of(manifest: dict[str, Any]) -> tuple[str, str]:
    return manifest["kind"], manifest["metadata"]["name"]


MANIFESTS = [(path, one) for path in FILES for one in documents(path)]
BY_NAME = {name_of(one): one for _, one in MANIFESTS if "secret.example" not in str(_)}
WITH_PODS = {
    name: one["spec"]["template"]["spec"]
    for name, one in BY_NAME.items()
    if "template" in one.get("spec", {})
}
PODS = {name: spec for (_, name), spec in WITH_PODS.items() if name.startswith("octavo")}
CONTAINERS = {name: spec["containers"][0] for name, spec in PODS.items()}
CONFIG: dict[str, str] = BY_NAME["ConfigMap", "octavo"]["data"]
EXAMPLE: dict[str, str] = documents(FOLDER / "secret.example.yaml")[0]["stringData"]
WORKERS = ["octavo-worker", "octavo-worker-llm", "octavo-worker-gpu"]


def component_settings(component: str) -> dict[str, str]:
    """What a component adds to the ConfigMap."""
    patches = yaml.safe_load((FOLDER / "components" / component / "kustomization.yaml").read_text()).get(
        "patches", []
    )
    found = [yaml.safe_load(patch["patch"]) for patch in patches]
    return {key: text for one in found if one["kind"] == "ConfigMap" for key, text in one["data"].items()}


def settings_of(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What a container of that name is set to, its secrets those of the example."""
    for key in [key for key in os.environ if key.startswith("OCTAVO_")]:
        monkeypatch.delenv(key)
    added = component_settings("llm") if name == "octavo-worker-llm" else {}
    given = {one["name"]: one["value"] for one in CONTAINERS[name].get("env", [])}
    for key, text in {**CONFIG, **added, **given}.items():
        if text.startswith(SECRETS):
            secret = text.removeprefix(SECRETS)
            (folder / secret).write_text(EXAMPLE.get(secret, "a-key"), encoding="utf-8")
            text = str(folder / secret)
        monkeypatch.setenv(key, text)
    return Settings()


def amount(text: str) -> int:
    """Bytes of ``3Gi``."""
    number, unit = re.fullmatch(r"(\d+)(Mi|Gi)", text).groups()  # type: ignore[union-attr]
    return int(number) * (1 << (20 if unit == "Mi" else 30))


# --------------------------------------------------------------------------- Kubernetes and kustomize


@pytest.mark.parametrize("version", ["1.28", kubernetes_validate.latest_version()])
@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_manifests_keep_to_kubernetes_schemas(path: Path, version: str) -> None:
    found = documents(path)
    assert found
    for manifest in found:
        if "keda.sh" not in manifest["apiVersion"]:  # whose schema is KEDA's own
            kubernetes_validate.validate(manifest, version, strict=True)


def test_schemas_find_what_is_wrong() -> None:
    bad = {**BY_NAME["Deployment", "octavo-api"]}
    bad["spec"] = {**bad["spec"], "replica": 2}
    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(bad, kubernetes_validate.latest_version(), strict=True)


@pytest.mark.parametrize("path", KUSTOMIZATIONS, ids=lambda path: str(path.parent.relative_to(FOLDER)))
def test_kustomizations_name_what_is_there(path: Path) -> None:
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    kind = "Component" if path.parent.parent.name == "components" else "Kustomization"
    assert written["kind"] == kind
    for name in [*written.get("resources", []), *written.get("components", [])]:
        assert (path.parent / name).exists(), name
    for patch in written.get("patches", []):
        target = patch.get("target") or yaml.safe_load(patch["patch"])
        name = target.get("name") or target["metadata"]["name"]
        assert (target["kind"], name) in BY_NAME, f"nothing to change: {target}"
    for image in written.get("images", []):
        assert image["newTag"].removesuffix("-gpu") == VERSION


def test_every_file_is_part_of_a_kustomization() -> None:
    used = {
        (path.parent / name).resolve()
        for path in KUSTOMIZATIONS
        for name in yaml.safe_load(path.read_text(encoding="utf-8")).get("resources", [])
    }
    assert {path for path in FILES if path not in used} == {FOLDER / "secret.example.yaml"}


def rendered(folder: str) -> list[dict[str, Any]]:
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl is not installed")
    done = subprocess.run([program, "kustomize", str(FOLDER / folder)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [one for one in yaml.safe_load_all(done.stdout) if one]


@pytest.mark.parametrize("folder", ["base", "migrate", "overlays/try", "overlays/production"])
def test_kubectl_makes_manifests_of_them(folder: str) -> None:
    for manifest in rendered(folder):
        kubernetes_validate.validate(manifest, kubernetes_validate.latest_version(), strict=True)
        assert manifest["kind"] == "Namespace" or manifest["metadata"]["namespace"] == "octavo"
    names = {name_of(one) for one in rendered(folder)}
    assert (("PodDisruptionBudget", "octavo-api") in names) == (folder in {"base", "overlays/production"})


def test_all_components_go_together(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "kubernetes")
    chosen = tmp_path / "kubernetes" / "overlays" / "production" / "kustomization.yaml"
    text = chosen.read_text(encoding="utf-8")
    chosen.write_text(text.replace("# - ../../components", "- ../../components"), encoding="utf-8")
    found = {name_of(one): one for one in rendered(str(chosen.parent))}
    assert {("Deployment", name) for name in ["octavo-api", *WORKERS]} <= set(found)
    assert ("HorizontalPodAutoscaler", "octavo-worker") not in found
    assert ("ScaledObject", "octavo-worker") in found
    assert all(
        one["metadata"].get("namespace") == "octavo" for name, one in found.items() if name[0] != "Namespace"
    )
    config = found["ConfigMap", "octavo"]["data"]
    assert {"OCTAVO_SANDBOX", "OCTAVO_LLM_MODEL", "FORWARDED_ALLOW_IPS"} <= set(config)
    images = {
        name: one["spec"]["template"]["spec"]["containers"][0]["image"]
        for (kind, name), one in found.items()
        if kind == "Deployment"
    }
    assert images["octavo-worker-gpu"] == f"registry.example.com/octavo:{VERSION}-gpu"
    assert images["octavo-worker"] == images["octavo-api"] == f"registry.example.com/octavo:{VERSION}"


# --------------------------------------------------------------------------- settings and commands


def variables() -> Iterator[str]:
    yield from CONFIG
    for component in (FOLDER / "components").iterdir():
        yield from component_settings(component.name)
    for container in CONTAINERS.values():
        yield from (one["name"] for one in container["env"])
    yield from re.findall(r"\b(?:OCTAVO|AWS)_\w+", PAGE)


def test_every_variable_is_a_setting() -> None:
    known = {f"OCTAVO_{name.upper()}" for name in Settings.model_fields}
    files = {f"{name}_FILE" for name in known}
    assert set(variables()) - known - files - OTHERS_SETTINGS == set()


@pytest.mark.parametrize("name", CONTAINERS)
def test_the_settings_are_valid(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of(name, tmp_path, monkeypatch)
    assert settings.database.startswith("postgresql://")
    assert settings.blobs.startswith("s3://")
    assert settings.encrypt_blobs == settings.sandbox == "required"
    assert settings.secret_keys
    assert settings.folder.is_relative_to("/data")
    assert bool(settings.api_keys) == (name == "octavo-api")
    assert name == "octavo-migrate" or settings.broker.startswith("rediss://")
    assert settings.has_llm == (name == "octavo-worker-llm")


def test_every_queue_with_jobs_has_a_worker_and_webhooks_are_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = settings_of("octavo-worker", tmp_path, monkeypatch).slots
    assert set(base) == {Queue.CPU, Queue.NOTIFY}
    assert set(settings_of("octavo-worker-llm", tmp_path, monkeypatch).slots) == {Queue.LLM}
    assert Queue.GPU in settings_of("octavo-worker-gpu", tmp_path, monkeypatch).slots


@pytest.mark.parametrize("name", CONTAINERS)
def test_commands_are_the_command_lines_own(name: str) -> None:
    command, *arguments = CONTAINERS[name]["args"]
    get_command(app).commands[command].make_context(command, list(arguments))  # type: ignore[attr-defined]
    assert "command" not in CONTAINERS[name], "the image's own entry point takes signals"


@pytest.mark.parametrize("name", PODS)
def test_the_environment_is_octavos_alone(name: str) -> None:
    """A Service called octavo would set OCTAVO_PORT to its address."""
    assert PODS[name]["enableServiceLinks"] is False
    assert PODS[name]["automountServiceAccountToken"] is False


@pytest.mark.parametrize("name", PODS)
def test_secrets_are_files_that_are_mounted(name: str) -> None:
    (volume,) = (one["secret"] for one in PODS[name]["volumes"] if "secret" in one)
    mounted = {item["path"]: item["key"] for item in volume["items"]}
    asked = {
        one["value"].removeprefix(SECRETS)
        for one in CONTAINERS[name]["env"]
        if one["value"].startswith(SECRETS)
    }
    assert asked == set(mounted)
    assert set(mounted.values()) <= {*EXAMPLE, "llm-api-key"}
    if "llm-api-key" in mounted.values():
        assert "llm-api-key" in (FOLDER / "components" / "llm" / "kustomization.yaml").read_text()


def test_what_the_page_does_makes_every_secret_there_is(tmp_path: Path) -> None:
    """The page's own commands, with a ``kubectl`` that only writes down what it is told."""
    block = next(one for one in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL) if "create secret" in one)
    program, told = tmp_path / "kubectl", tmp_path / "told"
    program.write_text(f"#!/bin/sh\nprintf '%s\\0' \"$@\" >>{told}\n", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["sh", "-euc", block], env=environment, cwd=ROOT, check=True)
    words = told.read_text(encoding="utf-8").split("\0")
    made = dict(
        word.removeprefix("--from-literal=").split("=", 1)
        for word in words
        if word.startswith("--from-literal=")
    )
    assert set(made) == {*EXAMPLE, "postgres-password", "minio-password"}
    assert all(made.values())
    assert made["postgres-password"] in made["database-url"]
    assert made["minio-password"] in made["aws-credentials"]
    for path in [word for word in words if word.startswith("docs/")]:
        assert (ROOT / path).exists()


# --------------------------------------------------------------------------- pods


@pytest.mark.parametrize("name", WITH_PODS, ids=lambda name: name[1])
def test_pods_have_no_rights(name: tuple[str, str]) -> None:
    spec = WITH_PODS[name]
    (container,) = spec["containers"]
    pod, own = spec["securityContext"], container["securityContext"]
    assert pod["runAsNonRoot"] is True
    assert pod["runAsUser"] > 0
    assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
    assert own == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert not {"hostNetwork", "hostPID", "hostIPC", "hostPath"} & {*spec, *map(str, spec.get("volumes", []))}


def test_octavos_pods_run_as_the_images_user() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    user = int(re.search(r"useradd --uid (\d+)", dockerfile)[1])  # type: ignore[index]
    for spec in PODS.values():
        context = spec["securityContext"]
        assert (context["runAsUser"], context["runAsGroup"], context["fsGroup"]) == (user, user, user)
        mounts = {one["mountPath"]: one for one in spec["containers"][0]["volumeMounts"]}
        assert set(mounts) - {"/cuda"} == {"/data", "/tmp", SECRETS.rstrip("/")}


def test_the_namespace_enforces_it() -> None:
    labels = BY_NAME["Namespace", "octavo"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def test_probes_and_ports_are_the_apis_own(tmp_path: Path) -> None:
    container = CONTAINERS["octavo-api"]
    (port,) = container["ports"]
    assert port["containerPort"] == Settings.model_fields["port"].default
    services = make_services(tmp_path)
    client = TestClient(create_app(services), base_url=f"http://10.244.0.7:{port['containerPort']}")
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        asked = container[probe]["httpGet"]
        assert asked["port"] == port["name"]
        assert client.get(asked["path"]).status_code == 200
    services.close()
    assert container["livenessProbe"]["httpGet"]["path"] == "/livez"
    assert container["readinessProbe"]["httpGet"]["path"] == "/readyz"
    (out,) = BY_NAME["Service", "octavo-api"]["spec"]["ports"]
    assert out["targetPort"] == port["name"]
    backend = BY_NAME["Ingress", "octavo"]["spec"]["rules"][0]["http"]["paths"][0]["backend"]["service"]
    assert backend == {"name": "octavo-api", "port": {"name": out["name"]}}


def test_pods_have_the_time_to_end() -> None:
    for name in WORKERS:
        assert PODS[name]["terminationGracePeriodSeconds"] >= 2 * _LAST_STEPS_SECONDS
    api = PODS["octavo-api"]
    (_, pause) = api["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert api["terminationGracePeriodSeconds"] >= int(pause) + 10


@pytest.mark.parametrize("name", ["octavo-api", *WORKERS])
def test_memory_and_disk_are_enough_for_the_worst(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings, limits = settings_of(name, tmp_path, monkeypatch), CONTAINERS[name]["resources"]["limits"]
    if name == "octavo-api":
        readers, most = MOST_OPEN, GIB
    else:
        readers = max(2, sum(settings.slots.get(queue, 0) for queue in (Queue.CPU, Queue.GPU)))
        most = 2 * settings.model_memory_bytes + settings.worker_memory_bytes
    assert amount(limits["memory"]) >= readers * settings.reader_memory_bytes + most
    volumes = {one["name"]: one.get("emptyDir") for one in PODS[name]["volumes"]}
    disk = amount(volumes["data"]["sizeLimit"])
    # A document, and what a reader may write: "together four times" as much as an upload.
    assert disk >= (1 if name == "octavo-api" else readers) * 5 * settings.max_upload_bytes
    all_of_it = sum(amount(volume["sizeLimit"]) for volume in volumes.values() if volume is not None)
    assert amount(limits["ephemeral-storage"]) >= all_of_it


def test_cores_are_as_many_as_documents_read_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings = settings_of("octavo-worker", tmp_path, monkeypatch)
    assert int(CONTAINERS["octavo-worker"]["resources"]["limits"]["cpu"]) == settings.slots[Queue.CPU]


def test_selectors_find_their_pods() -> None:
    labels = {
        name: BY_NAME[name]["spec"]["template"]["metadata"]["labels"]["app.kubernetes.io/component"]
        for name in WITH_PODS
    }
    assert len(set(labels.values())) == len(labels)
    for (kind, name), one in BY_NAME.items():
        if kind in {"Deployment", "StatefulSet", "PodDisruptionBudget"}:
            wanted = one["spec"]["selector"]["matchLabels"]["app.kubernetes.io/component"]
        elif kind == "Service":
            wanted = one["spec"]["selector"]["app.kubernetes.io/component"]
        else:
            continue
        assert wanted in labels.values(), (kind, name)
    scaled = BY_NAME["HorizontalPodAutoscaler", "octavo-worker"]["spec"]["scaleTargetRef"]
    assert (scaled["kind"], scaled["name"]) in BY_NAME
    assert "replicas" not in BY_NAME["Deployment", "octavo-worker"]["spec"], "the autoscaler says how many"


# --------------------------------------------------------------------------- network


def policies() -> dict[str, dict[str, Any]]:
    return {name: one["spec"] for (kind, name), one in BY_NAME.items() if kind == "NetworkPolicy"}


def test_nothing_is_let_through_that_is_not_named() -> None:
    assert policies()["nothing"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    for name, spec in policies().items():
        for rule in [*spec.get("egress", []), *spec.get("ingress", [])]:
            assert rule.get("to") or rule.get("from"), f"{name} lets everybody through"


@pytest.mark.parametrize("name", ["api-to-public-s3", "workers-to-the-internet"])
@pytest.mark.parametrize("inside", ["10.1.2.3", "169.254.169.254", "192.168.0.1", "172.20.0.1", "100.64.0.1"])
def test_public_addresses_are_public(name: str, inside: str) -> None:
    ((v4, v6),) = [[to["ipBlock"] for to in rule["to"]] for rule in policies()[name]["egress"]]
    assert any(ipaddress.ip_address(inside) in ipaddress.ip_network(part) for part in v4["except"])
    for address in ("fc00::1", "fe80::1", "::1"):
        assert ipaddress.ip_address(address) not in ipaddress.ip_network(v6["cidr"])
    assert ipaddress.ip_address("2606:4700::1111") in ipaddress.ip_network(v6["cidr"])


def test_stores_are_reached_at_their_ports() -> None:
    (rule,) = policies()["stores"]["egress"]
    ports = {one["port"] for one in rule["ports"]}
    assert {5432, 6379, 9000, 443} == ports
    mine = {
        port["port"]
        for (kind, name), one in BY_NAME.items()
        if kind == "Service" and not name.startswith("octavo")
        for port in one["spec"]["ports"]
    }
    assert mine == ports - {443}
    (rule,) = policies()["to-the-api"]["ingress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": Settings.model_fields["port"].default}]


# --------------------------------------------------------------------------- beside Compose


def test_trying_out_takes_composes_servers() -> None:
    services = COMPOSE["services"]
    for name in ("postgres", "redis", "minio"):
        image = re.sub(r"\$\{\w+:-(.*)\}", r"\1", services[name]["image"])
        assert WITH_PODS["StatefulSet", name]["containers"][0]["image"] == image
    ours = services["api"]["environment"]
    assert ours["OCTAVO_BLOB_URL"] == CONFIG["OCTAVO_BLOB_URL"]
    patched = (FOLDER / "overlays" / "try" / "kustomization.yaml").read_text(encoding="utf-8")
    assert f"OCTAVO_S3_ENDPOINT_URL: {ours['OCTAVO_S3_ENDPOINT_URL']}" in patched


def test_compose_and_kubernetes_run_the_same_commands() -> None:
    services = COMPOSE["services"]
    pairs = {"api": "octavo-api", "worker": "octavo-worker", "worker-gpu": "octavo-worker-gpu"}
    for theirs, ours in {**pairs, "migrate": "octavo-migrate"}.items():
        assert services[theirs]["command"] == CONTAINERS[ours]["args"]


def test_the_autoscaler_asks_for_numbers_that_are_told(tmp_path: Path) -> None:
    (trigger,) = BY_NAME["ScaledObject", "octavo-worker"]["spec"]["triggers"]
    stem, words = re.search(r"__name__=~\"(\w+)\((.*?)\)\"", trigger["metadata"]["query"]).groups()  # type: ignore[union-attr]
    services = make_services(tmp_path)
    client = TestClient(create_app(services), base_url="http://localhost", client=("127.0.0.1", 50000))
    told = client.get("/metrics").text
    services.close()
    for word in words.split("|"):
        assert f"# TYPE {stem}{word} gauge" in told
    assert 'queue="cpu"' in trigger["metadata"]["query"]
