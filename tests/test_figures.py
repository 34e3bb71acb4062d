"""Figures: the title says the finding, the axes carry units, words follow the language."""

import numpy as np
import pytest

from crmsim import aftermath, load, plot, simulate


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
