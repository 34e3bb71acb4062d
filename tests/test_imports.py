"""Imports point one way, the public names stay as they are, and `import crmsim` stays light."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import crmsim

PACKAGE = Path(crmsim.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# A module imports from its own folder and from the floors above its own in this list.
FLOORS = """
common
scenario
model
runs
figures exercises
survey
course
widgets
grading
authoring
cli
""".strip().splitlines()
FLOOR = {name: height for height, row in enumerate(FLOORS) for name in row.split()}
MOST_AT_THE_TOP = 14
VIEW_LIBRARIES = {"IPython", "anywidget", "ipywidgets", "traitlets"}
RUNS_CELLS = "grading.sandbox.inside.kernel"

PUBLIC = """
    ActionError CrmsimError RecordError Run ScenarioError aftermath check compare gain grade history
    load parameters passport play plot predict replay reveal scenarios simulate story watch
    what_if
"""


@cache
def imported(module: str) -> set[str]:
    """Every module that a module names in an import, wherever in it that stands."""
    names = set()
    for node in ast.walk(ast.parse(MODULES[module].read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import hides where it leads"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def own(module: str) -> set[str]:
    """The modules of ours that a module imports."""
    inner = {name.removeprefix("crmsim.") for name in imported(module) if "crmsim" in name}
    return inner & MODULES.keys()


def room(module: str) -> str:
    """The folder or file at the top of the package to which a module belongs."""
    return module.split(".")[0]


def test_every_folder_has_its_floor_and_the_top_stays_small():
    top = {path.name.removesuffix(".py") for path in PACKAGE.iterdir() if path.name[0] not in "_."}
    assert top - {"py.typed"} == set(FLOOR)
    assert len(top | {"__init__"}) - 1 <= MOST_AT_THE_TOP


def test_imports_point_one_way():
    upwards = {
        (module, name)
        for module in MODULES.keys() - {"__init__"}
        for name in own(module) - {"__init__"}
        if room(name) != room(module) and FLOOR[room(name)] >= FLOOR[room(module)]
    }
    assert len(MODULES) > 200
    assert upwards == set()


def test_the_imports_of_the_package_point_one_way_too():
    """Only the public names, which load when first used, know where things are."""
    assert {room(name) for name in own("__init__")} <= FLOOR.keys()


def test_no_module_imports_itself_in_a_circle():
    imports = {name: own(name) - {name} for name in MODULES if name != "__init__"}
    assert any(imports.values())
    while ground := {name for name, needs in imports.items() if not needs & imports.keys()}:
        imports = {name: needs for name, needs in imports.items() if name not in ground}
    assert imports == {}


def test_every_folder_says_what_is_in_it():
    said = {
        folder: ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        for folder in {path.parent for path in MODULES.values()}
    }
    assert len(said) > 20
    assert [folder for folder, text in said.items() if not 1 <= len(text.splitlines()) <= 30] == []


def knowing(libraries: set[str]) -> set[str]:
    """The modules of ours that import one of these libraries."""
    return {
        module
        for module in MODULES
        if libraries & {name.split(".")[0] for name in imported(module)}
    }


def test_only_the_view_knows_widgets():
    known = knowing(VIEW_LIBRARIES)
    assert RUNS_CELLS in known
    assert {module for module in known - {RUNS_CELLS} if room(module) != "widgets"} == set()


def test_only_figures_and_the_view_know_plotly():
    rooms = {room(module) for module in knowing({"plotly"})}
    assert "figures" in rooms
    assert rooms <= {"figures", "widgets"}


def test_the_public_names():
    assert crmsim.__all__ == sorted(PUBLIC.split())


def test_every_public_name_is_there_and_says_what_it_is():
    assert [name for name in PUBLIC.split() if not getattr(crmsim, name).__doc__] == []


def test_importing_the_package_stays_light():
    heavy = {"plotly", "ipywidgets", "anywidget", "pandas", "msgspec"}
    probe = f"import sys, crmsim; print(sorted({heavy!r} & sys.modules.keys()))"
    said = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert said.stdout.strip() == "[]", said.stderr


def test_no_module_hides_a_public_name():
    """An imported module becomes an attribute of its package, and would stand in the way."""
    assert not set(PUBLIC.split()) & {name for name in MODULES if "." not in name}


PAGE = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")


def test_the_page_about_the_code_draws_the_floors_as_they_are():
    """Two rooms of one floor stand side by side in the picture."""
    picture = PAGE.split("```")[1]
    drawn = [line.split()[0] for line in picture.splitlines() if re.match("[a-z]", line)]
    assert drawn == [row.split()[0] for row in FLOORS]
    assert all(re.search(rf"^[a-z ]*\b{room}\b", picture, re.M) for room in FLOOR)


def test_the_page_about_the_code_names_files_that_exist():
    """A file is named from the package, from its top, or within the room of its sentence."""
    named = set(re.findall(r"`([\w/]+\.(?:py|js|toml|csv|md))", PAGE))
    assert len(named) > 20
    there = {name for name in named if (PACKAGE.parent / name).is_file()}
    assert {name for name in named - there if not list(PACKAGE.rglob(name))} == set()
