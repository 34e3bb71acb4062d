"""Parameters: each declared once, within its range, with a source and a status."""

import csv
import re
from pathlib import Path

import pytest

from crmsim.common.errors import CrmsimError
from crmsim.common.words import data_path
from crmsim.scenario.parameters import Parameter, declared_parameters

STATUSES = {"seen", "computed", "from memory", "choice"}


def test_the_file_has_the_columns_of_a_parameter_and_no_name_twice():
    with data_path("parameters.csv").open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    assert [column.lower().replace("-", "_") for column in header] == list(
        Parameter.__struct_fields__
    )
    assert {len(row) for row in rows} == {len(header)}
    assert [row[0] for row in rows] == list(declared_parameters())


@pytest.fixture
def rewritten(tmp_path, monkeypatch):
    """A function that writes other rows below the heading, and reads them."""

    def read(*rows):
        heading = data_path("parameters.csv").read_text("utf-8").splitlines()[0]
        (tmp_path / "parameters.csv").write_text("\n".join([heading, *rows]), "utf-8")
        monkeypatch.setattr("crmsim.scenario.parameters.data_path", tmp_path.joinpath)
        return declared_parameters.__wrapped__()

    return read


ROW = "tact,service,{},0,1,ratio,ours,choice,How,怎样"


@pytest.mark.parametrize(
    "row", [ROW.format("two"), ROW.format(""), ROW.format("0.5,0.5"), "tact,service,0.5", "tact"]
)
def test_a_spoiled_row_is_named(rewritten, row):
    with pytest.raises(CrmsimError, match=r"data/parameters.csv: tact: "):
        rewritten(row)


def test_an_empty_line_is_no_row(rewritten):
    assert rewritten("", ROW.format("0.5"), "")["tact"].value == 0.5


def test_every_parameter_lies_in_its_range_and_says_where_it_comes_from():
    assert len(declared_parameters()) > 50
    for name, parameter in declared_parameters().items():
        assert parameter.low <= parameter.value <= parameter.high, name
        assert parameter.status in STATUSES, name
        assert parameter.source, name
        assert parameter.unit, name
        assert parameter.en, name
        assert parameter.zh_hans, name


def test_what_follows_from_other_parameters_agrees_with_them():
    value = {name: parameter.value for name, parameter in declared_parameters().items()}
    leaves = 1 - value["stay_silent"]
    for leave, stay in (("unresolved", "unresolved"), ("late", "resolved"), ("at_once", "fast")):
        computed = (1 - value[f"stay_{stay}"]) / leaves
        assert value[f"leave_{leave}"] == pytest.approx(computed, abs=0.006)
    days = value["recovery_half_life_day"]
    assert value["failure_half_life_week"] == pytest.approx(days / 7, abs=0.05)


def test_the_explanation_of_the_model_names_every_parameter():
    text = (Path(__file__).parents[2] / "docs" / "model.md").read_text("utf-8")
    assert len(declared_parameters()) > 50
    unnamed = declared_parameters().keys() - set(re.findall(r"`(\w+)`", text))
    assert unnamed == set(), "name them in docs/model.md, where their effect is explained"
