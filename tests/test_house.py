"""The house stands: its files agree with one another, and a wheel of it works anywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import requires
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
DEPENDENCIES = [Requirement(line) for line in PROJECT["dependencies"]]
TEST_DEPENDENCIES = [Requirement(line) for line in PROJECT["optional-dependencies"]["test"]]
PAGES = [path.name for path in sorted(ROOT.glob("*.md"))]


def constraints() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    pins = [line for line in lines if not line.startswith("#")]
    assert [pin for pin in pins if not re.fullmatch(r"[\w.-]+==[\w.]+", pin)] == []
    return {canonicalize_name(name): version for name, version in (p.split("==") for p in pins)}


def closure(wanted: list[Requirement]) -> set[str]:
    """Every distribution that the wanted ones bring with them on this system."""
    found, todo = set(), [(each.name, each.extras) for each in wanted]
    while todo:
        name, extras = todo.pop()
        if (canonicalize_name(name), *extras) in found:
            continue
        found.add((canonicalize_name(name), *extras))
        for needed in map(Requirement, requires(name) or ()):
            scopes = [{"extra": extra} for extra in ("", *extras)]
            if needed.marker is None or any(map(needed.marker.evaluate, scopes)):
                todo.append((needed.name, needed.extras))
    return {name for name, *_ in found}


def test_the_constraints_name_everything_that_gets_installed():
    assert closure(DEPENDENCIES + TEST_DEPENDENCIES) - constraints().keys() == set()


def test_the_constraints_are_what_the_project_asks_for():
    pins = constraints()
    for each in DEPENDENCIES + TEST_DEPENDENCIES:
        assert each.specifier.contains(pins[canonicalize_name(each.name)]), each


def test_conda_users_get_what_pip_users_get():
    lines = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = {Requirement(line) for line in lines if isinstance(line, str) and line != "pip"}
    runs_notebooks = {each for each in TEST_DEPENDENCIES if each.name in ("nbval", "pytest")}
    python = Requirement(f"python{PROJECT['requires-python']}")
    assert conda == {python, *DEPENDENCIES, *runs_notebooks}


def test_every_dependency_has_its_reason():
    reasons = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [
        each.name for each in DEPENDENCIES + TEST_DEPENDENCIES if f"| {each.name} |" not in reasons
    ] == []


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text("utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (ROOT / link).exists()] == []


def test_both_readmes_give_the_same_commands():
    english, chinese = (
        re.findall(r"```(\w+)\n(.*?)```", (ROOT / name).read_text("utf-8"), re.S)
        for name in ("README.md", "README.zh-Hans.md")
    )
    without_comments = [
        [(kind, re.sub(r" +# .*", "", code)) for kind, code in blocks]
        for blocks in (english, chinese)
    ]
    assert without_comments[0] == without_comments[1]


def test_a_wheel_installed_elsewhere_finds_its_scenarios_words_and_lessons(tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    wheels, site = tmp_path / "wheels", tmp_path / "site"
    subprocess.run(
        [*pip, "wheel", ROOT, "--no-deps", "--no-build-isolation", "-w", wheels], check=True
    )
    subprocess.run(
        [*pip, "install", *wheels.iterdir(), "--no-deps", "--no-index", "--target", site],
        check=True,
    )
    use = (
        "import crmsim\nfrom crmsim.course.lab import released\n"
        "from crmsim.common.words import words\n"
        "from crmsim.widgets.stage import Stage\n"
        "print(crmsim.__file__)\n"
        "print(words('zh')('house.beside', name='a', beside='b'))\n"
        "print(crmsim.load('buick').id, *(path.name for path in released('zh')))\n"
    )
    said = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", use],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(site)},
        capture_output=True,
        encoding="utf-8",
    )
    assert said.stderr == ""
    place, beside, found = said.stdout.splitlines()
    assert Path(place).is_relative_to(site)
    assert beside.endswith("b")
    assert found.startswith("buick 00-start-here.ipynb")


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed")
def test_a_python_too_old_is_told_so_in_a_sentence(tmp_path):
    said = subprocess.run(
        ["make", "lab", f"VENV={tmp_path}/venv", "PYTHON=false"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "The course needs Python 3.11 or newer" in said.stdout
    assert said.returncode
