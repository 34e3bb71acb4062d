"""The nine principles of communication are the rubric of every dialogue (C-12)."""

import pytest

from crmsim import load, replay, scenarios, simulate
from crmsim.common.words import words
from crmsim.runs.compare import references
from crmsim.runs.tables import principles_heeded
from crmsim.scenario.encounter import PRINCIPLES
from crmsim.widgets.visit.ending import _spoken

VISITS = [name for name, world in scenarios()[["id", "world"]].values if world == "encounter"]
DIALOGUES = [name for name in VISITS if name != "hiring"]  # there nobody is served


@pytest.mark.parametrize("name", DIALOGUES)
def test_every_dialogue_can_keep_and_break_principles_at_most_of_its_moments(name):
    case = load(name)
    choices = [choice for moment in case.touchpoints for choice in moment.choices]
    assert len({name for choice in choices for name in choice.keeps}) >= 2
    assert len([choice for choice in choices if choice.keeps or choice.breaks]) > 0.8 * len(choices)
    assert all(not set(choice.keeps) & set(choice.breaks) for choice in choices)


@pytest.mark.parametrize("name", ["buick", "showroom", "buick-complaint", "parcel"])
def test_who_serves_well_keeps_more_and_breaks_fewer_than_who_neglects(name):
    case, ways = load(name), references(name)
    good, bad = (
        principles_heeded(simulate(case, ways[way], seed=3)) for way in ("balanced", "neglect")
    )
    assert set(good) == set(PRINCIPLES)
    better = sum(good[each]["kept"] - good[each]["broken"] for each in PRINCIPLES)
    worse = sum(bad[each]["kept"] - bad[each]["broken"] for each in PRINCIPLES)
    assert better > worse + 3


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_the_end_of_a_visit_tells_them(lang):
    t = words(lang)
    run = simulate(load("tea", lang), replay(["pour", "reach-over"]), seed=1)
    (told,) = _spoken(run, t)
    assert told["label"] == t("play.verdict.principles")
    worst = t("table.principle_receiver"), t("table.principle_opinions")
    assert any(told["text"].endswith(t("play.verdict.principles_worst", name=w)) for w in worst)
