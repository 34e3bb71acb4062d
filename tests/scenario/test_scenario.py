"""Scenarios: every mistake of a file at once, each with place, key, value and rule."""

import copy
import math
import re
import tomllib
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct, ValidationError, convert, to_builtins

from crmsim import ScenarioError, load, scenarios
from crmsim.common.words import data_path
from crmsim.scenario.encounter import EncounterScenario
from crmsim.scenario.market import Incident
from crmsim.scenario.mistakes import type_mistakes

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


def tables(value):
    """Yield every table of a case in which something stands that could be changed."""
    if value and isinstance(value, dict | list):
        yield value
    inner = value.values() if isinstance(value, dict) else value
    if isinstance(value, Struct):
        inner = [getattr(value, name) for name in value.__struct_fields__]
    if not isinstance(value, str | bytes) and hasattr(inner, "__iter__"):
        for part in inner:
            yield from tables(part)


def test_a_case_that_is_loaded_again_shares_nothing_that_can_be_changed():
    for name in scenarios().id:
        one, again = load(name), load(name)
        assert one == again
        mine = {id(table) for table in tables(one)}
        assert mine
        assert not mine & {id(table) for table in tables(again)}, name


def test_all_mistakes_are_told_at_once(tmp_path):
    text = SHOWROOM.replace('currency = "CNY"', 'currency = "yuan"\ncolour = "red"', 1)
    text = re.sub(r'^first = ".*"', 'first = "enquirry"', text, flags=re.M)
    text = re.sub(r"patience_min = \d+", "patience_min = -5", text, count=1)
    told = mistakes(tmp_path, text).splitlines()
    assert len(told) >= 4
    assert any("colour" in line and "not known" in line for line in told)
    assert any("currency = 'yuan'" in line for line in told)
    assert any("patience_min = -5" in line and "greater than 0" in line for line in told)
    assert any("first = 'enquirry'" in line and "choose one of:" in line for line in told)
    assert all(line.startswith("my-shop.toml: ") for line in told)


def test_choices_are_told_in_the_order_in_which_the_schema_has_them():
    stage = {"touchpoints": [{"stage": "never"}]}
    assert "touchpoints no. 1: stage = 'never': must be 'pre', 'in' or 'after'" in type_mistakes(
        EncounterScenario, stage
    )


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
        (r'^next = ".*"', 'next = "nowhere"', "'nowhere': is not a touchpoint or an ending;"),
        (r'^baseline = ".*"', 'baseline = "smile"', "baseline = 'smile': is not a choice here"),
        (r'^level = ".*"', 'level = "divine"', "'basic', 'expressed' or 'unexpected'"),
        (r'^minutes = \d+', "minutes = 99999", "less than or equal to 10000"),
        (r'^schema = 1', "schema = 2", "schema = 2"),
        (r'^world = ".*"', 'world = "moon"', "'encounter' or 'market'"),
        (r'^id = ".*"', r'id = "showroom\\n"', "small letters, digits and hyphens"),
        (r'^currency = ".*"', r'currency = "CNY\\n"', "three capital letters"),
        (r'^then = ".*"', 'then = "atlantis"', "not a scenario of the course"),
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
    assert "not readable as TOML" in mistakes(tmp_path, SHOWROOM + "\nid = ")


@pytest.mark.parametrize(
    ("plain", "full"), [("= 1", "＝ 1"), ("= 1", "= １"), ("= 1", "= －1"), ('"CNY"', "（“CNY”）")]
)
def test_full_width_signs_outside_words_are_pointed_out(tmp_path, plain, full):
    text = SHOWROOM.replace(plain, full, 1)
    assert "Outside words use the plain signs" in mistakes(tmp_path, text)


def test_a_language_that_is_no_list_is_the_only_mistake_told(tmp_path):
    text = re.sub(r'en = "[^"]*", (?=zh-Hans)', "", SHOWROOM)
    told = mistakes(tmp_path, f'lang = "zh-Hans"\n{text}')
    assert told == "my-shop.toml: lang = 'zh-Hans': must be a list: [ …, … ]"


@pytest.mark.parametrize("found", ["5", "true", '["甲"]', '""'])
def test_a_word_of_a_file_in_one_language_is_never_missed_in_the_other(tmp_path, found):
    text = re.sub(r'en = "[^"]*", (?=zh-Hans)', "", SHOWROOM)
    text = re.sub(r'zh-Hans = "[^"]*"', f"zh-Hans = {found}", text, count=1)
    told = mistakes(tmp_path, f'lang = ["zh-Hans"]\n{text}')
    assert "zh-Hans = " in told
    assert "is missing" not in told


def test_a_parameter_is_checked_against_its_range(tmp_path):
    market = data_path("scenarios", "buick-market.toml").read_text("utf-8")
    text = market.replace("[parameters]\n", "[parameters]\nloss_aversion = 9\nloss_aversoin = 2\n")
    told = mistakes(tmp_path, text)
    assert "loss_aversion = 9: must be between 1.5 and 2.5" in told
    assert "did you mean 'loss_aversion'?" in told


def test_a_scenario_is_frozen_and_changes_by_copy():
    buick = load("buick")
    buyer = buick.change(seat="buyer", persona=buick.personas[0].id)
    assert (buick.seat, buyer.seat) == ("seller", "buyer")
    assert isinstance(buyer, EncounterScenario)
    with pytest.raises(ScenarioError, match="not a persona"):
        buick.change(persona="nobody")
    with pytest.raises(AttributeError, match="immutable"):
        buick.seat = "buyer"


def test_a_change_takes_numbers_of_numpy_and_parts_as_they_are():
    incident = Incident(gap=0.1, buys=True)
    market = load("buick-market").change(people=np.int64(50), years=np.float32(0.5))
    market = market.change(incident=incident).change(rule="ratio")
    assert (market.people, market.years, market.incident) == (50, 0.5, incident)
    assert market.changes == {
        "people": 50,
        "years": 0.5,
        "incident": to_builtins(incident),
        "rule": "ratio",
    }


def test_a_change_takes_what_a_calculation_or_a_table_gives():
    market = load("buick-market")
    assert market.change(people=market.people / 2).people == 2500
    assert market.change(people=np.linspace(100, 200, 3)[1]).people == 150
    assert market.change(incident=Incident(gap=np.float64(0.1), buys=np.True_)).incident.buys
    assert market.change(concepts=np.array(["A-01"])).concepts == ("A-01",)
    with pytest.raises(ScenarioError, match="quality = a list: must be a table"):
        market.change(quality=np.full(5, 0.6))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"people": "many"}, "people = 'many': must be a whole number"),
        ({"people": 1.5}, "people = 1.5: must be a whole number"),
        ({"years": True}, "years = true: must be a number"),
        ({"years": math.nan}, "years = nan: must be an ordinary number"),
        ({"years": 10**400}, "years = a number of more than 60 digits: must be an ordinary"),
        ({"id": "My Shop"}, "id = 'My Shop': must be small letters, digits and hyphens"),
        ({"people": "50"}, "people = '50': must be a whole number, without quotation marks"),
        ({"incident": {"buys": "true", "gap": 0}}, "must be true or false, without quotation"),
        ({"people": "1e3"}, "people = '1e3': must be a whole number"),
        ({"id": 5}, "id = 5: must be words between quotation marks"),
        ({"id": date(2026, 12, 1)}, "id = 2026-12-01: must be words between quotation marks"),
        ({"id": "x" * 61}, "…: must be at most 60 characters long, not 61"),
        ({"title": "Buick"}, "title = 'Buick': must be words for each language: { en = \"…\""),
        (
            {"title": {"en": "", "zh-Hans": "车"}},
            "title: en = '': must be some words; it is",
        ),
        ({"parameters": {1: 2}}, "parameters: 1: no parameter has this name"),
        ({"lang": "fr"}, "lang = 'fr': must be 'en' or 'zh-Hans'"),
        ({"rule": "sum"}, "rule = 'sum': must be 'ratio', 'difference' or 'asymmetric'"),
        ({"levers": 5}, "levers = 5: must be a list"),
        ({"weights": None}, "weights = None: must be a table"),
        ({"sources": ["x"] * 201}, "sources = a list: must be at most 200 of them, not 201"),
        ({"languages": []}, "lang = a list: must be at least 1 of them, not 0"),
        ({"style": {"quality": {"taste": 0.1}}}, "style, quality: taste: this key must be 'rel"),
        (
            {"incident": {"buys": 1, "gap": 2}},
            "incident: gap = 2: must be less than or equal to 1",
        ),
        ({"incident": {"buys": 1, "gap": 2}}, "incident: buys = 1: must be true or false"),
    ],
)
def test_what_is_not_allowed_is_told_with_what_is(changes, said):
    with pytest.raises(ScenarioError) as told:
        load("buick-market").change(**changes)
    assert said in str(told.value)


ODD = [None, True, -1, 0.5, math.inf, 10**400, "", "Odd thing", "odd", [], ["odd"], {}, {"odd": 1}]


def spoil(table, data):
    """Put something odd in the place of a value, somewhere in a table or list."""
    keys = sorted(table) if isinstance(table, dict) else range(len(table))
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    if isinstance(table[key], tuple):
        table[key] = list(table[key])
    if isinstance(table[key], dict | list) and data.draw(st.booleans()):
        spoil(table[key], data)
    else:
        table[key] = copy.deepcopy(data.draw(st.sampled_from(ODD)))


@given(st.data())
@settings(deadline=None)
def test_a_file_is_refused_exactly_where_a_mistake_is_told(data):
    """The library that reads a file stops at its first mistake; the list of all never lacks it."""
    scenario = load(data.draw(st.sampled_from(["buick", "buick-market", "sunset"])))
    kind, raw = type(scenario), to_builtins(scenario)
    for _ in range(data.draw(st.integers(1, 3))):
        spoil(raw, data)
    try:
        refused = convert(raw, kind) is None
    except ValidationError:
        refused = True
    assert bool(type_mistakes(kind, raw)) == refused


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
