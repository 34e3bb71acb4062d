"""The table of parameters: whole in a notebook, in two languages, as a case has changed it."""

import html
import pickle

import pandas as pd
import pytest

from crmsim import CrmsimError, ScenarioError, load, parameters
from crmsim.common.words import data_path
from crmsim.scenario.parameters import declared_parameters


@pytest.fixture(scope="module")
def table():
    return parameters()


def test_it_speaks_both_languages_and_exports(tmp_path, table):
    chinese = parameters("zh")
    assert len(table) == len(chinese) == len(declared_parameters())
    assert not (table.meaning == chinese.meaning).any()
    table.to_csv(tmp_path / "parameters.csv", index=False)
    assert (tmp_path / "parameters.csv").read_text("utf-8").count("\n") == len(
        declared_parameters()
    ) + 1


def test_a_notebook_shows_every_row_with_all_its_words(table):
    shown = html.unescape(table._repr_html_())
    assert shown.count("<tr") == len(declared_parameters()) + 1
    for parameter in declared_parameters().values():
        assert f"<td>{parameter.source}</td>" in shown
        assert f"<td>{parameter.en}</td>" in shown
        assert f"<td>{parameter.value:.12g}</td>" in shown


def test_it_is_a_table_like_any_other(table):
    choices = table[table.status == "choice"].sort_values("name")
    assert isinstance(table, pd.DataFrame)
    assert choices._repr_html_().count("<tr") == len(choices) + 1
    assert pickle.loads(pickle.dumps(table)).equals(table)


@pytest.mark.parametrize("part", sorted({each.part for each in declared_parameters().values()}))
def test_one_part_of_it_can_be_asked_for(part, table):
    asked = parameters(part=part)
    assert asked.equals(table[table.part == part].reset_index(drop=True))


@pytest.mark.parametrize("part", ["firms", 5, []])
def test_a_part_that_there_is_not_is_refused_with_those_there_are(part):
    with pytest.raises(
        CrmsimError,
        match=r"^part = .*: is not a part of the model; choose one of: satisfaction, .*firm",
    ):
        parameters(part=part)


def test_a_case_shows_its_own_values_beside_the_declared_ones(table):
    sky = load("southwest")
    here = parameters(scenario=sky).set_index("name")
    assert here.value.to_dict() == vars(sky.numbers)
    assert (here.declared == table.set_index("name").value).all()
    assert set(here.index[here.value != here.declared]) == {
        name for name, value in sky.parameters.items() if value != declared_parameters()[name].value
    }
    assert "declared" not in table


def test_a_case_is_named_given_or_found_by_its_path(tmp_path):
    changed = load("buick-market").change(parameters={"loss_aversion": 2.4})
    given = parameters(scenario=changed, part="satisfaction").set_index("name")
    assert given.loc["loss_aversion", "value"] == 2.4
    named = parameters("zh", "buick-market")
    path = tmp_path / "mine.toml"
    path.write_bytes(data_path("scenarios", "buick-market.toml").read_bytes())
    assert parameters("zh", path).equals(named)
    with pytest.raises(ScenarioError, match="'nowhere' is not a scenario"):
        parameters(scenario="nowhere")
