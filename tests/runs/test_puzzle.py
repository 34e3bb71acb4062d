"""The puzzles of the lessons can be solved as their guides say, and not by luck."""

import pytest

from crmsim import load, replay, simulate
from crmsim.model.encounter import Encounter
from crmsim.runs.tables import desk_table, recovery_table

SEED, DESK = 21, load("sunset")
WAYS = {"convenience": {4: 1, 5: -1}, "": {0: -1, 1: 1, 4: 1, 6: -1}}
"""Two solutions: the card that is played, and agents more or fewer than the rota, by the hour."""

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


def solved(card):
    """Return a solution of the guide, with the card or without any."""

    def decide(seen):
        action = {"agents": seen.expected.agents + WAYS[card].get(seen.step, 0)}
        if seen.step == 0:
            action |= {"box": BOX, "discipline": "sunset", "callbacks": True}
            action |= {"cards": [card] if card else []}
        return action

    return decide


def rows(run):
    """Return the table as numbers: lost callers, per cent before sunset, wages, moves."""
    return desk_table(run).to_numpy().T.tolist()


@pytest.mark.parametrize(("card", "fewest"), [("convenience", 4), ("", 5)])
def test_the_solutions_of_the_guide_reach_the_goal_in_four_and_in_five_moves(card, fewest):
    run = simulate(DESK, solved(card), SEED)
    (lost, early, paid, _), (mine, before, wages, moves) = rows(run)
    assert moves == fewest
    assert mine <= 20 < lost
    assert before >= 90 > early
    assert wages <= paid


@pytest.mark.parametrize("card", [card.id for card in DESK.cards])
def test_no_card_solves_it_without_a_change_of_the_rota(card):
    """With the rule and the call-backs that would be two moves."""
    first = {"box": BOX, "discipline": "sunset", "callbacks": True, "cards": [card]}
    (_, _, paid, _), (lost, _, wages, moves) = rows(
        simulate(DESK, lambda seen: {} if seen.step else first, SEED)
    )
    assert moves == 2
    assert lost > 20 or wages > paid


def test_neither_the_rule_nor_the_call_backs_alone_solve_it():
    for alone in ({"discipline": "sunset"}, {"callbacks": True}):
        first = {"box": BOX} | alone
        run = simulate(DESK, lambda seen, first=first: {} if seen.step else first, SEED)
        _, (lost, before, _, moves) = rows(run)
        assert moves == 1
        assert lost > 20 or before < 90


# -- lesson 20: a customer with little patience ------------------------------------------------

HURRIED = load("buick-complaint").change(persona="zhou-min")
GUIDE = ["hear-out", "own-apology", "say-why", "two-ways", "five-stars"]


def talks():
    """Every talk with her, with its moves and whether it reaches the goal."""
    usual = {place.id: place.baseline for place in HURRIED.touchpoints}
    begun, ended = [()], []
    while begun:
        acts = begun.pop()
        world = Encounter(HURRIED, 20)
        for act in acts:
            world.step(act)
        seen = world.observe()
        if not world.done:
            begun += [(*acts, offer.id) for offer in seen.on_offer]
            continue
        moves = sum(step.choice != usual[step.touchpoint] for step in seen.journey)
        stay = round(100 * seen.recovery["stays"])
        ended.append((moves, stay >= 50 and seen.cost <= 320 and seen.minutes <= 20, acts))
    return ended


def test_the_talk_of_the_guide_reaches_the_goal_in_four_moves():
    table = recovery_table(simulate(HURRIED, replay(GUIDE), seed=20))
    stay, cost, minutes, moves = table["your talk"]
    assert stay >= 50 > table["the ordinary way"].iloc[0]
    assert (cost <= 320, minutes <= 20, moves) == (True, True, 4)


def test_few_talks_reach_the_goal_and_none_with_fewer_moves():
    every = talks()
    reached = [moves for moves, good, _ in every if good]
    assert (len(every), len(reached)) == (580, 8)
    assert set(reached) == {4, 5}
