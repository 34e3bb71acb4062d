"""Every world says where its parts are, and they are there."""

import re
from pathlib import Path

import pytest

import crmsim
from crmsim import load, scenarios, simulate, what_if
from crmsim.model.chair import World, WorldView
from crmsim.runs.compare import outcome
from crmsim.scenario.worlds import WORLDS, Home, part_of

# The first case of each world.
CASES = dict(reversed(scenarios()[["world", "id"]].values.tolist()))
NEEDED = ("schema", "model", "figure", "review")


@pytest.mark.parametrize("part", Home._fields)
@pytest.mark.parametrize("world", WORLDS)
def test_every_part_of_a_world_is_where_it_says(world, part):
    found = part_of(world, part)
    assert callable(found) or (found is None and part not in NEEDED)


@pytest.mark.parametrize("world", WORLDS)
def test_a_world_can_do_what_every_world_can(world):
    model = part_of(world, "model")
    abilities = {name for name in vars(World) if not name.startswith("_")}
    assert {"step", "observe", "table", "outcome", "reference"} <= abilities
    assert {name for name in abilities if not hasattr(model, name)} == set()


@pytest.mark.parametrize("world", WORLDS)
def test_a_run_of_every_world_has_a_log_an_outcome_and_a_figure(world):
    case = load(CASES[world])
    assert case.world == world
    run = simulate(case.change(people=200) if world == "market" else case, seed=1)
    assert len(run.log) >= len(run.actions)
    assert outcome(run)
    assert {name for name in vars(WorldView) if not name.startswith("_")} <= set(dir(run.view))
    assert what_if(run, 0, run.actions[0]) == run
    assert part_of(world, "figure")(run, None).data


def test_no_module_asks_which_world_a_case_is_of():
    """Another world is a schema, a model, a figure and a line in ``WORLDS``, and no more."""
    package = Path(crmsim.__file__).parent
    asking = re.compile(r"\.world\s*(==|!=|in\b)")
    modules = {path: path.read_text("utf-8") for path in package.rglob("*.py")}
    assert len(modules) > 100
    assert [str(path) for path, text in modules.items() if asking.search(text)] == []
