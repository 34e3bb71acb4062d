"""Sensitivity: what matters is found, and what is done is kept."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from crmsim import ActionError, load
from crmsim.cli import main
from crmsim.common.errors import EnsembleStopped
from crmsim.runs import sensitivity as module
from crmsim.runs.sensitivity import QUALITY, ranges, reference_sensitivity, sensitivity
from crmsim.scenario.parameters import declared_parameters

TOWN = load("buick-market").change(years=0.25)


@pytest.fixture
def few(monkeypatch):
    """Only four parameters are moved."""
    names = ("loss_aversion", "visit_margin", "discount_year", "ratio_slope")
    some = {name: ranges(TOWN)[name] for name in names}
    monkeypatch.setattr(module, "ranges", lambda scenario: some)
    return some


@pytest.fixture
def known(monkeypatch):
    """A world whose outcome is known: it hangs on two parameters, one of them the wrong way."""

    def worth(scenario, policy, seeds, size, parameters):
        return {"worth": parameters["loss_aversion"] - 4 * parameters["visit_margin"]}

    monkeypatch.setattr(module, "_worth", worth)


@pytest.mark.parametrize(
    ("method", "size", "by"), [("morris", 4, "effect"), ("sobol", 64, "total")]
)
def test_what_matters_is_found(few, known, method, size, by):
    found = sensitivity(TOWN, method=method, size=size)
    table = found.table.set_index("parameter")
    assert list(table.index[:2]) == ["visit_margin", "loss_aversion"]
    assert (table[by][2:].abs() < 0.01).all()
    assert len(found.outcomes) == found.planned
    assert found.share_positive == (found.outcomes > 0).mean()
    if method == "morris":
        low, high = few["visit_margin"]
        assert table.mean_effect["visit_margin"] == pytest.approx(-4 * (high - low))
        assert table.spread[:2].max() < 1e-9


@pytest.mark.usefixtures("compiled_engine")
def test_it_does_not_depend_on_the_executor(few):
    here = sensitivity(TOWN, QUALITY, size=2, people=50)
    with ThreadPoolExecutor(2) as pool:
        there = sensitivity(TOWN, QUALITY, size=2, people=50, executor=pool)
    assert here.table.equals(there.table)
    assert np.array_equal(here.outcomes, there.outcomes)


def test_stopped_it_reports_on_what_is_done(few, known, monkeypatch):
    whole, calls = module._worth, []

    def stops(*given):
        calls.append(given)
        if len(calls) == 13:
            raise KeyboardInterrupt
        return whole(*given)

    monkeypatch.setattr(module, "_worth", stops)
    found = sensitivity(TOWN, size=4)
    assert (len(found.outcomes), found.planned) == (10, 20)
    assert len(found.table) == 4


def test_stopped_before_there_is_an_answer_it_says_so(few, monkeypatch, capsys):
    def stops(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "_worth", stops)
    with pytest.raises(EnsembleStopped, match="stopped after 0 points; a first answer takes 5"):
        sensitivity(TOWN, size=4)
    with pytest.raises(SystemExit) as ended:
        main(["sensitivity", "--size=4", "--lang=en"])
    assert ended.value.code == 130
    assert capsys.readouterr().err.endswith("stopped after 0 points; a first answer takes 5\n")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"policy": "luck"}, "policy = 'luck': is not one of: quality, neglect"),
        ({"method": "guess"}, "must be 'morris' or 'sobol'"),
        ({"method": "sobol", "size": 3}, "size = 3: must be a power of 2"),
        ({"method": "sobol", "size": -4}, "size = -4: must be a whole number from 1 up"),
        ({"size": 0}, "size = 0: must be a whole number from 1 up"),
        ({"size": "all"}, "size = 'all': must be a whole number from 1 up"),
        ({"people": 0}, "people = 0: must be a whole number from 1 up"),
        ({"people": None}, "people = None: must be a whole number from 1 up"),
        ({"seeds": 5}, "seeds = 5: must be some"),
        ({"seeds": ()}, r"seeds = \(\): must be some"),
        ({"executor": 3}, "executor = 3: must be one of"),
        ({"scenario": "buick"}, "is not a market"),
    ],
)
def test_what_cannot_be_asked_is_refused(asked, said):
    with pytest.raises(ActionError, match=said):
        sensitivity(**{"scenario": TOWN} | asked)


def test_every_parameter_moves_within_its_range():
    assert ranges(TOWN)
    for name, (low, high) in ranges(TOWN).items():
        assert declared_parameters()[name].low <= low < high <= declared_parameters()[name].high


def test_the_command_writes_the_table(few, known, tmp_path, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sensitivity", "--size=3", f"--out={tmp_path / 'table.csv'}", "--lang=zh"])
    assert ended.value.code == 0
    assert "已试15/15组" in capsys.readouterr().out
    assert (tmp_path / "table.csv").read_text("utf-8").count("\n") == 5


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--size=0", "size = 0"),
        ("--policy=x", "policy = 'x'"),
        ("--people=-1", "people = -1"),
        ("--method=sobol --size=3", "size = 3"),
        ("--scenario=nowhere", "'nowhere' is not a scenario"),
        ("--workers=0", "--workers"),
        ("--out=no/such/folder/table.csv", "--out"),
        ("--lang=tlh", "'tlh'"),
    ],
)
def test_the_command_says_in_a_line_what_cannot_be_asked(options, said, capsys):
    with pytest.raises(SystemExit) as ended:
        main(["sensitivity", *options.split()])
    assert ended.value.code == 2
    assert said in capsys.readouterr().err.splitlines()[-1]


def test_the_table_of_the_course_is_of_the_parameters_there_are():
    table, how = reference_sensitivity()
    moved = ranges(load(how["scenario"]))
    ends = table.set_index("parameter")[["low", "high"]]
    assert set(ends.index) == set(moved), f"compute it anew: {how['command']}"
    for name, limits in moved.items():
        assert tuple(ends.loc[name]) == pytest.approx(limits, rel=1e-3), name
    known = {name: declared_parameters()[name].status for name in moved}
    assert dict(zip(table.parameter, table.status, strict=True)) == known
    assert all(0 <= how[name]["share_positive"] <= 1 for name in ("balanced", "quality"))


def test_the_explanation_of_the_model_tells_how_often_better_service_pays():
    text = (Path(__file__).parents[2] / "docs" / "model.md").read_text("utf-8")
    told = " ".join(text.split())
    _, how = reference_sensitivity()
    free, paid = (f"{100 * how[name]['share_positive']:.0f} %" for name in ("quality", "balanced"))
    assert f"at no cost, pay in {free} of the worlds tried; the policy “balanced”" in told
    assert f"which is paid for, in {paid}" in told


def test_lesson_31_tells_how_often_better_service_pays():
    root = Path(__file__).parents[2]
    text = (root / "notebooks" / "source" / "31-butterfly.md").read_text("utf-8")
    _, how = reference_sensitivity()
    free, paid = (round(100 * how[name]["share_positive"]) for name in ("quality", "balanced"))
    for said in (f"{free} of 100 such", f"{paid} of 100 only", f"有{free}种", f"只有{paid}种"):
        assert said in text
