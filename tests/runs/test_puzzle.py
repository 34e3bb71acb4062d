"""The puzzle of lesson 21 can be solved as its guide says, and not by luck of the rota."""

from crmsim import load, simulate
from crmsim.runs.tables import desk_table

SEED, DESK = 21, load("sunset")
MOVED = {0: -1, 1: 1, 4: 1, 6: -1}
"""Agents more or fewer than the rota, by the hour of the day."""

ROWS = [
    ("infant", "goods", "ring", "noon"),
    ("rice", "delivery", "van", "none"),
    ("waited", "service", "ring", "none"),
    ("twice", "contract", "back", "none"),
    ("fridge", "delivery", "exchange", "tomorrow"),
    ("sour", "goods", "refund", "none"),
    ("rude", "service", "apology", "none"),
    ("return", "contract", "keep", "none"),
]
BOX = [dict(zip(("message", "kind", "reply", "by"), row, strict=True)) for row in ROWS]


def solved(seen):
    """Follow the solution of the guide: five moves."""
    action = {"agents": seen.expected.agents + MOVED.get(seen.step, 0)}
    if seen.step == 0:
        action |= {"box": BOX, "discipline": "sunset", "callbacks": True}
    return action


def rows(run):
    """Return the table as numbers: lost callers, per cent before sunset, wages, moves."""
    return desk_table(run).to_numpy().T.tolist()


def test_the_solution_of_the_guide_reaches_the_goal_in_five_moves():
    (lost, early, paid, _), (mine, before, wages, moves) = rows(simulate(DESK, solved, SEED))
    assert moves == 5
    assert mine <= 20 < lost
    assert before >= 90 > early
    assert wages <= paid


def test_neither_the_rule_nor_the_call_backs_alone_solve_it():
    for alone in ({"discipline": "sunset"}, {"callbacks": True}):
        first = {"box": BOX} | alone
        run = simulate(DESK, lambda seen, first=first: {} if seen.step else first, SEED)
        _, (lost, before, _, moves) = rows(run)
        assert moves == 1
        assert lost > 20 or before < 90
