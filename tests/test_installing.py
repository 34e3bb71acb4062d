"""Installing and the first lesson work wherever the course lies, on each Python that is found.

The folder has Chinese characters, spaces and ``#`` in its path; the system speaks another encoding.
These tests need the network and some minutes for each Python. What was not found is skipped, and
pytest says which.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARTS = ("crmsim", "data", "notebooks/en", "notebooks/zh-Hans", "Makefile", "pyproject.toml",
         "constraints.txt", "README.md", "LICENSE")  # fmt: skip
PYTHONS = ("python3.11", "python3.12", "python3.13", "python3.14", "python3.15")
FOLDER = "我的 课程 #1"
OF_THIS_MACHINE = ("PYTHON", "LC_", "LANG", "CRMSIM", "JUPYTER")
pytestmark = pytest.mark.long


LOCALES = ("C", "zh_CN.GBK")


@pytest.fixture(scope="module")
def spoken(tmp_path_factory) -> Callable[[str], dict[str, str]]:
    """A function that gives the variables of a system which speaks a locale."""
    place = tmp_path_factory.mktemp("locales")

    def variables(locale: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(OF_THIS_MACHINE)}
        if locale != "C":
            _make_locale(place, locale)
            kept["LOCPATH"] = str(place)
        return kept | {"LANG": locale, "LC_ALL": locale}

    return variables


def _make_locale(place: Path, locale: str) -> None:
    """Make a locale of mainland China before UTF-8, which few systems bring today."""
    language, charmap = locale.split(".")
    if shutil.which("localedef") is None:
        pytest.skip(f"localedef, which makes the locale {locale}, is not on this machine")
    command = ["localedef", "--no-archive", "-i", language, "-f", charmap, place / locale]
    done = subprocess.run(command, capture_output=True, text=True)
    if not (place / locale / "LC_CTYPE").exists():
        pytest.skip(f"the locale {locale} can't be made on this machine: {done.stderr[-200:]}")


@pytest.fixture(scope="module", params=product(PYTHONS, LOCALES), ids="-".join)
def course(request, tmp_path_factory, spoken) -> Iterator[Path]:
    """The course as a student has it after ``make lab``."""
    name, locale = request.param
    python = shutil.which(name)
    asked = [python or "", "-c", "import ensurepip, venv"]
    if python is None or subprocess.run(asked, capture_output=True).returncode:
        pytest.skip(f"{name} is not on this machine")
    place = tmp_path_factory.mktemp("disk") / FOLDER / "course"
    place.mkdir(parents=True)
    for part in PARTS:
        copied = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        (place / part).parent.mkdir(parents=True, exist_ok=True)
        copied(ROOT / part, place / part)
    # --version ends JupyterLab as soon as it has been found; the lessons are handed out before.
    command = ["make", "lab", f"PYTHON={python}", "ARGS=--lang=zh --version"]
    made = run(command, place, spoken(locale))
    assert "4." in made.splitlines()[-1]
    yield place
    shutil.rmtree(place.parent, ignore_errors=True)


def run(command: list[str], place: Path, environment: Mapping[str, str]) -> str:
    """Run a command as a student does, and give what it printed."""
    done = subprocess.run(command, cwd=place, env=dict(environment), capture_output=True)
    said = [each.decode("utf-8", "replace") for each in (done.stdout, done.stderr)]
    assert done.returncode == 0, "\n".join(said)
    assert "Traceback" not in said[1]
    return said[0]


def first_lesson(place: Path, environment: Mapping[str, str]) -> list[str]:
    """Run lesson 00 in its own kernel; give the kinds of all that its cells showed."""
    jupyter = place / ".venv" / "bin" / "jupyter"
    lesson = place / "work" / "zh-Hans" / "00-start-here.ipynb"
    out = place / "out"
    command = [str(jupyter), "nbconvert", "--to", "notebook", "--execute", str(lesson)]
    run([*command, f"--output-dir={out}"], place, environment)
    cells = json.loads((out / lesson.name).read_text("utf-8"))["cells"]
    outputs = [each for cell in cells for each in cell.get("outputs", ())]
    return [each["output_type"] for each in outputs]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_first_lesson_runs(course, locale, spoken):
    shown = first_lesson(course, spoken(locale))
    assert shown
    assert "error" not in shown


@pytest.mark.parametrize("locale", LOCALES)
def test_the_hand_in_is_made_and_read(course, locale, spoken):
    crmsim = str(course / ".venv" / "bin" / "crmsim")
    names = ["--number=2026001", "--name=林悦", "--lang=zh"]
    progress = course / "work" / "progress"
    progress.mkdir(exist_ok=True)
    (progress / "answer-10-why.json").write_text('{"schema": 1, "answer": "pity"}')
    run([crmsim, "handin", *names], course, spoken(locale))
    (made,) = (course / "work").glob("handin-*.zip")
    command = [crmsim, "validate", str(made), "--lang=zh"]
    said = subprocess.run(command, cwd=course, env=spoken(locale), capture_output=True)
    assert b"Traceback" not in said.stderr
    assert b"2026001" in said.stdout
