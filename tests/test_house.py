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
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from crmsim.common.extras import ExtraError, needs
from crmsim.common.words import LANGUAGES

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
CORE = [Requirement(line) for line in PROJECT["dependencies"]]
EXTRAS = {
    extra: [Requirement(line) for line in lines]
    for extra, lines in PROJECT["optional-dependencies"].items()
}
STUDENTS = [*CORE, *EXTRAS["lab"], *EXTRAS["grade"], *EXTRAS["survey"]]
EVERYTHING = [*CORE, *(each for extra in EXTRAS.values() for each in extra)]
PAGES = [
    path.relative_to(ROOT).as_posix()
    for path in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
]
FOLDERS = ("benchmarks", "crmsim", "data", "docs", "notebooks", "tests")


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
    assert len(closure(EVERYTHING)) > len(EVERYTHING)
    assert closure(EVERYTHING) - constraints().keys() == set()


def test_the_constraints_are_what_the_project_asks_for():
    pins = constraints()
    assert len(EVERYTHING) > 10
    for each in EVERYTHING:
        assert each.specifier.contains(pins[canonicalize_name(each.name)]), each


def test_the_core_brings_no_jupyterlab_and_downgrades_nothing():
    """On a hub and in Colab everything stands already, in versions of their own."""
    brought = closure(CORE)
    assert {"numpy", "ipython", "jupyterlab-widgets"} <= brought
    assert not brought & {"jupyterlab", "jupyter-server", "jupyterlab-server", "notebook"}
    limits = {each.name: {rule.operator for rule in each.specifier} for each in CORE}
    assert [name for name, rules in limits.items() if rules != {">="}] == []


def test_conda_users_get_what_pip_users_get():
    lines = yaml.safe_load((ROOT / "environment.yml").read_text("utf-8"))["dependencies"]
    conda = {line.name: line.specifier for line in map(Requirement, lines[:-1])}
    assert lines[-1] == {"pip": [".[lab,grade,survey]"]}
    asked: dict[str, SpecifierSet] = {"python": SpecifierSet(PROJECT["requires-python"])}
    runs_notebooks = [each for each in EXTRAS["test"] if each.name in ("nbval", "pytest")]
    for each in (*STUDENTS, *runs_notebooks):
        asked[each.name] = asked.get(each.name, SpecifierSet()) & each.specifier
    assert conda.pop("pip") == SpecifierSet()
    assert conda == asked


def test_every_dependency_has_its_reason():
    reasons = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    rows = {"": CORE, "test": EXTRAS["test"]}
    assert all((EXTRAS | rows).values())
    assert [
        f"{each.name} {extra}"
        for extra, each in ((e, d) for e, listed in (EXTRAS | rows).items() for d in listed)
        if f"| {each.name} | {extra} |" not in reasons
        and (extra not in rows or f"| {each.name} | " not in reasons)
    ] == []


def test_docstrings_begin_with_a_verb_or_a_noun():
    asks = re.compile(r'^\s*"""(Who|Whom|Whose|What|Whether|Where|Which|When|How|Why)\b', re.M)
    files = [
        path for room in ("crmsim", "tests", "benchmarks") for path in ROOT.glob(f"{room}/**/*.py")
    ]
    assert len(files) > 300
    assert [str(path) for path in files if asks.search(path.read_text("utf-8"))] == []


def homes(names: str) -> dict[str, list[str]]:
    """Return the modules in which each name stands that the pattern finds."""
    found: dict[str, list[str]] = {}
    for path in ROOT.glob("crmsim/**/*.py"):
        for name in re.findall(names, path.read_text("utf-8"), re.M):
            found.setdefault(name, []).append(path.relative_to(ROOT / "crmsim").as_posix())
    return found


def test_a_class_or_a_type_has_a_name_of_its_own():
    found = homes(r"^(?:class )?([A-Z]\w*[a-z]\w*)(?:\(.*|:$| = .*)")
    assert len(found) > 200
    assert {name: rooms for name, rooms in found.items() if len(rooms) > 1} == {}


ROLES = {
    "begins a command": {"main"},
    "shows a play, in each world": {
        *("again", "announcement", "decide", "end", "foresee", "news", "opening", "poster"),
        *("reckoning", "screen", "verdicts"),
    },
    "is a step of a week, in each engine": {"arrive", "draw_weeks", "serve", "talk"},
    "stands in the place of a widget while a hand-in runs": {"reveal"},
}
"""Names that several modules have to share, because each does the same for its own part."""


def test_a_function_has_a_name_of_its_own_unless_it_plays_a_role():
    found = homes(r"^def ([a-z]\w*)")
    assert len(found) > 700
    assert {name for name, rooms in found.items() if len(rooms) > 1} == set().union(*ROLES.values())


def test_the_readmes_and_make_install_what_students_need():
    asked = "[lab,grade,survey]"
    for page in ("README.md", "README.zh-Hans.md", "Makefile", "environment.yml"):
        assert asked in (ROOT / page).read_text("utf-8"), page


@pytest.mark.parametrize("extra", sorted(EXTRAS.keys() - {"grade", "test"}))
def test_an_extra_that_is_missing_is_named_with_its_command(extra, monkeypatch):
    with pytest.raises(ExtraError) as told, needs(extra):
        import a_package_that_nobody_has  # noqa: F401
    for lang in LANGUAGES:
        said = told.value.said(lang)
        assert "a_package_that_nobody_has" in said
        assert f'-m pip install "crmsim[{extra}]"' in said


def test_our_own_mistake_is_not_taken_for_a_missing_package():
    with pytest.raises(ModuleNotFoundError, match=r"crmsim\.nowhere"), needs("lab"):
        import crmsim.nowhere  # noqa: F401


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", (ROOT / page).read_text("utf-8"))
    local = [link for link in links if not link.startswith("http")]
    assert [link for link in local if not (ROOT / page).parent.joinpath(link).exists()] == []


def files_named(page: str) -> list[str]:
    """Return the files of ours that a page names: from the root, from ``crmsim`` or ``tests``."""
    text = (ROOT / page).read_text("utf-8")
    names = re.findall(r"(?<![\w./<>*{-])[\w.-]+(?:/[\w.-]+)+(?![\w/<>*{])", text)
    inside = {path.name for at in ("crmsim", "tests") for path in (ROOT / at).iterdir()}
    tops = {*FOLDERS, *(name for name in inside if "." not in name)}
    return [name.rstrip(".") for name in names if name.split("/")[0] in tops]


@pytest.mark.parametrize("page", [page for page in PAGES if page != "CHANGELOG.md"])
def test_every_file_that_a_page_names_is_there(page):
    places = [ROOT, ROOT / "crmsim", ROOT / "tests"]
    named = files_named(page)
    assert [name for name in named if not any((at / name).exists() for at in places)] == []


def test_every_name_of_the_code_on_the_page_on_the_code_is_there():
    page = "docs/architecture.md"
    assert len(files_named(page)) > 30
    spans = re.findall(r"`([A-Za-z_][\w.]*)`", (ROOT / page).read_text("utf-8"))
    names = {
        part
        for span in spans
        if not re.search(r"\.(py|toml|csv|md|js)$", span)
        for part in span.split(".")
    }
    assert len(names) > 30
    code = " ".join(
        path.read_text("utf-8")
        for path in [*ROOT.glob("crmsim/**/*.py"), *ROOT.glob("tests/**/*.py")]
    )
    known = set(re.findall(r"\w+", code))
    assert sorted(names - known) == []


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


def in_its_own_python(venv: Path, *arguments: object, **more: object):
    """Run the Python of an environment in which this checkout is not to be found."""
    python = venv / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [python, "-X", "utf8", *map(str, arguments)],
        env=env | more.pop("env", {}),
        capture_output=True,
        encoding="utf-8",
        **more,
    )


@pytest.fixture(scope="module")
def bare(tmp_path_factory) -> Path:
    """A new environment that holds the wheel and what its core needs, and nothing else."""
    folder = tmp_path_factory.mktemp("bare")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run(
        [*pip, "wheel", ROOT, "--no-deps", "--no-build-isolation", "-w", folder], check=True
    )
    (wheel,) = folder.glob("crmsim-*.whl")
    subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
    asked = ["-m", "pip", "install", "--quiet", "-c", ROOT / "constraints.txt", wheel]
    installed = in_its_own_python(folder / "venv", *asked)
    if "No matching distribution" in installed.stderr or "connection" in installed.stderr.lower():
        pytest.skip(f"no package index can be reached: {installed.stderr.splitlines()[-1]}")
    assert installed.returncode == 0, installed.stderr
    return folder / "venv"


@pytest.mark.long
def test_the_bare_wheel_plays_a_case_without_a_browser_or_jupyterlab(bare, tmp_path):
    use = (
        "import importlib.util as find\n"
        "from crmsim import play\n"
        "stage = play('showroom')\n"
        "stage.on_act('seat', 'buyer')\n"
        "while stage.session.phase == 'visit':\n"
        "    stage.on_act('choose', stage.session.view().on_offer[0].id)\n"
        "print(stage.session.phase, *map(find.find_spec, ('jupyterlab', 'jupyter_server')))\n"
    )
    said = in_its_own_python(bare, "-c", use, cwd=tmp_path)
    assert said.stderr == ""
    phase, lab, server = said.stdout.split()
    assert phase not in ("opening", "visit")
    assert (lab, server) == ("None", "None")


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "env", "extra"),
    [
        (["-m", "crmsim.cli", "lab", "--lang=en"], {}, "lab"),
        (["-m", "crmsim.cli", "sensitivity", "--people=200", "--lang=zh"], {}, "science"),
        (
            ["-c", "import crmsim; crmsim.simulate('buick-market')"],
            {"CRMSIM_ENGINE": "numba"},
            "fast",
        ),
    ],
)
def test_in_the_bare_wheel_a_missing_extra_is_one_sentence(bare, asked, env, extra, tmp_path):
    said = in_its_own_python(bare, *asked, env=env, cwd=tmp_path)
    last = said.stderr.splitlines()[-1]
    assert f'-m pip install "crmsim[{extra}]"' in last
    assert "Traceback" not in said.stderr or asked[0] == "-c"
    assert said.returncode
