"""Scenarios: every mistake of a file at once, each with place, key, value and rule."""

import re
import tomllib

import pytest

from crmsim import ScenarioError, load, scenarios
from crmsim.scenario.encounter import EncounterScenario
from crmsim.words import data_path

SHOWROOM = data_path("scenarios", "showroom.toml").read_text("utf-8")


def mistakes(tmp_path, text):
    path = tmp_path / "my-shop.toml"
    path.write_text(text, "utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    return str(error.value)


def test_every_scenario_of_the_course_loads_in_both_languages():
    for lang in ("en", "zh-Hans"):
        table = scenarios(lang)
        assert {"buick", "buick-market", "showroom"} <= set(table.id)
        assert table.title.str.len().min() > 1


def test_a_file_of_ones_own_loads_by_its_path(tmp_path):
    path = tmp_path / "my-shop.toml"
    path.write_text(SHOWROOM, "utf-8")
    assert load(path).id == "showroom"
    assert load(path).sha256 != load("buick").sha256


def test_all_mistakes_are_told_at_once(tmp_path):
    text = SHOWROOM.replace('currency = "CNY"', 'currency = "yuan"\ncolour = "red"', 1)
    text = re.sub(r'^first = ".*"', 'first = "enquirry"', text, flags=re.M)
    text = re.sub(r"patience_min = \d+", "patience_min = -5", text, count=1)
    told = mistakes(tmp_path, text).splitlines()
    assert len(told) >= 4
    assert any("colour" in line and "not known" in line for line in told)
    assert any("currency = 'yuan'" in line for line in told)
    assert any("patience_min = -5" in line and "greater than 0" in line for line in told)
    assert any("first = 'enquirry'" in line and "there are:" in line for line in told)
    assert all(line.startswith("my-shop.toml: ") for line in told)


def test_a_place_is_told_by_the_names_the_author_gave(tmp_path):
    first = load("showroom").touchpoints[0]
    text = SHOWROOM.replace(
        f'id = "{first.choices[1].id}"', f'id = "{first.choices[1].id}"\nminutess = 3', 1
    )
    told = mistakes(tmp_path, text)
    assert f"touchpoints {first.id!r}, choices {first.choices[1].id!r}: minutess" in told


@pytest.mark.parametrize(
    ("pattern", "new", "said"),
    [
        (r'zh-Hans = "[^"]*" \}', 'zh-Hans = "" }', "zh-Hans"),
        (r', zh-Hans = "[^"]*" \}', " }", "zh-Hans: is missing"),
        (r'^next = ".*"', 'next = "nowhere"', "'nowhere': is no touchpoint or ending; there are: "),
        (r'^baseline = ".*"', 'baseline = "smile"', "baseline = 'smile': is no choice here"),
        (r'^level = ".*"', 'level = "divine"', "'basic', 'expressed' or 'unexpected'"),
        (r'^minutes = \d+', "minutes = 99999", "less than or equal to 10000"),
        (r'^schema = 1', "schema = 2", "schema = 2"),
        (r'^world = ".*"', 'world = "moon"', "'encounter' or 'market'"),
        (r'^then = ".*"', 'then = "atlantis"', "no scenario of the course"),
    ],
)  # fmt: skip
def test_a_mistake_is_found(tmp_path, pattern, new, said):
    text = re.sub(pattern, new, SHOWROOM, count=1, flags=re.M)
    assert text != SHOWROOM
    assert said in mistakes(tmp_path, text)


def test_a_scene_nobody_reaches_and_a_loop_are_found(tmp_path):
    ending = next(iter(load("showroom").endings))
    lost = SHOWROOM + (
        '\n[[endings]]\nid = "moon"\nbought = false\n'
        'title = { en = "Moon", zh-Hans = "月亮" }\ntext = { en = "Moon", zh-Hans = "月亮" }\n'
    )
    assert "'moon': no path leads here" in mistakes(tmp_path, lost)
    first = tomllib.loads(SHOWROOM)["first"]
    circle = SHOWROOM.replace(f'next = "{ending.id}"', f'next = "{first}"')
    assert "a path leads back here" in mistakes(tmp_path, circle)


def test_a_broken_file_is_said_to_be_broken(tmp_path):
    assert "not readable as TOML" in mistakes(tmp_path, SHOWROOM[: len(SHOWROOM) // 2] + '"')


def test_a_parameter_is_checked_against_its_range(tmp_path):
    market = data_path("scenarios", "buick-market.toml").read_text("utf-8")
    text = market + "\n[parameters]\nloss_aversion = 9\nloss_aversoin = 2\n"
    told = mistakes(tmp_path, text)
    assert "loss_aversion = 9: should lie between 1.5 and 2.5" in told
    assert "did you mean 'loss_aversion'?" in told


def test_a_scenario_is_frozen_and_changes_by_copy():
    buick = load("buick")
    buyer = buick.change(seat="buyer", persona=buick.personas[0].id)
    assert (buick.seat, buyer.seat) == ("seller", "buyer")
    assert isinstance(buyer, EncounterScenario)
    with pytest.raises(ScenarioError, match="no persona"):
        buick.change(persona="nobody")
    with pytest.raises(ValueError, match="frozen"):
        buick.seat = "buyer"


def test_nothing_in_a_scenario_is_executed(tmp_path):
    flag = tmp_path / "flag"
    evil = f"__import__('pathlib').Path(r'{flag}').touch()"
    head, rest = SHOWROOM.split("[deal]")
    text = re.sub(r'(?<=\{ )en = "[^"]*"', f'en = "{{{evil}}}"', rest, count=5)
    text = f"{head}[deal]{text}"
    path = tmp_path / "my-shop.toml"
    path.write_text(text, "utf-8")
    from crmsim import simulate

    simulate(path, seed=1)
    assert not flag.exists()


@pytest.mark.parametrize("said", ["{name.__class__}", "{0}", "{server!r}", "{", "{name:>9999999}"])
def test_words_of_ones_own_fill_in_no_more_than_those_of_the_play(said, tmp_path):
    """The play says ``You are the {server}``: a case may turn that round, and look at nothing."""
    own = '[words]\n"chair.seller" = { en = "%s", zh-Hans = "%s" }\n'
    path = tmp_path / "my-shop.toml"
    path.write_text(
        SHOWROOM.replace("[words]\n", own % ("{server}, you", "{server}就是你")), "utf-8"
    )
    assert load(path).words["chair.seller"]["en"] == "{server}, you"
    told = mistakes(tmp_path, SHOWROOM.replace("[words]\n", own % (said, "你")))
    assert "words: chair.seller: 'en': places to fill in may be: {server}" in told


def test_a_gate_needs_a_deal_and_words_a_name_that_the_play_knows(tmp_path):
    text = re.sub(r"\[deal\]\nprice.*\nmargin.*\n", "", SHOWROOM)
    told = mistakes(tmp_path, text.replace("server = {", "sever = {", 1))
    assert "deal: is missing; where the customer may buy" in told
    assert "words: 'sever': the play has no words of this name; did you mean 'server'?" in told
