"""The Encounter: the schema of a visit's scenario."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal, get_args

from msgspec import Meta, field

from crmsim.scenario.parts import (
    BY_DIMENSION,
    Dimension,
    FiveDimensions,
    Id,
    LeadsToMarket,
    Part,
    ShareOfOne,
    Text,
    Weights,
)
from crmsim.scenario.paths import mistakes
from crmsim.scenario.wiring import Raw

ComplaintMethod = Literal[
    "vent", "listen", "apologise", "acknowledge", "ask", "record", "solve", "close"
]
METHODS: tuple[ComplaintMethod, ...] = get_args(ComplaintMethod)
"""Methods of handling a complaint, in their order (C-16)."""

Principle = Literal[
    "role", "facts", "receiver", "involve", "opinions", "action", "agreement", "equality",
    "credit",
]  # fmt: skip
PRINCIPLES: tuple[Principle, ...] = get_args(Principle)
"""Principles of communication with customers (C-12)."""

QualityShift = Annotated[float, Meta(ge=-0.5, le=0.5)]
QualityShifts = Annotated[dict[Dimension, QualityShift], BY_DIMENSION]


class Deal(Part):
    """The worth of a sale."""

    price: Annotated[float, Meta(ge=0, le=1e9)]
    margin: Annotated[float, Meta(ge=0, le=1e9)]


Lost = Annotated[float, Meta(gt=0, le=1)]


class QualityLost(Part):
    """The quality that a failure took, by dimension.

    Each kind of justice needs something to give back: the result (reliability), the procedure
    (responsiveness) and the treatment (empathy, assurance).
    """

    reliability: Lost
    responsiveness: Lost
    empathy: Lost
    assurance: ShareOfOne = 0.0
    tangibles: ShareOfOne = 0.0


class ServiceFailure(Part):
    """A failure that lies behind a customer when she comes to complain.

    ``severity`` (0–1) says how little of it can be mended, ``anger`` (0–1) how angry she comes, and
    ``days`` how long ago it was.
    """

    severity: ShareOfOne
    anger: ShareOfOne
    lost: QualityLost
    days: Annotated[float, Meta(ge=0, le=3650)] = 0


QualityTaken = Annotated[dict[Dimension, ShareOfOne], BY_DIMENSION]


class ServiceGaps(Part):
    """The gaps of a firm by dimension, on the scale of quality (Parasuraman et al. 1985).

    ``listening``, ``standards`` and ``performance`` (gaps 1 to 3) lower what every act delivers,
    ``promise`` (gap 4) raises what customers expect. Together they are what customers miss (gap 5).
    """

    listening: QualityTaken = field(default_factory=dict)
    standards: QualityTaken = field(default_factory=dict)
    performance: QualityTaken = field(default_factory=dict)
    promise: QualityTaken = field(default_factory=dict)


class Persona(Part, kw_only=True):
    """A customer that one can meet; with a ``failure`` she comes to complain."""

    id: Id
    name: Text
    about: Text
    look: Literal["bob", "short", "bun", "cap", "grey", "glasses"]
    patience_min: Annotated[float, Meta(gt=0, le=10_000)]
    expectation: FiveDimensions
    weights: Weights
    failure: ServiceFailure | None = None


class Choice(Part, kw_only=True):
    """Something the salesperson can do at a touchpoint.

    Where complaints are handled, ``methods`` names the methods that it uses, ``keeps`` and
    ``breaks`` principles of communication, and ``days`` the time that passes with it.
    """

    id: Id
    does: Text
    reply: Text
    reply_by: dict[Id, Text] = field(default_factory=dict)
    why: Text
    moves: Annotated[dict[Dimension, ShareOfOne], BY_DIMENSION, Meta(min_length=1)]
    level: Literal["basic", "expressed", "unexpected"]
    side: Literal["procedural", "personal"]
    speech: Literal["courtesy", "service", "none"] = "none"
    minutes: Annotated[float, Meta(ge=0, le=10_000)]
    cost: Annotated[float, Meta(ge=0, le=1e9)] = 0
    if_sold: bool = False
    for_personas: dict[Id, QualityShifts] = field(default_factory=dict)
    forewarns: Annotated[dict[Dimension, ShareOfOne], BY_DIMENSION] = field(default_factory=dict)
    methods: tuple[ComplaintMethod, ...] = ()
    keeps: tuple[Principle, ...] = ()
    breaks: tuple[Principle, ...] = ()
    days: Annotated[float, Meta(ge=0, le=3650)] = 0
    next: Id | None = None


class Reply(Part, kw_only=True):
    """Something the buyer can answer at a touchpoint."""

    id: Id
    says: Text
    answer: Text
    shifts: QualityShifts = field(default_factory=dict)
    minutes: Annotated[float, Meta(ge=0, le=10_000)] = 0
    voice: Literal["silent", "asks", "complains", "buys", "leaves"]
    next: Id | None = None


class Gate(Part):
    """The next places of a visit once the customer has decided."""

    bought: Id
    left: Id


class Touchpoint(Part, kw_only=True):
    """A moment of contact: a scene, what the salesperson can do, what the buyer can answer."""

    id: Id
    stage: Literal["pre", "in", "after"]
    title: Text
    scene: Text
    says: Text
    says_by: dict[Id, Text] = field(default_factory=dict)
    baseline: Id
    choices: Annotated[tuple[Choice, ...], Meta(min_length=1, max_length=9)]
    replies: Annotated[tuple[Reply, ...], Meta(min_length=1, max_length=9)]
    gate: Gate | None = None

    def choice(self, choice_id: str) -> Choice:
        """Return the choice of that id."""
        return next(choice for choice in self.choices if choice.id == choice_id)

    def reply(self, reply_id: str) -> Reply:
        """Return the buyer's reply of that id."""
        return next(reply for reply in self.replies if reply.id == reply_id)


class Ending(Part, kw_only=True):
    """An end of a visit."""

    id: Id
    bought: bool = False
    title: Text
    text: Text


class Weighing(Part):
    """A rule that weighs choices: felt quality against money and time.

    ``cost`` and ``minutes`` are the felt quality (weighted, 0–1) that a unit of currency and a
    minute have to bring.
    """

    pleases: Annotated[float, Meta(ge=0, le=1000)] = 1
    cost: Annotated[float, Meta(ge=0, le=1000)] = 0
    minutes: Annotated[float, Meta(ge=0, le=1000)] = 0


class Way(Part):
    """A way of serving to compare with.

    ``choices`` names what is done at a touchpoint. At other touchpoints ``weighs`` decides for each
    customer; without ``weighs``, the firm's ordinary way is taken.
    """

    id: Id
    title: Text
    about: Text
    choices: Annotated[dict[Id, Id], Meta(max_length=100)] = field(default_factory=dict)
    weighs: Weighing | None = None


class EncounterScenario(LeadsToMarket, kw_only=True):
    """A visit: touchpoints walked one at a time, from either chair.

    If nothing is sold, there is no ``deal`` and no gate. ``words`` replace words of the play that
    do not fit the case, such as those about a sale. A ``mystery`` shopper plays the customer only,
    and is not shown what she feels: a score sheet asks it afterwards.
    """

    world: Literal["encounter"]
    deal: Deal | None = None
    words: Annotated[dict[str, Text], Meta(max_length=60)] = field(default_factory=dict)
    gaps: ServiceGaps = ServiceGaps()
    first: Id
    personas: Annotated[tuple[Persona, ...], Meta(min_length=1, max_length=100)]
    touchpoints: Annotated[tuple[Touchpoint, ...], Meta(min_length=1, max_length=100)]
    endings: Annotated[tuple[Ending, ...], Meta(min_length=1, max_length=100)]
    policies: Annotated[tuple[Way, ...], Meta(max_length=20)] = ()
    yardstick: Literal["worth", "satisfaction"] = "worth"
    seat: Literal["seller", "buyer"] = "seller"
    persona: Id | None = None
    mystery: bool = False

    @property
    def chair(self) -> Literal["seller", "buyer"]:
        """The chair in which the visit is played to its end."""
        return "buyer" if self.mystery else "seller"

    @property
    def complained(self) -> bool:
        """True if the customers come to complain."""
        return any(persona.failure for persona in self.personas)

    @property
    def sells(self) -> bool:
        """True if the customer decides somewhere whether to buy."""
        return any(touchpoint.gate for touchpoint in self.touchpoints)

    def touchpoint(self, touchpoint_id: str) -> Touchpoint | None:
        """Return the touchpoint of that id, or None (it may be an ending)."""
        return next((t for t in self.touchpoints if t.id == touchpoint_id), None)

    def ending(self, ending_id: str) -> Ending | None:
        """Return the ending of that id, or None."""
        return next((e for e in self.endings if e.id == ending_id), None)

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield ids that lead nowhere, and scenes that nobody reaches or leaves."""
        yield from mistakes(raw)
