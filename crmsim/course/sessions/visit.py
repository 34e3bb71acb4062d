"""A visit played from both chairs, with its bets, the firm after it, and a second try."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat
from math import isfinite

from crmsim.course.sessions.session import Session, during, fits, number_in_act
from crmsim.model.encounter import Encounter
from crmsim.model.visit import View
from crmsim.runs.run import BASELINE, Run, replay, simulate, what_if
from crmsim.scenario.encounter import EncounterScenario, Touchpoint

TALK = ("recommends", "quiet", "complains", "warns")
SALE = ("buys", "leaves")
PROFIT = ("much-lower", "lower", "same", "higher", "much-higher")
OPTIONS = {"sale": SALE, "talk": TALK, "profit": PROFIT, "rewind": PROFIT, "felt": PROFIT}
"""The topics of the bets with their answers, from good to bad or from less to more."""

REWINDS = ("bet-rewind", "bet-felt")
"""The bet on a second try: on the firm's profit, or where there is no firm on satisfaction."""

HOPES = ("higher", "same", "lower")
"""Hypotheses for a visit played again: her satisfaction against the last visit."""

SCOPES = ("floor", "one", "another")
"""Reach of an answer: everyone gives it, or it is given once, to her or to somebody else."""

PLAYED = ("visit", "felt", "bet-sale", "bet-talk")
"""Phases in which the visit still goes on; going back takes answers back."""

AFTER_BET = {"talk": "verdict", "profit": "loop", "rewind": "compare", "felt": "tries"}

MOST_WORLDS = 16


@dataclass
class VisitSession(Session):
    """A student's way through one visit: both chairs, the bets, the loop, the second try.

    Parameters
    ----------
    case, seed, lang
        As in `Session`.
    persona
        The id of the customer; None: drawn by the seed.

    Examples
    --------
    >>> session = VisitSession("buick", seed=1)
    >>> session.do("seat", "seller")
    True
    >>> session.phase
    'visit'
    """

    persona: str | None = None
    seat: str = "buyer"
    actions: dict[str, list[str]] = field(default_factory=lambda: {"buyer": [], "seller": []})
    bets: dict[str, str] = field(default_factory=dict)
    pending: str | None = None
    step: int | None = None
    scope: str = "floor"
    levers: dict[str, float] = field(default_factory=dict)
    hope: tuple[str, float] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        self._scenarios: dict[tuple[str, str], EncounterScenario] = {}
        self._worlds: dict[tuple[str, str, tuple[str, ...]], Encounter] = {}
        self._visits: dict[tuple[str, tuple[str, ...]], Run] = {}
        self._usual: dict[str, Run] = {}

    def fresh(self) -> VisitSession:
        """Return a session of the same case with the same luck, at its beginning."""
        return VisitSession(self.case, self.seed, self.lang, self.persona)

    # -- what there is to see ---------------------------------------------------------------

    def scenario(self, seat: str | None = None) -> EncounterScenario:
        """Return the case as it is told from a chair, in the present language."""
        key = (seat or self.seat, self.lang)
        if key not in self._scenarios:
            case = super().scenario()
            assert isinstance(case, EncounterScenario)
            wanted = {"seat": key[0], "persona": self.persona or case.persona}
            changes = {name: v for name, v in wanted.items() if getattr(case, name) != v}
            self._scenarios[key] = case.change(**changes) if changes else case
        return self._scenarios[key]

    def world(self, seat: str | None = None) -> Encounter:
        """Return the visit as far as it has been played from a chair; not to be stepped.

        Parameters
        ----------
        seat
            ``"seller"`` or ``"buyer"``; None: the chair in which the player sits now.
        """
        seat = seat or self.seat
        return self._played(seat, tuple(self.actions[seat]))

    def _played(self, seat: str, actions: tuple[str, ...]) -> Encounter:
        """Return the visit after some actions; the last ones are remembered."""
        key = (seat, self.lang, actions)
        if key not in self._worlds:
            visit = Encounter(self.scenario(seat), self.seed)
            for action in actions:
                visit.step(action)
            if len(self._worlds) >= MOST_WORLDS:
                self._worlds.clear()
            self._worlds[key] = visit
        return self._worlds[key]

    def view(self, seat: str | None = None) -> View:
        """Return what can be seen now from a chair.

        Parameters
        ----------
        seat
            ``"seller"`` or ``"buyer"``; None: the chair in which the player sits now.
        """
        return self.world(seat).observe()

    @property
    def before(self) -> View:
        """The visit as it was seen before the last thing that happened."""
        actions = tuple(self.actions[self.seat])
        if not actions:
            return self._played("seller", ()).observe()
        return self._played(self.seat, actions[:-1]).observe()

    @property
    def done(self) -> bool:
        """True if the visit was played to its end from the chair that counts."""
        return self.world(self.scenario().chair).done

    @property
    def run(self) -> Run:
        """The visit from the chair that counts; moments not played go the ordinary way."""
        chair = self.scenario().chair
        answers = chain(self.actions[chair], repeat(BASELINE))
        return simulate(self.scenario(chair), lambda _: next(answers), self.seed)

    @property
    def second(self) -> Run:
        """The second try: the same visit with one answer changed."""
        if self.step is None or self.pending is None:
            raise ValueError("there is no second try yet: first change one answer")
        return what_if(self.visit, self.step, self.pending)

    @property
    def visit(self) -> Run:
        """The seller's visit as it was played to its end."""
        key = (self.lang, tuple(self.actions["seller"]))
        if key not in self._visits:
            self._visits = {key: simulate(self.scenario("seller"), replay(key[1]), self.seed)}
        return self._visits[key]

    @property
    def usual(self) -> Run:
        """The same customer's visit as the firm would ordinarily have served it."""
        if self.lang not in self._usual:
            self._usual[self.lang] = simulate(self.scenario("seller"), seed=self.seed)
        return self._usual[self.lang]

    def touchpoint(self, place: str | None) -> Touchpoint | None:
        """Return the touchpoint of that id in the present case.

        Parameters
        ----------
        place
            The id of a touchpoint, or None.

        Returns
        -------
        Touchpoint or None
            None if there is none of that id.
        """
        return self.scenario().touchpoint(place) if place else None

    @property
    def outcomes(self) -> dict[str, str]:
        """The outcome of each bet on the seller's visit, as far as it is known."""
        decision: Mapping[str, bool] = self.view("seller").decision
        known = {}
        if "buys" in decision:
            known["sale"] = "buys" if decision["buys"] else "leaves"
        if "recommends" in decision:
            known["talk"] = next((key for key in TALK if decision.get(key)), "quiet")
        return known

    # -- acts -------------------------------------------------------------------------------

    @during("opening")
    def do_hope(self, hope: str, before: str) -> None:
        """State the hypothesis of a visit played again, with her last satisfaction (1–5)."""
        fits(hope in HOPES)
        self.hope = hope, min(max(number_in_act(before), 1.0), 5.0)

    @during("opening", "felt")
    def do_seat(self, _: str, seat: str) -> None:
        """Sit down in a chair."""
        chairs = ("buyer",) if self.scenario().mystery else ("buyer", "seller")
        fits(seat in chairs, self.phase == "opening" or seat == "seller")
        self.seat, self.phase = seat, "visit"

    @during("visit", "rewind")
    def do_choose(self, name: str, choice: str) -> None:
        """Choose an answer: the next one, or in the second try another one."""
        if self.phase == "rewind":
            self._choose_other(choice)
            return
        view = self.view()
        fits(choice in {offer.id for offer in view.on_offer})
        place = self.touchpoint(view.touchpoint)
        if self.seat == "seller" and place and place.gate and "sale" not in self.bets:
            self.pending, self.phase = choice, "bet-sale"
        else:
            self._step(choice)

    do_reply = do_choose

    def _step(self, action: str) -> None:
        self.actions[self.seat].append(action)
        over = self.world().done
        self.phase = "visit" if not over else "felt" if self.seat == "buyer" else "bet-talk"

    def _choose_other(self, choice: str) -> None:
        fits(self.step is not None)
        place = self.touchpoint(self.visit.view.journey[self.step].touchpoint)
        fits(place and choice in {each.id for each in place.choices})
        fits(choice != self.actions["seller"][self.step])
        self.pending = choice
        self.bets.pop("rewind", None)
        self.bets.pop("felt", None)
        self.phase = "bet-rewind" if self.scenario().then else "bet-felt"

    @during(*(f"bet-{topic}" for topic in OPTIONS))
    def do_bet(self, _: str, answer: str) -> None:
        """Bet on the topic of the present screen."""
        topic = self.phase.removeprefix("bet-")
        fits(answer in OPTIONS[topic])
        self.bets[topic] = answer
        if topic == "sale":
            action, self.pending = self.pending, None
            self._step(str(action))
        else:
            self.phase = AFTER_BET[topic]

    def do_continue(self, *_: str) -> None:
        """Go on to the next screen, or back to the one from which a second try began."""
        home = "loop" if "profit" in self.bets else "verdict"
        after = {
            "verdict": home if home == "loop" else "bet-profit",
            "rewind": home,
            "bet-rewind": "rewind",
            "bet-felt": "rewind",
            "tries": "verdict",
            "compare": home,
            "loop": "verdict",
        }
        phase = after.get(self.phase)
        fits(phase, phase != "bet-profit" or self.scenario().then)
        self.phase = str(phase)

    def do_rewind(self, _: str, place: str) -> None:
        """Go back to a moment: take answers back, or after the end change one answer."""
        step = int(place) if place.isdecimal() else -1
        fits(0 <= step < len(self.actions[self.seat]))
        if self.phase in PLAYED:
            self._take_back(step)
        else:
            fits(self.phase in ("verdict", "loop", "compare", "tries", "rewind", *REWINDS))
            self.step, self.phase = step, "rewind"

    def _take_back(self, step: int) -> None:
        """Return to a moment of the visit; a bet whose outcome is open again is taken back."""
        self.actions[self.seat] = self.actions[self.seat][:step]
        self.pending, self.phase = None, "visit"
        if self.seat == "seller" and "buys" not in self.view().decision:
            self.bets.pop("sale", None)

    @during("loop", "compare")
    def do_scope(self, _: str, scope: str) -> None:
        """Show the whole floor, or one answer only, or the same answer to another customer."""
        fits(scope in SCOPES)
        self.scope = scope

    @during("loop")
    def do_lever(self, name: str, level: str) -> None:
        """Move a lever of the firm."""
        value = number_in_act(level)
        fits(name, isfinite(value))
        self.levers[name] = value
