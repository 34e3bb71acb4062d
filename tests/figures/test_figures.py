"""Figures: the title says the finding, the axes carry units, words follow the language."""

import re
import subprocess
import sys
import tomllib

import numpy as np
import pytest

from crmsim import aftermath, figures, load, plot, simulate
from crmsim.common.words import data_path
from crmsim.scenario.parameters import declared_parameters


@pytest.mark.parametrize(("lang", "week"), [("en", "weeks"), ("zh-Hans", "周")])
def test_curves_against_the_base_case(lang, week):
    buick = load("buick", lang).change(persona="lin-yue")
    run = aftermath(simulate(buick, lambda seen: seen.on_offer[-1].id, seed=2))
    base = aftermath(simulate(buick, seed=2))
    figure = plot(run, base)
    assert len(figure.data) == 6
    assert figure.layout.xaxis.title.text == week
    assert all(getattr(figure.layout, axis).title.text for axis in ("yaxis", "yaxis2", "yaxis3"))
    gap = run.series["profit"][-52:].mean() - base.series["profit"][-52:].mean()
    assert f"{abs(gap):,.0f}" in figure.layout.title.text


def test_a_visit_is_drawn_as_its_emotion_curve():
    run = simulate("buick", seed=1)
    figure = plot(run)
    assert np.allclose(figure.data[0].y, [step.emotion for step in run.view.journey], atol=1e-3)
    peak = max(run.view.journey, key=lambda step: abs(step.emotion))
    assert peak.title in figure.layout.title.text


LESSON_FIGURES = (
    figures.best_fifth,
    figures.campaign_effect,
    figures.complaint_iceberg,
    figures.delays_through_the_day,
    figures.delight_fades,
    figures.eighty_twenty,
    figures.lift_curve,
    figures.loop_gain,
    figures.queue,
    figures.satisfied_not_loyal,
    figures.silence,
    figures.standards_erode,
    figures.stock_or_order,
    figures.three_controls,
    figures.three_rules,
    figures.what_it_hangs_on,
    figures.who_stays,
    figures.winning_back,
    figures.worth_of_staying,
)


@pytest.mark.parametrize("draw", LESSON_FIGURES, ids=lambda draw: draw.__name__)
def test_a_lesson_figure_says_what_it_found_in_both_languages(draw):
    english, chinese = draw("en"), draw("zh")
    for figure, letters in ((english, r"[A-Za-z]"), (chinese, r"[一-鿿]")):
        said = [figure.layout.title.text, *(note.text for note in figure.layout.annotations)]
        axes = [figure.layout.xaxis, figure.layout.yaxis]
        said += [axis.title.text for axis in axes if axis.title.text]
        assert all(re.search(letters, each) for each in said)
        assert re.search(r"\d", figure.layout.title.text)
        sizes = [figure.layout.font.size, *(note.font.size for note in figure.layout.annotations)]
        assert min(sizes) >= 14
    assert len(english.data) == len(chinese.data)


@pytest.mark.parametrize(
    ("figure", "name", "value"),
    [
        ("complaint_iceberg", "stay_silent_small", "0.37"),
        ("three_rules", "tolerance_half_width", ""),  # its size is asked for in lesson 12
    ],
)
def test_a_number_from_memory_is_marked_where_it_is_drawn(figure, name, value):
    notes = [note.text for note in getattr(figures, figure)().layout.annotations]
    assert declared_parameters()[name].status == "from memory"
    assert any("from memory" in note.lower() and value in note for note in notes)


def test_the_gain_crosses_one_only_where_expectations_stay():
    table = tomllib.loads(data_path("reference", "loop-gain.toml").read_text("utf-8"))
    for name in ("fixed", "adapting"):
        assert len(table[name]) == len(table["bonus"])
        assert table[name] == sorted(table[name])
    assert table["fixed"][0] < 1 < table["fixed"][-1]
    assert table["adapting"][-1] < 1


def test_a_desk_is_drawn_by_the_hour():
    run = simulate("sunset", seed=1)
    figure = plot(run)
    slowest = int(run.log.hour[run.log.wait_min.idxmax()])
    assert np.allclose(figure.data[0].y, run.log.wait_min, atol=1e-3)
    assert f"{slowest}:00" in figure.layout.title.text


@pytest.mark.parametrize("lang", ["en", "zh-Hans"])
def test_ways_of_leading_are_lines_of_profit_added_up_and_the_title_names_the_best(lang):
    town = load("buick-market", lang).change(people=400, years=1)
    dear = simulate(town, lambda seen: {} if seen.quarter else {"facilities": 3}, seed=2)
    figure = figures.ways({"overspend": dear, "balanced": simulate(town, seed=2)})
    assert figure.data[0].y[-1] == pytest.approx(dear.series["profit"].sum(), rel=1e-4)
    best, worst = (line.name for line in sorted(figure.data, key=lambda line: -line.y[-1]))
    title = figure.layout.title.text
    assert 0 < title.index(best) < title.index(worst)


def test_a_rise_marks_the_best_quarter_of_each_curve_and_tells_it():
    town = load("buick-market").change(people=400, years=1)
    figure = figures.rise(simulate(town, lambda _: {"capacity": 0.7}, seed=2), quarters=4)
    marks = [trace for trace in figure.data if trace.mode == "markers"]
    curves = [trace for trace in figure.data if trace.mode == "lines"]
    assert (len(marks), len(curves)) == (3, 4)
    for mark in marks:
        curve = next(each for each in curves if each.xaxis == mark.xaxis)
        assert mark.y[0] == max(curve.y)
        assert str(mark.x[0]) in figure.layout.title.text


def test_links_are_stacked_as_they_are_closed():
    lost = {"visitors": 6.0, "word_of_mouth": 13.0, "attitude": 16.0, "pay": 18.0}
    bars = figures.link_by_link(lost, "zh").data[0]
    assert [round(base + step, 1) for base, step in zip(bars.base, bars.y, strict=True)] == [
        *lost.values()
    ]
    assert "3.0" in figures.link_by_link(lost).layout.title.text


def test_who_is_ahead_after_a_bad_quarter_is_said_as_it_is():
    town = load("buick-market").change(people=400, years=1)
    calm = simulate(town, seed=2)
    cheap = simulate(town, lambda _: {"facilities": 0}, seed=2)
    dear = simulate(town, lambda _: {"facilities": 3}, seed=2)
    assert "saver is ahead" in figures.earned(calm, cheap, dear).layout.title.text
    assert "neither" in figures.earned(cheap, dear, dear).layout.title.text
    first, second = figures.earned(calm, cheap, dear).data
    gap = (cheap.series["profit"] - calm.series["profit"]).sum() / 1000
    assert np.isclose(first.y[-1], gap, atol=0.1)
    assert second.y[-1] < 0 < first.y[-1]


def test_the_ratio_and_the_difference_meet_at_what_is_usually_expected_and_part_elsewhere():
    apart = {}
    for expected in (40, 60):
        by_ratio, by_difference, _ = (
            line.y for line in figures.three_rules(expected=expected).data
        )
        apart[expected] = np.abs(np.subtract(by_ratio, by_difference)).max()
    assert apart[60] < 0.01 < apart[40]


def test_the_first_figure_waits_for_no_grammar():
    """Reading 38 grammars of web addresses, in a library's library, took three seconds."""
    probe = """
import sys
from crmsim import plot, simulate
plot(simulate("buick", seed=1))._repr_mimebundle_()
sys.exit("lark" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", probe]).returncode == 0
