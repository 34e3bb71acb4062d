"""A search for the best way to play a market, which shows whether a wrong deed is rewarded.

A play sets every lever to one value for good, or to two values in turn, puts policy cards in force
and answers the cards of the case. Levers are searched by CMA-ES (Hansen 2016, arXiv:1604.00772),
cards one after another. Each play of a search meets the same luck; its worth is then measured on
other luck. ``python -m benchmarks.best_player buick-market`` prints what was found, in the form of
``data/reference/best-player.toml``.
"""

from __future__ import annotations

import json
import os
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.model_digest import model_digest
from crmsim import load
from crmsim.common.calendar import WEEKS_YEAR
from crmsim.common.words import data_path
from crmsim.model.market.market import Market
from crmsim.model.market.outcome import OutcomeValue, value
from crmsim.runs.compare import references
from crmsim.scenario.market import Lever, MarketScenario
from crmsim.scenario.policy_cards import policy_cards

PERIODS = (1, 2, 4)
"""Quarters for which the first value of a lever holds, before it is the turn of the second."""
POPULATION, ROUNDS = 10, 24
STEPS = (0.15, 0.07)
"""Steps by which a lever is moved, as shares of its range."""
WORTH_NOTHING = 0.02
"""The share of a year's gross margin below which a gain counts as none."""
FRESH = 500
"""The first seed of a search; the worth of what it finds is measured on those from 0."""


@dataclass(frozen=True)
class Play:
    """A way to play a market.

    Attributes
    ----------
    levers
        By name, the values that come in turn, one or two.
    period
        Quarters for which each value holds.
    cards
        Policy cards in force from the first quarter.
    answers
        Options taken of the cards of the case, by card.
    """

    levers: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    period: int = 1
    cards: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)

    def __call__(self, seen: Any) -> dict[str, Any]:
        """Return the action of a quarter."""
        turn = seen.quarter // self.period
        action: dict[str, Any] = {
            lever.id: values[turn % len(values)]
            for lever in seen.on_offer
            if (values := self.levers.get(lever.id))
        }
        action |= {card: True for card in self.cards if seen.quarter == 0}
        due = {card.id for card in seen.cards}
        return action | {card: option for card, option in self.answers.items() if card in due}


def worth(case: MarketScenario, policy: Any, seed: int) -> OutcomeValue:
    """Return the value of the firm (currency) under a policy, as ``Run.value`` tells it."""
    market = Market(case, seed)
    while not market.done:
        market.step(policy(market.observe()))
    weeks = market.week
    market.carry_on()
    return value(market.series, weeks, case.numbers)


def worths(case: MarketScenario, policy: Any, seeds: Iterable[int]) -> NDArray[np.float64]:
    """Return the whole value of the firm (currency) for each seed."""
    return np.array([worth(case, policy, seed).total for seed in seeds])


def margin_of_a_year(case: MarketScenario) -> float:
    """Return the gross margin (currency) of the first year, led as usual."""
    market = Market(case, seed=0)
    return sum(market.gross(market.pass_week()) for _ in range(WEEKS_YEAR))


def no_gain(case: MarketScenario, gains: NDArray[np.float64]) -> bool:
    """Return True if gains, by seed, are no more than luck and 2 % of a year's gross margin (F42).

    Two standard errors count as luck.
    """
    error = gains.std(ddof=1) / len(gains) ** 0.5
    return bool(gains.mean() - 2 * error < WORTH_NOTHING * margin_of_a_year(case))


def on_a_step(lever: Lever, share: float) -> float:
    """Return the value that lies this share (0 to 1) up the range of a lever, as it can be set."""
    steps = round((lever.high - lever.low) / lever.step)
    place = round(min(max(share, 0.0), 1.0) * steps)
    return round(float(min(lever.low + lever.step * place, lever.high)), 6)


class Search:
    """A search for the best play of one market.

    Parameters
    ----------
    case, seeds
        The market, and the luck that every play meets.
    rounds
        Rounds of ten plays in which levers are searched.
    tell
        Called with how far the search has come.
    """

    def __init__(
        self,
        case: MarketScenario,
        seeds: Sequence[int],
        rounds: int = ROUNDS,
        tell: Callable[..., None] = lambda *said: None,
    ) -> None:
        self.case, self.seeds, self.rounds = case, seeds, rounds
        self.levers = [lever for lever in case.levers if lever.id != "adoption"]
        self._tell = tell

    def best(self) -> Play:
        """Return the best play found; without rounds, by steps from the best reference policy."""
        play = self._reference()
        if self.rounds:
            play = self._answers(self._cards(self._levers(play, 1, self.rounds)))
            play = self._levers(play, 1, self.rounds // 2)
            turns = [
                self._levers(replace(play, period=each), 2, self.rounds // 3) for each in PERIODS
            ]
            play = max([play, *turns], key=self._worth)
        return self._steps(play)

    def _steps(self, play: Play) -> Play:
        """Move one lever after another, each as far as that adds to the worth."""
        most = self._worth(play)
        for share in STEPS:
            for lever, sign in product(self.levers, (1, -1)):
                step = sign * max(share, lever.step / (lever.high - lever.low))
                while True:
                    values = play.levers.get(lever.id, (lever.start,))
                    moved = tuple(
                        on_a_step(lever, (value - lever.low) / (lever.high - lever.low) + step)
                        for value in values
                    )
                    other = replace(play, levers={**play.levers, lever.id: moved})
                    if moved == values or (found := self._worth(other)) <= most:
                        break
                    play, most = other, found
                    self._tell(lever.id, moved, most)
        return play

    def _reference(self) -> Play:
        """Return the reference policy, as a play, that is worth most."""
        ways = [
            Play({name: (float(level),) for name, level in policy.levers.items()})
            for policy in self.case.policies
        ]
        return max([Play(), *ways], key=self._worth)

    def _worth(self, play: Play) -> float:
        return float(worths(self.case, play, self.seeds).mean())

    def _levers(self, play: Play, turns: int, rounds: int) -> Play:
        """Return the play with better levers, so many values in turn, if some are found."""
        import cma

        def levers(shares: NDArray[np.float64]) -> dict[str, tuple[float, ...]]:
            rows = shares.reshape(turns, -1).T
            return {
                lever.id: tuple(on_a_step(lever, share) for share in row)
                for lever, row in zip(self.levers, rows, strict=True)
            }

        start = [
            (play.levers.get(lever.id, (lever.start,))[0] - lever.low) / (lever.high - lever.low)
            for lever in self.levers
        ]
        best, most = play, self._worth(play)
        unit = max(abs(most), 1.0)
        options = {"seed": 1, "verbose": -9, "popsize": POPULATION, "bounds": [0, 1]}
        strategy = cma.CMAEvolutionStrategy(start * turns, 0.25, options)
        for each in range(rounds):
            asked = strategy.ask()
            plays = [replace(play, levers=levers(shares)) for shares in asked]
            found = [self._worth(one) for one in plays]
            strategy.tell(asked, [-one / unit for one in found])
            if max(found) > most:
                best, most = plays[int(np.argmax(found))], max(found)
            self._tell(turns, play.period, each, most)
        return best

    def _cards(self, play: Play) -> Play:
        """Put policy cards in force as long as one of them adds to the worth."""
        base = self._worth(play)
        gains = {
            card: self._worth(replace(play, cards=(*play.cards, card))) - base
            for card in policy_cards()
        }
        for card in sorted(gains, key=gains.__getitem__, reverse=True):
            more = replace(play, cards=(*play.cards, card))
            if gains[card] > 0 and (found := self._worth(more)) > base:
                play, base = more, found
                self._tell("card", card, base)
        for card in play.cards:
            less = replace(play, cards=tuple(each for each in play.cards if each != card))
            if (found := self._worth(less)) > base:
                play, base = less, found
        return play

    def _answers(self, play: Play) -> Play:
        """Take the option of each card of the case that adds most."""
        for card in self.case.cards:
            ways = [
                replace(play, answers={**play.answers, card.id: option.id})
                for option in card.options
            ]
            play = max(ways, key=self._worth)
            self._tell("answer", card.id, play.answers[card.id])
        return play


def as_toml(name: str, play: Play, seeds: Sequence[int]) -> str:
    """Return a play and what it is worth, as a part of the stored table.

    Worth is the mean value of the firm over these seeds (currency), ``gain`` that beyond the usual
    play, ``error`` its standard error.
    """
    case = load(name)
    ways: dict[str, Any] = {"usual": Play(), "balanced": references(case)["balanced"], "best": play}
    found = {way: worths(case, policy, seeds) for way, policy in ways.items()}
    gains = found["best"] - found["usual"]
    levers = (f"{name} = {list(values)}" for name, values in play.levers.items())
    return "\n".join(
        (
            f"[{name}]",
            f'model = "{model_digest(name)}"',
            f"seeds = [{seeds[0]}, {seeds[-1]}]",
            *(f"{way} = {each.mean():.0f}" for way, each in found.items()),
            f"gain = {gains.mean():.0f}",
            f"error = {gains.std(ddof=1) / len(seeds) ** 0.5:.0f}",
            f"period = {play.period}",
            f"cards = {json.dumps(list(play.cards))}",
            f"[{name}.levers]",
            *levers,
            f"[{name}.answers]",
            *(f'{card} = "{option}"' for card, option in play.answers.items()),
            "",
        )
    )


def stored(name: str) -> tuple[Play, dict[str, Any]]:
    """Return the stored best play of a market, and what was found with it."""
    path = data_path("reference", "best-player.toml")
    found = tomllib.loads(path.read_text("utf-8"))[name]
    levers = {lever: tuple(values) for lever, values in found["levers"].items()}
    return Play(levers, found["period"], tuple(found["cards"]), found["answers"]), found


def main() -> None:
    """Search a market, and print what was found and what it is worth on other luck."""
    os.environ.setdefault("CRMSIM_ENGINE", "numba")
    name, seeds, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])

    def tell(*said: object) -> None:
        print(*said, file=sys.stderr, flush=True)

    play = Search(load(name), range(FRESH, FRESH + seeds), rounds, tell).best()
    print(as_toml(name, play, range(40)))


if __name__ == "__main__":
    main()
