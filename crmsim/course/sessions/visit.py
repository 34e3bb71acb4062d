"""A played session as a pure state machine: acts go in, what is to be shown follows.

A session is its list of acts. Saving it is saving the acts; resuming it is doing them again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat

from crmsim.common.words import language
from crmsim.model.encounter import Encounter
from crmsim.model.visit import View
from crmsim.runs.run import BASELINE, Run, replay, simulate, what_if
from crmsim.scenario import load
from crmsim.scenario.encounter import EncounterScenario, Touchpoint

Act = tuple[str, str]

TALK = ("recommends", "quiet", "complains", "warns")
SALE = ("buys", "leaves")
PROFIT = ("much-lower", "lower", "same", "higher", "much-higher")
OPTIONS = {"sale": SALE, "talk": TALK, "profit": PROFIT, "rewind": PROFIT, "felt": PROFIT}
"""What can be bet on, and the answers, from good to bad or from less to more."""

REWINDS = ("bet-rewind", "bet-felt")
"""The bet on a second try: on the firm's profit, or where there is no firm on satisfaction."""

HOPES = ("higher", "same", "lower")
"""What a visit played again is expected to do to her satisfaction, against the last one."""

SCOPES = ("floor", "one")


@dataclass
class Session:
    """One student's way through one case: both chairs, the bets, the loop, the second try.

    Parameters
    ----------
    case, seed
        The scenario and its luck.
    lang
        The language to begin in.
    persona
        Whom to meet; None: drawn by the seed.

    Examples
    --------
    >>> session = Session("buick", seed=1)
    >>> session.do("seat", "seller")
    True
    >>> session.phase
    'visit'
    """

    case: str
    seed: int = 0
    lang: str = "en"
    persona: str | None = None
    acts: list[Act] = field(default_factory=list)
    phase: str = "opening"
    seat: str = "buyer"
    actions: dict[str, list[str]] = field(default_factory=lambda: {"buyer": [], "seller": []})
    bets: dict[str, str] = field(default_factory=dict)
    pending: str | None = None
    step: int | None = None
    scope: str = "floor"
    levers: dict[str, float] = field(default_factory=dict)
    hope: tuple[str, float] | None = None

    def __post_init__(self) -> None:
        self.lang = language(self.lang)
        self._scenarios: dict[tuple[str, str], EncounterScenario] = {}
        self._visits: dict[tuple[str, tuple[str, ...]], Run] = {}
        self._usual: dict[str, Run] = {}

    # -- what there is to see ---------------------------------------------------------------

    def scenario(self, seat: str | None = None) -> EncounterScenario:
        """The case as it is told from a chair, in the present language."""
        key = (seat or self.seat, self.lang)
        if key not in self._scenarios:
            case = load(self.case, self.lang)
            assert isinstance(case, EncounterScenario)
            wanted = {"seat": key[0], "persona": self.persona or case.persona}
            changes = {name: v for name, v in wanted.items() if getattr(case, name) != v}
            self._scenarios[key] = case.change(**changes) if changes else case
        return self._scenarios[key]

    def world(self, seat: str | None = None) -> Encounter:
        """The visit as far as it has been played from a chair."""
        seat = seat or self.seat
        visit = Encounter(self.scenario(seat), self.seed)
        for action in self.actions[seat]:
            visit.step(action)
        return visit

    def view(self, seat: str | None = None) -> View:
        """What can be seen now from a chair."""
        return self.world(seat).observe()

    @property
    def before(self) -> Mapping[str, float]:
        """What was perceived, by dimension, before the last thing that happened."""
        visit = Encounter(self.scenario(), self.seed)
        if not self.actions[self.seat]:
            return visit.observe().expected
        for action in self.actions[self.seat][:-1]:
            visit.step(action)
        return visit.observe().perceived

    @property
    def run(self) -> Run:
        """The seller's visit; what has not been played is done in the house's ordinary way."""
        ahead = chain(self.actions["seller"], repeat(BASELINE))
        return simulate(self.scenario("seller"), lambda _: next(ahead), self.seed)

    @property
    def second(self) -> Run:
        """The second try: the same visit with one answer changed."""
        if self.step is None or self.pending is None:
            raise ValueError("there is no second try yet")
        return what_if(self.visit, self.step, self.pending)

    @property
    def visit(self) -> Run:
        """The seller's visit as it was played to its end."""
        key = (self.lang, tuple(self.actions["seller"]))
        if key not in self._visits:
            again = simulate(self.scenario("seller"), replay(key[1]), self.seed)
            self._visits = {key: again}
        return self._visits[key]

    @property
    def usual(self) -> Run:
        """The same customer's visit as the house would ordinarily have served it."""
        if self.lang not in self._usual:
            self._usual[self.lang] = simulate(self.scenario("seller"), seed=self.seed)
        return self._usual[self.lang]

    def touchpoint(self, place: str | None) -> Touchpoint | None:
        """The touchpoint of that id in the present case."""
        return self.scenario().touchpoint(place) if place else None

    @property
    def outcomes(self) -> dict[str, str]:
        """What came of what was bet on in the seller's visit, as far as it is known."""
        decision: Mapping[str, bool] = self.view("seller").decision
        known = {}
        if "buys" in decision:
            known["sale"] = "buys" if decision["buys"] else "leaves"
        if "recommends" in decision:
            known["talk"] = next((key for key in TALK if decision.get(key)), "quiet")
        return known

    # -- what can be done -------------------------------------------------------------------

    def do(self, act: str, value: str) -> bool:
        """Do one act; False, and nothing changed, where it does not fit the moment."""
        fits = _ACTS.get(act)
        if fits is None or not fits(self, value):
            return False
        moved_on = act == "lever" and self.acts and self.acts[-1][0] == "lever"
        if moved_on and self.acts[-1][1].split("=")[0] == value.split("=")[0]:
            self.acts.pop()
        self.acts.append((act, value))
        return True

    def fresh(self) -> Session:
        """The same case with the same luck, from the beginning."""
        return Session(self.case, self.seed, self.lang, self.persona)

    def _hope(self, value: str) -> bool:
        """Say, before it is played again, what will become of her satisfaction, and what it was."""
        hope, _, before = value.partition("=")
        if self.phase != "opening" or hope not in HOPES:
            return False
        try:
            self.hope = hope, min(max(float(before), 1.0), 5.0)
        except ValueError:
            return False
        return True

    def _language(self, value: str) -> bool:
        self.lang = language(value)
        return True

    def _seat(self, value: str) -> bool:
        if self.phase not in ("opening", "felt") or value not in ("buyer", "seller"):
            return False
        if self.phase == "felt" and value == "buyer":
            return False
        self.seat, self.phase = value, "visit"
        return True

    def _choose(self, value: str) -> bool:
        if self.phase == "rewind":
            return self._choose_other(value)
        if self.phase != "visit" or value not in {offer.id for offer in self.view().on_offer}:
            return False
        place = self.touchpoint(self.view().touchpoint)
        if self.seat == "seller" and place and place.gate and "sale" not in self.bets:
            self.pending, self.phase = value, "bet-sale"
        else:
            self._step(value)
        return True

    def _step(self, action: str) -> None:
        self.actions[self.seat].append(action)
        over = self.world().done
        self.phase = "visit" if not over else "felt" if self.seat == "buyer" else "bet-talk"

    def _choose_other(self, value: str) -> bool:
        if self.step is None or value == self.actions["seller"][self.step]:
            return False
        place = self.touchpoint(self.visit.view.journey[self.step].touchpoint)
        if place is None or value not in {choice.id for choice in place.choices}:
            return False
        self.pending = value
        self.bets.pop("rewind", None)
        self.bets.pop("felt", None)
        self.phase = "bet-rewind" if self.scenario().then else "bet-felt"
        return True

    def _bet(self, value: str) -> bool:
        topic = self.phase.removeprefix("bet-")
        if self.phase == topic or value not in OPTIONS[topic]:
            return False
        self.bets[topic] = value
        if topic == "sale":
            action, self.pending = self.pending, None
            self._step(str(action))
        else:
            self.phase = _AFTER_BET[topic]
        return True

    def _continue(self, value: str) -> bool:
        after = {
            "verdict": "loop" if "profit" in self.bets else "bet-profit",
            "rewind": self._home,
            "bet-rewind": "rewind",
            "bet-felt": "rewind",
            "tries": "verdict",
            "compare": "loop" if "profit" in self.bets else "verdict",
            "loop": "verdict",
        }
        if self.phase not in after or (
            after[self.phase] == "bet-profit" and not self.scenario().then
        ):
            return False
        self.phase = after[self.phase]
        return True

    @property
    def _home(self) -> str:
        return "loop" if "profit" in self.bets else "verdict"

    def _rewind(self, value: str) -> bool:
        step = int(value) if value.isdigit() else -1
        if not 0 <= step < len(self.actions[self.seat]):
            return False
        if self.phase in ("visit", "felt", "bet-sale", "bet-talk"):
            self._take_back(step)
        elif self.phase in ("verdict", "loop", "compare", "tries", "rewind", *REWINDS):
            self.step, self.phase = step, "rewind"
        else:
            return False
        return True

    def _take_back(self, step: int) -> None:
        """Return to a moment of the visit still going on; a bet on what then never came is off."""
        self.actions[self.seat] = self.actions[self.seat][:step]
        self.pending, self.phase = None, "visit"
        if self.seat == "seller" and "buys" not in self.view().decision:
            self.bets.pop("sale", None)

    def _scope(self, value: str) -> bool:
        if self.phase not in ("loop", "compare") or value not in SCOPES:
            return False
        self.scope = value
        return True

    def _lever(self, value: str) -> bool:
        name, _, number = value.partition("=")
        try:
            level = float(number)
        except ValueError:
            return False
        if self.phase != "loop" or not name:
            return False
        self.levers[name] = level
        return True


_AFTER_BET = {"talk": "verdict", "profit": "loop", "rewind": "compare", "felt": "tries"}

_ACTS: dict[str, Callable[[Session, str], bool]] = {
    "hope": Session._hope,
    "language": Session._language,
    "seat": Session._seat,
    "choose": Session._choose,
    "reply": Session._choose,
    "bet": Session._bet,
    "continue": Session._continue,
    "rewind": Session._rewind,
    "scope": Session._scope,
    "lever": Session._lever,
}
