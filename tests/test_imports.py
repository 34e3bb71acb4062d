"""Imports point one way, the public names stay as they are, and `import crmsim` stays light."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import crmsim

PACKAGE = Path(crmsim.__file__).parent
MODULES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts): path
    for path in sorted(PACKAGE.rglob("*.py"))
}

# From the ground up: a module imports from its own layer and those above it in this list.
LAYERS = {
    "ground": """
        errors given sums words glossary chance declared progress student workload whole_table
    """,
    "what is given": "scenario parameter_table",
    "theory": """
        satisfaction expectations standards estimation kano people survey complaints concentration
        diffusion erlang lifetime_value control_chart curves causal_loop
    """,
    "worlds": """
        policies visit encounter word_of_mouth flights failures customers crowd firm loop_gain
        shifts occasions week coming visits engine kernels compiled decisions touched
        market casework demand frontline
        casebook desk
    """,
    "what happened": """
        run butterfly reference ensembles sensitivity lives figures own_run exercise_parts
        exercise_kinds exercise_drawn functions exercise marking curriculum stamps handin
    """,
    "view": "ui",
    "house": "lessons translations lab authoring grading cli",
}
LAYER = {name: height for height, row in enumerate(LAYERS.values()) for name in row.split()}
VIEW_LIBRARIES = {"IPython", "anywidget", "ipywidgets", "traitlets"}
RUNS_CELLS = "grading.kernel"

PUBLIC = """
    ActionError CrmsimError RecordError Run ScenarioError aftermath check compare grade history load
    parameters passport play plot predict replay reveal scenarios simulate story what_if
"""


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
    """The modules of ours, by their first name, that a module imports."""
    inner = {name.removeprefix("crmsim.") for name in imported(module)}
    return {name.split(".")[0] for name in inner} & LAYER.keys()


@pytest.mark.parametrize("module", sorted(MODULES.keys() - {"__init__"}))
def test_imports_point_one_way(module):
    assert module.split(".")[0] in LAYER, "give it its place in LAYERS"
    height = LAYER[module.split(".")[0]]
    assert {name for name in own(module) if LAYER[name] > height} == set()


def test_no_module_imports_itself_in_a_circle():
    imports = {name: own(name) - {name} for name in MODULES if "." not in name}
    while ground := {name for name, needs in imports.items() if not needs & imports.keys()}:
        imports = {name: needs for name, needs in imports.items() if name not in ground}
    assert imports == {}


@pytest.mark.parametrize("module", MODULES)
def test_only_the_view_knows_widgets(module):
    libraries = {name.split(".")[0] for name in imported(module)}
    assert module.startswith("ui") or module == RUNS_CELLS or not libraries & VIEW_LIBRARIES


@pytest.mark.parametrize("module", MODULES)
def test_only_figures_and_the_view_know_plotly(module):
    libraries = {name.split(".")[0] for name in imported(module)}
    assert module.startswith(("ui", "figures")) or "plotly" not in libraries


def test_the_public_names():
    assert crmsim.__all__ == sorted(PUBLIC.split())


@pytest.mark.parametrize("name", PUBLIC.split())
def test_every_public_name_is_there_and_says_what_it_is(name):
    assert getattr(crmsim, name).__doc__


@pytest.mark.parametrize("heavy", ["plotly", "ipywidgets", "anywidget", "pandas", "msgspec"])
def test_importing_the_package_stays_light(heavy):
    probe = f"import sys, crmsim; sys.exit({heavy!r} in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe]).returncode == 0


def test_no_module_hides_a_public_name():
    """An imported module becomes an attribute of its package, and would stand in the way."""
    assert not set(PUBLIC.split()) & {name for name in MODULES if "." not in name}
