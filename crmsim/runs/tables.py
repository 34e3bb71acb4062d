"""Tables as a student reads them: columns, rows and entries in her language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.words import dictionary, language, words
from crmsim.model.desk.desk import SWITCHES
from crmsim.runs.butterfly import market_again
from crmsim.runs.buyers import buyers, counted
from crmsim.runs.run import Run
from crmsim.runs.townspeople import customers_by_week
from crmsim.scenario.encounter import METHODS, PRINCIPLES, Choice

if TYPE_CHECKING:
    import pandas as pd

VISIT_COLUMNS = ["touchpoint", "choice", "satisfaction", "minutes"]


def readable(table: pd.DataFrame, lang: str = "en") -> pd.DataFrame:
    """Return a copy of a table in which names stand in the student's language.

    Columns, rows and entries are looked up in ``data/words/table.toml``, and the five dimensions
    of service quality among the words of the model. A name that has no words stays as it is.

    Parameters
    ----------
    table
        Any table with one row of column names.
    lang
        The student's language, such as ``"en"`` or ``"zh"``.

    Examples
    --------
    >>> from pandas import DataFrame
    >>> readable(DataFrame({"profit": [7]}, index=["yours"]), "zh").to_dict()
    {'利润': {'你的公司': 7}}
    """
    shown = table.rename(columns=lambda name: _word(name, lang))
    shown = shown.rename(index=lambda name: _word(name, lang))
    shown = shown.rename_axis(index=lambda name: _word(name, lang))
    return shown.map(lambda entry: _word(entry, lang))


def visit_table(run: Run) -> pd.DataFrame:
    """Return a visit as a table in the language of its scenario, a row for each touchpoint.

    The columns are the touchpoint, the name of the answer that was given (as ``what_if`` takes
    it), the satisfaction after it (1–5) and the customer's minutes.

    Examples
    --------
    >>> from crmsim import simulate
    >>> list(visit_table(simulate("buick", seed=4)).columns)
    ['touchpoint', 'name of the answer', 'satisfaction', 'minutes']
    """
    lang = run.scenario.lang
    titles = {place.id: place.title[lang] for place in run.scenario.touchpoints}
    shown = run.log[VISIT_COLUMNS].round(2).replace({"touchpoint": titles})
    return readable(shown.rename(columns={"choice": "name of answer"}), lang)


SHEET_STEPS = (-0.15, -0.05, 0.05, 0.15)
"""Felt less expected quality (0–1) between two neighbouring marks of a score sheet; our choice."""


def score_sheet(run: Run) -> dict[str, str]:
    """Return the mark that a customer would have given on each dimension, from 1 to 5.

    3 is as she expected, 1 and 2 are less and 4 and 5 are more (A-17, A-21).

    Parameters
    ----------
    run
        A visit that is over.

    Returns
    -------
    dict of str
        ``"1"`` to ``"5"`` for each dimension of service quality.

    Examples
    --------
    >>> from crmsim import simulate
    >>> score_sheet(simulate("shopper", seed=1))["reliability"]
    '1'
    """
    view = run.view
    gaps = {name: view.perceived[name] - level for name, level in view.expected.items()}
    return {name: str(1 + sum(gap > step for step in SHEET_STEPS)) for name, gap in gaps.items()}


def methods_table(run: Run) -> pd.DataFrame:
    """Return the eight methods of handling a complaint, as a conversation used them (C-16).

    A row for each method in its order, with the moment at which it was first used, and whether it
    came before a method that belongs ahead of it. The words are in the language of the scenario.

    Parameters
    ----------
    run
        A conversation with a customer who complains.

    Examples
    --------
    >>> from crmsim import simulate
    >>> len(methods_table(simulate("buick-complaint", seed=1)))
    8
    """
    import pandas as pd

    used = methods_used(run)
    order = list(used)
    rows = {}
    for place, method in enumerate(METHODS):
        early = method in used and any(
            order.index(before) > order.index(method)
            for before in METHODS[:place]
            if before in used and used[before] != used[method]
        )
        title = _title(run, used[method]) if method in used else "not used"
        rows[f"method {method}"] = {"moment": title, "turn": "too early" if early else ""}
    return readable(pd.DataFrame.from_dict(rows, orient="index"), run.scenario.lang)


def principles_table(run: Run) -> pd.DataFrame:
    """Return how often a conversation kept and broke each principle of communication (C-12).

    A row for each of the nine principles; the words are in the language of the scenario.

    Parameters
    ----------
    run
        A visit.

    Examples
    --------
    >>> from crmsim import simulate
    >>> len(principles_table(simulate("parcel", seed=1)))
    9
    """
    import pandas as pd

    rows = {f"principle {name}": counts for name, counts in principles_heeded(run).items()}
    return readable(pd.DataFrame.from_dict(rows, orient="index"), run.scenario.lang)


def principles_heeded(run: Run) -> dict[str, dict[str, int]]:
    """Return how often a conversation kept and broke each of the nine principles (C-12).

    Parameters
    ----------
    run
        A visit.

    Returns
    -------
    dict
        For each principle, how many choices kept it (``kept``) and broke it (``broken``).

    Examples
    --------
    >>> from crmsim import simulate
    >>> principles_heeded(simulate("tea", seed=1))["receiver"]
    {'kept': 0, 'broken': 1}
    """
    done = _choices(run)
    return {
        name: {
            "kept": sum(name in choice.keeps for choice in done),
            "broken": sum(name in choice.breaks for choice in done),
        }
        for name in PRINCIPLES
    }


def recovery_table(run: Run) -> pd.DataFrame:
    """Return what came of a complaint: in the firm's ordinary way, and in the run.

    Rows are the customers of 100 who would stay, the cost (in currency), the customer's minutes,
    and the moves: moments at which the answer was not the ordinary one. The words are in the
    language of the scenario.

    Parameters
    ----------
    run
        A conversation with a customer who complains.

    Examples
    --------
    >>> from crmsim import simulate
    >>> recovery_table(simulate("parcel", seed=1)).iloc[-1].tolist()
    [0, 0]
    """
    import pandas as pd

    from crmsim.runs.run import simulate

    case = run.scenario
    usual = simulate(case.change(persona=run.view.persona, seat="seller"), seed=run.seed)
    rows = {
        name: [
            round(100 * each.view.recovery["stays"]),
            round(each.view.cost),
            round(each.view.minutes),
            sum(
                step.choice != case.touchpoint(step.touchpoint).baseline  # type: ignore[union-attr]
                for step in each.view.journey
            ),
        ]
        for name, each in {"ordinary way": usual, "your talk": run}.items()
    }
    index = ["stay of 100", "cost", "minutes", "moves"]
    return readable(pd.DataFrame(rows, index=index), case.lang)


def _choices(run: Run) -> list[Choice]:
    """Return what the one who served did, moment by moment."""
    case = run.scenario
    return [case.touchpoint(step.touchpoint).choice(step.choice) for step in run.view.journey]  # type: ignore[union-attr]


def methods_used(run: Run) -> dict[str, str]:
    """Return each method of handling a complaint that was used, in the order of use.

    Parameters
    ----------
    run
        A conversation with a customer who complains.

    Returns
    -------
    dict
        The touchpoint of its first use, by method.
    """
    used: dict[str, str] = {}
    for step, choice in zip(run.view.journey, _choices(run), strict=True):
        for method in choice.methods:
            used.setdefault(method, step.touchpoint)
    return used


def _title(run: Run, moment: str) -> str:
    return str(run.scenario.touchpoint(moment).title[run.scenario.lang])  # type: ignore[union-attr]


def _word(name: object, lang: str) -> object:
    if not isinstance(name, str):
        return name
    key = name.replace(" ", "_").replace("-", "_")
    book = dictionary()
    entry = book.get(f"table.{key}") or book.get(f"model.dimension.{name}")
    return entry[language(lang)] if entry else name


def desk_table(run: Run) -> pd.DataFrame:
    """Return what a day at a desk came to, in the language of its scenario.

    Rows are the callers who hung up, the share of complaints answered before sunset (%), the wages
    (in currency), and the moves: cards that are played, hours with another number of people than
    the rota, and hours at which the order of work, the call-backs or the checks were changed. The
    columns are the rota and the run.

    Examples
    --------
    >>> from crmsim import simulate
    >>> desk_table(simulate("sunset", seed=1)).iloc[-1].tolist()
    [0, 0]
    """
    import pandas as pd

    from crmsim.runs.run import simulate

    days = {"rota": simulate(run.scenario, seed=run.seed), "your day": run}
    rows = {
        name: [
            round(float(day.series["abandoned"].sum())),
            round(100 * day.view.outcome["before_sunset"]),
            round(float(day.series["wages"].sum())),
            _moves(day),
        ]
        for name, day in days.items()
    }
    index = ["hung up", "before sunset", "wages paid", "moves"]
    return readable(pd.DataFrame(rows, index=index), run.scenario.lang)


def market_table(run: Run, usual: Run) -> pd.DataFrame:
    """Return what the years of a market came to, below the usual ones, in its language.

    Columns are the customers at the end, the mean satisfaction (1–5), the value in thousands (in
    Chinese: in ten thousands) of the currency, and the moves: levers that were set to another value
    than in the quarter before.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> town = load("buick-market").change(people=400, years=1)
    >>> idle, one = simulate(town, seed=1), simulate(town, lambda seen: {"training": 60}, seed=1)
    >>> market_table(one, idle)["moves"].tolist()
    [0, 1]
    """
    import pandas as pd

    lang = run.scenario.lang
    rows = [
        {
            "customers at the end": round(float(each.series["customers"][-1])),
            "satisfaction": round(float(each.series["evaluation"].mean()), 2),
            "value thousands": _thousands(each.value.total, each),
            "moves": _lever_moves(each),
        }
        for each in (usual, run)
    ]
    return readable(pd.DataFrame(rows, index=["usual", "your firm"]), lang)


def rescue_table(runs: Mapping[str, Run]) -> pd.DataFrame:
    """Return what became of a firm that counts its cash, a row for each way of leading it.

    Columns are the quarter in which the bank closes it ("–" if it never does), the lowest cash, the
    customers at the end, the value, and the moves as in :func:`market_table`; money in thousands
    (in Chinese: in ten thousands) of the currency.

    Parameters
    ----------
    runs
        Runs of one case by the way of leading it, as :func:`named_ways` takes them.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("turnaround").change(people=400), seed=1)
    >>> rescue_table({"left alone": run})["moves"].tolist()
    [0]
    """
    import pandas as pd

    lang = next(iter(runs.values())).scenario.lang
    named = named_ways(runs)
    rows = [
        {
            "closed in quarter": closed_in(run) or "–",
            "lowest cash thousands": _thousands(float(run.series["cash"].min()), run),
            "customers at the end": round(float(run.series["customers"][-1])),
            "value thousands": _thousands(run.value.total, run),
            "moves": _lever_moves(run),
        }
        for run in named.values()
    ]
    return readable(pd.DataFrame(rows, index=list(named)), lang)


def named_ways(runs: Mapping[str, Run]) -> dict[str, Run]:
    """Return runs by the names of their ways of leading, in the language of their case.

    Parameters
    ----------
    runs
        Runs of one case by the id of one of its reference policies, or by a name that
        ``data/words/table.toml`` knows.

    Returns
    -------
    dict of Run
        In the same order.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("turnaround").change(people=400), seed=1)
    >>> list(named_ways({"left alone": run, "cut": run}))
    ['nothing changed', 'Cut further']
    """
    case = next(iter(runs.values())).scenario
    titles = {policy.id: policy.title[case.lang] for policy in case.policies}
    return {titles.get(name) or _word(name, case.lang): run for name, run in runs.items()}


def closed_in(run: Run) -> int | None:
    """Return the quarter (from 1) in which the bank closes the firm of a run; None if it does not.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> closed_in(simulate(load("turnaround"), lambda seen: {"capacity": 3.0}, seed=1))
    1
    """
    cash = run.scenario.cash
    if cash is None:
        return None
    below = run.series["cash"] < cash.limit
    return int(below.argmax()) // WEEKS_QUARTER + 1 if below.any() else None


def tier_table(seed: int = 0, lang: str = "en") -> pd.DataFrame:
    """Return three tiers of buyers: what each brings now and later, in per cent.

    The tiers follow from the first nine months (:func:`crmsim.runs.buyers.rfm`). The corner says
    how many buyers they are, and if they are the real ones of CDNOW or simulated.

    Parameters
    ----------
    seed
        The luck of simulated buyers.
    lang
        The student's language, such as ``"en"`` or ``"zh"``.

    Examples
    --------
    >>> tier_table().index.tolist()
    ['A', 'B', 'C']
    """
    import pandas as pd

    bought, real = buyers(seed)
    tiers = pd.DataFrame(counted(bought)["tiers"]).T
    found = (100 * tiers.drop(columns="buyers")).round().astype(int)
    found.insert(0, "buyers", tiers["buyers"].astype(int))
    corner = words(lang)("table.real_buyers" if real else "table.simulated_buyers")
    return readable(found, lang).rename_axis(corner)


def grades_table(runs: Mapping[str, Run]) -> pd.DataFrame:
    """Return how many customers of each grade a firm has at the end, led in several ways (E-20).

    The first grade is the fifth of the people whose visits are worth most, the second as many of
    the others. Beside it stands the value in thousands (in Chinese: in ten thousands) of the
    currency.

    Parameters
    ----------
    runs
        Runs of markets, by names that ``data/words/table.toml`` knows.

    Examples
    --------
    >>> from crmsim import load, simulate
    >>> run = simulate(load("department").change(people=400, years=1), seed=1)
    >>> grades_table({"usual": run}).columns.tolist()[:2]
    ['best fifth', 'next fifth']
    """
    import pandas as pd

    rows = []
    for run in runs.values():
        stays, people = customers_by_week(run)[-1], market_again(run).people
        rows.append(
            {
                "first grade": int((stays & people.key).sum()),
                "second grade": int((stays & people.second).sum()),
                "the others": int((stays & ~people.key & ~people.second).sum()),
                "value thousands": _thousands(run.value.total, run),
            }
        )
    lang = next(iter(runs.values())).scenario.lang
    return readable(pd.DataFrame(rows, index=list(runs)), lang)


def _thousands(amount: float, run: Run) -> int:
    """Return an amount of a run in thousands of its currency, in Chinese in ten thousands."""
    return round(amount / (10_000 if language(run.scenario.lang) == "zh-Hans" else 1000))


def _lever_moves(run: Run) -> int:
    """Return how often a lever got another value than it had."""
    now = {lever.id: float(lever.start) for lever in run.scenario.levers}  # type: ignore[union-attr]
    for levers in run.scenario.before:  # type: ignore[union-attr]
        now |= levers
    moves = 0
    for action in run.actions:
        for name, value in action.items():
            if name in now and float(value) != now[name]:
                now[name], moves = float(value), moves + 1
    return moves


def _moves(day: Run) -> int:
    """Return the cards played, and the hours staffed or ruled otherwise than the rota or before."""
    hours, moves = day.scenario.hours, 0  # type: ignore[union-attr]
    ruled = {"discipline": day.scenario.discipline} | dict.fromkeys(SWITCHES, False)  # type: ignore[union-attr]
    for place, action in enumerate(day.actions):
        planned = hours[place % len(hours)]
        now = {name: action.get(name, last) for name, last in ruled.items()}
        moves += len(action.get("cards", ()))
        moves += any(
            action.get(post, getattr(planned, post)) != getattr(planned, post)
            for post in ("agents", "handlers")
        )
        moves += now != ruled
        ruled = now
    return moves
