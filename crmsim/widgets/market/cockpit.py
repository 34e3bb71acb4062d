"""The cockpit: the small loop, the nodes that touched levers act on, and what they cost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import cos, pi, sin

from markupsafe import Markup

from crmsim.common.calendar import WEEKS_QUARTER
from crmsim.common.numbers import money
from crmsim.common.words import Translate
from crmsim.course.sessions.market import MarketSession
from crmsim.model.market.log import NODES
from crmsim.runs.run import Run
from crmsim.scenario.levers import BOUNDS
from crmsim.scenario.parameters import Numbers
from crmsim.widgets.rendering import draw_svg

PRICES: Mapping[str, Callable[[Numbers, Mapping[str, float]], float]] = {
    "capacity": lambda _, week: week["staff_usual"] * week["pay"],
    "pay": lambda numbers, week: week["staff"] * numbers.wage_week,
    "training": lambda _, week: week["staff"],
    "empowerment": lambda numbers, week: numbers.empowerment_cost * week["complaints"],
    "channel": lambda numbers, _: numbers.channel_cost_week,
    "attention": lambda numbers, week: numbers.attention_cost * numbers.key_share * week["visits"],
    "facilities": lambda numbers, _: numbers.facilities_cost_week,
    "fleet": lambda numbers, _: numbers.fleet_cost_week,
}
"""The price of a lever by one unit, in currency a week, as the firm goes now.

It is about what the firm pays, before customers and staff react; a lever that is not here has no
price of its own. A style that is adopted has one too, but no cockpit shows it: it is moved in the
play of a visit.
"""

SIZE = (296, 196)
"""Pixels of the small loop."""


def lever_price(name: str, change: float, run: Run) -> float:
    """Return about what a change of a lever costs a week, in currency.

    Parameters
    ----------
    name
        The lever.
    change
        The change, in the unit of the lever.
    run
        The firm so far; its last quarter counts.

    Examples
    --------
    >>> from crmsim import load, replay, simulate
    >>> firm = simulate(load("buick-market").change(years=0.25), seed=1)
    >>> lever_price("channel", 0.5, firm) == 0.5 * firm.scenario.numbers.channel_cost_week
    True
    >>> lever_price("bonus", 0.1, firm)
    0.0
    """
    if name not in PRICES:
        return 0.0
    last = slice(-WEEKS_QUARTER, None)
    columns = ("staff", "pay", "complaints", "visits")
    week = {each: float(run.series[each][last].mean()) for each in columns}
    week["staff_usual"] = float(run.series["staff"][0])
    return change * PRICES[name](run.scenario.numbers, week)


def firm_now(session: MarketSession) -> Run:
    """Return the run that prices are taken from; before the first quarter, the usual one."""
    return session.run_so_far if session.quarter else session.runs.usual(1)


def prices(session: MarketSession) -> dict[str, float]:
    """Return about what each lever that was touched costs a week, against where it stands."""
    now, run = session.view.decision, firm_now(session)
    return {
        lever.id: lever_price(lever.id, session.draft[lever.id] - now[lever.id], run)
        for lever in session.levers
        if lever.id in session.draft
    }


def lever_price_words(amount: float, session: MarketSession, t: Translate) -> str:
    """Write a price a week with its sign."""
    sign = "+" if round(amount) > 0 else ""
    return t("market.lever.price", amount=sign + money(amount, session.scenario().currency, t))


def small_loop(session: MarketSession, t: Translate) -> Markup:
    """Draw the loop as it stands, with the nodes lit on which the touched levers act."""
    costs = prices(session)
    touched = {BOUNDS[name].node for name in costs} | ({"profit"} if any(costs.values()) else set())
    titles = [lever.title[session.lang] for lever in session.levers if lever.id in costs]
    width, height = SIZE
    nodes = []
    for at, name in enumerate(NODES):
        label = t(f"model.node.{name}")
        wide = 18 + sum(15 if ord(letter) > 0x2E80 else 8.4 for letter in label)
        turn = 2 * pi * at / len(NODES) - pi / 2
        across = (width - wide) / 2 - 3
        nodes.append(
            {
                "label": label,
                "x": width / 2 + across * cos(turn),
                "y": height / 2 + (height / 2 - 16) * sin(turn),
                "width": wide,
                "lit": name in touched,
            }
        )
    name = t("market.cockpit.name")
    if touched:
        lit = ", ".join(node["label"] for node in nodes if node["lit"])
        name = t("market.cockpit.touched", levers=", ".join(titles), nodes=lit)
    total = sum(costs.values())
    centre = (t("market.cockpit.touch"), t("market.cockpit.where"))
    if costs:
        centre = (t("market.cockpit.itself"), t("market.card.free"))
    if round(total):
        centre = (t("market.cockpit.price"), lever_price_words(total, session, t))
    return draw_svg("cockpit", name, *SIZE, nodes=nodes, centre=centre, priced=bool(costs))
