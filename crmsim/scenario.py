"""What is given: a scenario, read from one TOML file and frozen.

A file holds its words in both languages side by side and each number once. Reading it checks
everything at once; nothing in it is ever executed.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from crmsim.declared import declared
from crmsim.errors import ScenarioError
from crmsim.words import LANGUAGES, data_path, language

if TYPE_CHECKING:
    import pandas as pd

MOST_BYTES = 160_000
"""About twice the longest case of the course, words in both languages and all."""

DIMENSIONS = ("reliability", "responsiveness", "assurance", "empathy", "tangibles")

Unit = Annotated[float, Field(ge=0, le=1)]
Shift = Annotated[float, Field(ge=-0.5, le=0.5)]
Dimension = Literal["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Line = Annotated[str, Field(max_length=500)]
Neighbour = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*(\.toml)?$", max_length=60)]


class Part(BaseModel):
    """A part of a scenario: frozen, and without room for keys that mean nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, defer_build=True)


class Text(Part):
    """Words in both languages.

    In a scenario of one language its words stand for those of the other one too.
    """

    en: str = Field(min_length=1, max_length=5000)
    zh_hans: str = Field(alias="zh-Hans", min_length=1, max_length=5000)

    @model_validator(mode="before")
    @classmethod
    def _spread(cls, raw: Any, info: ValidationInfo) -> Any:
        only = (info.context or {}).get("only")
        if only is None or not isinstance(raw, dict) or only not in raw:
            return raw
        return {name: raw[only] if name in LANGUAGES else raw[name] for name in (*raw, *LANGUAGES)}

    def __getitem__(self, lang: str) -> str:
        return self.zh_hans if lang == "zh-Hans" else self.en


class FiveDimensions(Part):
    """A number for each SERVQUAL dimension (Parasuraman, Zeithaml & Berry 1988)."""

    reliability: Unit
    responsiveness: Unit
    assurance: Unit
    empathy: Unit
    tangibles: Unit


class Weights(Part):
    """What the dimensions matter to somebody, relative to one another."""

    reliability: float = Field(gt=0, le=100)
    responsiveness: float = Field(gt=0, le=100)
    assurance: float = Field(gt=0, le=100)
    empathy: float = Field(gt=0, le=100)
    tangibles: float = Field(gt=0, le=100)

    def shares(self) -> dict[str, float]:
        """The weights as shares that sum to 1."""
        raw = self.model_dump()
        total = sum(raw.values())
        return {dimension: value / total for dimension, value in raw.items()}


class Deal(Part):
    """What a sale is worth."""

    price: float = Field(ge=0, le=1e9)
    margin: float = Field(ge=0, le=1e9)


class Persona(Part):
    """A customer one can meet."""

    id: Id
    name: Text
    about: Text
    look: Literal["bob", "short", "bun", "cap", "grey", "glasses"]
    patience_min: float = Field(gt=0, le=10_000)
    expectation: FiveDimensions
    weights: Weights


class Choice(Part):
    """Something the salesperson can do at a touchpoint."""

    id: Id
    does: Text
    reply: Text
    why: Text
    moves: dict[Dimension, Unit] = Field(min_length=1)
    level: Literal["basic", "expressed", "unexpected"]
    side: Literal["procedural", "personal"]
    speech: Literal["courtesy", "service", "none"] = "none"
    minutes: float = Field(ge=0, le=10_000)
    cost: float = Field(default=0, ge=0, le=1e9)
    for_personas: dict[Id, dict[Dimension, Shift]] = {}
    next: Id | None = None


class Reply(Part):
    """Something the buyer can answer at a touchpoint."""

    id: Id
    says: Text
    answer: Text
    shifts: dict[Dimension, Shift] = {}
    minutes: float = Field(default=0, ge=0, le=10_000)
    voice: Literal["silent", "asks", "complains", "buys", "leaves"]
    next: Id | None = None


class Gate(Part):
    """Where the visit goes on once the customer has decided."""

    bought: Id
    left: Id


class Touchpoint(Part):
    """A moment of contact: a scene, what the salesperson can do, what the buyer can answer."""

    id: Id
    stage: Literal["pre", "in", "after"]
    title: Text
    scene: Text
    says: Text
    says_by: dict[Id, Text] = {}
    baseline: Id
    choices: tuple[Choice, ...] = Field(min_length=1, max_length=9)
    replies: tuple[Reply, ...] = Field(min_length=1, max_length=9)
    gate: Gate | None = None

    def choice(self, choice_id: str) -> Choice:
        """The choice of that id."""
        return next(choice for choice in self.choices if choice.id == choice_id)

    def reply(self, reply_id: str) -> Reply:
        """The buyer's reply of that id."""
        return next(reply for reply in self.replies if reply.id == reply_id)


class Ending(Part):
    """Where a visit ends."""

    id: Id
    bought: bool
    title: Text
    text: Text


class Style(Part):
    """A way of serving, as a difference from what the house usually does.

    ``quality`` is added to the quality delivered on each dimension, ``minutes_ratio`` multiplies
    the time a visit takes, ``cost`` is added to what a visit costs the house; ``surprise`` is how
    much of it comes unasked (0–1).
    """

    quality: dict[Dimension, Annotated[float, Field(ge=-1, le=1)]] = {}
    surprise: Unit = 0.0
    minutes_ratio: float = Field(default=1, gt=0, le=20)
    cost: float = Field(default=0, ge=-1e6, le=1e6)


class Incident(Part):
    """One visit of one person of the market, decided elsewhere: how it went and what she did.

    ``gap`` is what she perceived less what she expected, weighted; ``tells`` whether she speaks
    of it to others.
    """

    week: int = Field(default=4, ge=0, le=10_000)
    gap: float = Field(ge=-1, le=1)
    buys: bool
    complains: bool = False
    tells: bool = False


class Lever(Part):
    """Something a manager decides every quarter."""

    id: Literal[
        "adoption",
        "capacity",
        "pay",
        "bonus",
        "training",
        "empowerment",
        "sunset",
        "channel",
        "promise",
        "attention",
        "facilities",
    ]
    title: Text
    about: Text
    low: float
    high: float
    step: float = Field(gt=0)
    start: float


class ReferencePolicy(Part):
    """A way of managing to compare with: levers set once and left."""

    id: Id
    title: Text
    about: Text
    levers: dict[str, float]


class ScenarioBase(Part):
    """What every scenario has."""

    schema_version: Literal[1] = Field(alias="schema")
    id: Id
    currency: str = Field(pattern=r"^[A-Z]{3}$")
    concepts: tuple[Line, ...] = Field(default=(), max_length=200)
    sources: tuple[Line, ...] = Field(default=(), max_length=200)
    title: Text
    summary: Text
    parameters: dict[str, float] = {}
    languages: tuple[Literal["en", "zh-Hans"], ...] = Field(
        default=LANGUAGES, min_length=1, max_length=2
    )
    lang: str = "en"
    file: str = ""
    sha256: str = ""
    changes: dict[str, Any] = {}

    def change(self, **changes: Any) -> Self:
        """A changed copy; the scenario itself stays as it is.

        Raises
        ------
        ScenarioError
            If a key or a value is not allowed.

        Examples
        --------
        >>> load("buick").change(seat="buyer").seat
        'buyer'
        """
        raw = self.model_dump(by_alias=True) | changes
        raw["changes"] = {**self.changes, **changes}
        return _checked(type(self), raw, self.file or self.id)

    @cached_property
    def numbers(self) -> SimpleNamespace:
        """Every declared parameter by name, with this scenario's own values in place."""
        return SimpleNamespace(
            **{name: p.value for name, p in declared().items()} | self.parameters
        )


class EncounterScenario(ScenarioBase):
    """A visit: touchpoints walked one at a time, from either chair."""

    world: Literal["encounter"]
    then: Neighbour | None = None
    deal: Deal
    first: Id
    personas: tuple[Persona, ...] = Field(min_length=1, max_length=100)
    touchpoints: tuple[Touchpoint, ...] = Field(min_length=1, max_length=100)
    endings: tuple[Ending, ...] = Field(min_length=1, max_length=100)
    seat: Literal["seller", "buyer"] = "seller"
    persona: Id | None = None

    @property
    def market(self) -> str | None:
        """The name, or the path, of the market that follows the visit."""
        own = self.then is not None and self.then.endswith(".toml")
        return str(Path(self.file).with_name(str(self.then))) if own else self.then

    def touchpoint(self, touchpoint_id: str) -> Touchpoint | None:
        """The touchpoint of that id, or None (it may be an ending)."""
        return next((t for t in self.touchpoints if t.id == touchpoint_id), None)

    def ending(self, ending_id: str) -> Ending | None:
        """The ending of that id, or None."""
        return next((e for e in self.endings if e.id == ending_id), None)


class MarketScenario(ScenarioBase):
    """A firm and its customers, week by week, decided by the quarter."""

    world: Literal["market"]
    people: int = Field(ge=0, le=5_000_000)
    years: float = Field(gt=0, le=100)
    quality: FiveDimensions
    weights: Weights
    levers: tuple[Lever, ...] = Field(default=(), max_length=100)
    policies: tuple[ReferencePolicy, ...] = Field(default=(), max_length=100)
    rule: Literal["ratio", "difference", "asymmetric"] = "asymmetric"
    style: Style = Style()
    incident: Incident | None = None


class Hour(Part):
    """An hour of a desk's day: whom to expect, and the rota.

    ``questions`` and ``problems`` are expected numbers: of people who ask something, and of
    customers who meet a serious problem, whether they say so or not.
    """

    questions: float = Field(ge=0, le=1e5)
    problems: float = Field(ge=0, le=1e5)
    agents: int = Field(ge=0, le=1000)
    handlers: int = Field(ge=0, le=1000)


class DeskScenario(ScenarioBase):
    """A service desk by the hour: a queue in front, complaint cases behind.

    ``agents`` and ``handlers`` say how many people there are for the queue and for the cases;
    ``hours`` are the hours of one day from ``opens`` on, and ``days`` how many such days there are.
    """

    world: Literal["desk"]
    opens: int = Field(ge=0, le=23)
    sunset: int = Field(ge=1, le=24)
    days: int = Field(default=1, ge=1, le=1000)
    agents: int = Field(ge=1, le=1000)
    handlers: int = Field(ge=1, le=1000)
    discipline: Literal["fifo", "sunset"] = "fifo"
    service: Literal["lognormal", "exponential"] = "lognormal"
    remedy: Literal["nothing", "apology", "money", "money-and-apology"] = "money-and-apology"
    hours: tuple[Hour, ...] = Field(min_length=1, max_length=24)


Scenario = EncounterScenario | MarketScenario | DeskScenario
_KINDS = {"encounter": EncounterScenario, "market": MarketScenario, "desk": DeskScenario}


def load(name_or_path: str | Path | Scenario, lang: str = "en") -> Scenario:
    """Read a scenario by its name in the course, or from a file of your own.

    Raises
    ------
    ScenarioError
        Listing every mistake in the file: place, key, the value found, what is allowed.

    Examples
    --------
    >>> load("buick", lang="zh").title["zh-Hans"]
    '购别克车的体验'
    """
    if isinstance(name_or_path, ScenarioBase):
        return name_or_path  # type: ignore[return-value]
    path = _find(name_or_path)
    content, raw = _read(path)
    spoken = raw.get("lang", list(LANGUAGES))
    only = spoken[0] if spoken in (["en"], ["zh-Hans"]) else None
    raw |= {"lang": only or language(lang), "languages": spoken, "file": str(name_or_path)}
    raw |= {"sha256": hashlib.sha256(content).hexdigest(), "changes": {}}
    return _checked(_KINDS.get(str(raw.get("world"))) or _any_kind(), raw, path.name, only)


def scenarios(lang: str = "en") -> pd.DataFrame:
    """The scenarios of the course, one a row.

    Examples
    --------
    >>> "buick" in set(scenarios().id)
    True
    """
    import pandas as pd

    tag = language(lang)
    known = [load(path.stem, tag) for path in sorted(data_path("scenarios").glob("*.toml"))]
    return pd.DataFrame(
        [
            {"id": s.id, "world": s.world, "title": s.title[tag], "summary": s.summary[tag]}
            for s in known
        ]
    )


def _find(name_or_path: str | Path) -> Path:
    known = {path.stem: path for path in sorted(data_path("scenarios").glob("*.toml"))}
    if str(name_or_path) in known:
        return known[str(name_or_path)]
    path = Path(name_or_path) if isinstance(name_or_path, str | Path) else Path()
    if path.suffix == ".toml" and path.is_file():
        return path
    raise ScenarioError(
        f"no scenario {str(name_or_path)!r}; there are: {', '.join(known)}, "
        "or give the path of a .toml file"
    )


def _read(path: Path) -> tuple[bytes, dict[str, Any]]:
    """The bytes of a file and the table in them."""
    from crmsim.scenario_check import reading_mistake

    with path.open("rb") as file:
        content = file.read(MOST_BYTES + 1)
    mistake = reading_mistake(content, MOST_BYTES)
    if not mistake:
        try:
            return content, tomllib.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            mistake = reading_mistake(content, MOST_BYTES, error)
    raise ScenarioError(f"{path.name}: not readable as TOML: {mistake}")


def _any_kind() -> TypeAdapter[Scenario]:
    return TypeAdapter(Annotated[Scenario, Field(discriminator="world")])


def _checked(kind: Any, raw: dict[str, Any], name: str, only: str | None = None) -> Any:
    from crmsim.scenario_check import listed, type_mistakes, wiring_mistakes

    validate = kind.validate_python if isinstance(kind, TypeAdapter) else kind.model_validate
    mistakes = wiring_mistakes(raw)
    try:
        scenario = validate(raw, context={"only": only})
    except ValidationError as error:
        mistakes = type_mistakes(error, raw) + mistakes
    if mistakes:
        raise ScenarioError(listed(mistakes, name))
    return scenario


def five(values: Mapping[str, float]) -> tuple[float, ...]:
    """The values of the five dimensions in their order, 0 where one is not named."""
    return tuple(float(values.get(dimension, 0.0)) for dimension in DIMENSIONS)
