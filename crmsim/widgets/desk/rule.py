"""The opening of the day, and the sunset rule against the usual order of work."""

from __future__ import annotations

from collections.abc import Sequence

from crmsim.common import palette
from crmsim.common.numbers import money, number
from crmsim.common.words import Translate
from crmsim.course.sessions.desk import RULED, DeskSession
from crmsim.course.sessions.desk_runs import of_day, result
from crmsim.course.sessions.predictions import Outcome
from crmsim.runs.run import Run
from crmsim.widgets.directions import direction_options
from crmsim.widgets.drawings import charts
from crmsim.widgets.rendering import Context

LEAST = (0.0, 3.0)
"""Counts that every axis shows, so that a quiet hour looks quiet."""


def opening(session: DeskSession, t: Translate) -> Context:
    """Return the desk as it is found: whom to expect, and who can work there."""
    case = session.scenario()
    wage = money(case.numbers.desk_wage_h, case.currency, t)
    calls = [hour.questions for hour in case.hours]
    troubles = [10 * hour.problems for hour in case.hours]
    curves = [
        charts.ChartLine(troubles, palette.HISTORY, 2, "6 4"),
        charts.ChartLine(calls, palette.RUN, 3),
    ]
    return {
        "chart": by_hour(session, curves, t("day.opening.expected")),
        "staff": t("day.opening.staff", agents=case.agents, handlers=case.handlers, wage=wage),
        "sunset": t("day.opening.sunset", hour=case.sunset),
        "note_key": "begin_note" if case.messages else "begin_note_plain",
    }


def foresee(session: DeskSession, t: Translate) -> Context:
    """Return the rule, and the rows to bet on."""
    case = session.scenario()
    asked = next((name for name in RULED if name not in session.rules), None)
    return {
        "rule": t("day.foresee.rule", minutes=f"{case.numbers.resume_min:g}"),
        "rows": direction_choices(t, {name: session.rules.get(name) for name in RULED}, asked),
        "complete": asked is None,
    }


def reckoning(session: DeskSession, t: Translate) -> Context:
    """Return what the rule did, against what was foreseen."""
    usual, ruled = session.runs.ruled("fifo"), session.runs.ruled("sunset")
    faster = result(usual, "response_h") - result(ruled, "response_h")
    later = result(ruled, "resolution_h") - result(usual, "resolution_h")
    places = {"faster": number(faster, 1), "later": number(later, 1)}
    told = faster > 0 and later > 0
    verdicts = []
    for name, guess in session.rules.items():
        came = of_day(ruled, usual, name)
        before, after = (measure_words(result(run, name), name, t) for run in (usual, ruled))
        verdicts.append(direction_verdict(t, t(f"day.measure.{name}"), guess, came, before, after))
    pictures = []
    for column, key in (("unacknowledged", "chart"), ("open_cases", "chart_open")):
        curves = [
            charts.ChartLine(usual.series[column].tolist(), palette.BASE, 2),
            charts.ChartLine(ruled.series[column].tolist(), palette.RUN, 3),
        ]
        title = t(f"day.reckoning.{key}")
        pictures.append({"title": title, "svg": by_hour(session, curves, title, (420, 190))})
    share = [
        measure_words(result(run, "before_sunset"), "before_sunset", t) for run in (usual, ruled)
    ]
    return {
        "finding": t("day.reckoning.title", **places) if told else t("day.reckoning.title_other"),
        "verdicts": verdicts,
        "pictures": pictures,
        "share": t("day.reckoning.before_sunset", before=share[0], after=share[1]),
        "go": t("day.reckoning.go"),
    }


# --- shared by the screens ---------------------------------------------------------------------


def direction_choices(
    t: Translate, chosen: dict[str, str | None], asked: str | None
) -> list[Context]:
    """Return a row of directions to choose from for each measure."""
    return [
        {
            "id": name,
            "label": t(f"day.measure.{name}"),
            "asked": name == asked,
            "options": direction_options(name, guess, "day.way", t),
        }
        for name, guess in chosen.items()
    ]


def direction_verdict(
    t: Translate, label: str, guess: str, came: Outcome, before: str, after: str
) -> Context:
    """Return how a direction that was foreseen compares with the one that came."""
    found = came.verdict(guess)
    places = {"guess": t(f"day.way.{guess}"), "came": t(f"day.way.{came.direction}")}
    return {
        "name": t(f"day.verdict.{found}"),
        "tone": {"right": "good", "side": "half"}.get(found, "bad"),
        "line": t("day.verdict.line", measure=label, before=before, after=after, **places),
    }


def measure_words(value: float, measure: str, t: Translate) -> str:
    """Write a result of a day in as many digits as it deserves.

    Examples
    --------
    >>> from crmsim.common.words import words
    >>> t = words("en")
    >>> measure_words(0.931, "satisfied", t), measure_words(3.16, "response_h", t)
    ('93 %', '3.2')
    """
    if measure in ("satisfied", "before_sunset"):
        return t("day.percent", value=number(100 * value))
    return number(value, 1 if measure.endswith("_h") else 0)


def by_hour(
    session: DeskSession,
    curves: Sequence[charts.ChartLine],
    name: str,
    size: tuple[int, int] = (262, 150),
) -> str:
    """Draw curves over the hours of the day, each hour by the clock."""
    case = session.scenario()

    def clock(hour: int) -> int:
        return case.opens + (hour - 1) % len(case.hours)

    return charts.chart(curves, name, session.runs.hours, number, size, label=clock, least=LEAST)


def at_hour(run: Run, column: str) -> list[float]:
    """Return a column of a run, a value an hour."""
    return [float(value) for value in run.series[column]]
