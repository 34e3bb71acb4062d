"""Parts that the scenarios of every world are made of, and the check of a raw file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain, islice
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from msgspec import Meta, Struct, ValidationError, field, to_builtins
from msgspec.structs import fields

from crmsim.common.conversion import convert
from crmsim.common.errors import ScenarioError
from crmsim.common.words import LANGUAGES
from crmsim.scenario.mistakes import type_mistakes
from crmsim.scenario.parameters import Numbers, declared_parameters
from crmsim.scenario.wiring import MOST_MISTAKES, Raw, listed, parameter_mistakes

S = TypeVar("S", bound="ScenarioBase")

ID_RULE = "small letters, digits and hyphens, such as my-shop"
CURRENCY_RULE = "three capital letters, such as CNY"

Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
Positive = Annotated[float, Meta(gt=0, le=1e300)]
ShareOfOne = Annotated[float, Meta(ge=0, le=1)]
Dimension = Literal["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
BY_DIMENSION = Meta(extra_json_schema={"propertyNames": {"enum": list(get_args(Dimension))}})
Id = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*\Z", max_length=60, description=ID_RULE)]
ShortWords = Annotated[str, Meta(max_length=500)]
LongWords = Annotated[str, Meta(min_length=1, max_length=5000)]


Neighbour = Annotated[
    str, Meta(pattern=r"^[a-z0-9][a-z0-9-]*(\.toml)?\Z", max_length=60, description=ID_RULE)
]


class Part(Struct, frozen=True, forbid_unknown_fields=True):
    """A part of a scenario: frozen, and without room for keys that mean nothing."""


class Text(Part):
    """Words in both languages.

    In a scenario of one language its words stand for those of the other one too.
    """

    en: LongWords
    zh_hans: LongWords = field(name="zh-Hans")

    def __getitem__(self, lang: str) -> str:
        return self.zh_hans if lang == "zh-Hans" else self.en


class FiveDimensions(Part):
    """A number for each SERVQUAL dimension (Parasuraman, Zeithaml & Berry 1988)."""

    reliability: ShareOfOne
    responsiveness: ShareOfOne
    assurance: ShareOfOne
    empathy: ShareOfOne
    tangibles: ShareOfOne


Weight = Annotated[float, Meta(gt=0, le=100)]


class Weights(Part):
    """The weights of the dimensions for a customer, relative to one another."""

    reliability: Weight
    responsiveness: Weight
    assurance: Weight
    empathy: Weight
    tangibles: Weight

    def shares(self) -> dict[str, float]:
        """Return the weights as shares that sum to 1."""
        raw = to_builtins(self)
        total = sum(raw.values())
        return {dimension: value / total for dimension, value in raw.items()}


class ScenarioBase(Part, kw_only=True, dict=True):
    """The keys that every scenario has."""

    schema_version: Literal[1] = field(name="schema")
    id: Id
    currency: Annotated[str, Meta(pattern=r"^[A-Z]{3}\Z", description=CURRENCY_RULE)]
    concepts: Annotated[tuple[ShortWords, ...], Meta(max_length=200)] = ()
    sources: Annotated[tuple[ShortWords, ...], Meta(max_length=200)] = ()
    title: Text
    summary: Text
    parameters: dict[str, float] = {}
    languages: Annotated[tuple[Literal["en", "zh-Hans"], ...], Meta(min_length=1, max_length=2)] = (
        LANGUAGES
    )
    lang: Literal["en", "zh-Hans"] = "en"
    file: str = ""
    sha256: str = ""
    changes: dict[str, Any] = {}

    def change(self, **changes: Any) -> Self:
        """Return a changed copy; the scenario itself stays as it is.

        Raises
        ------
        ScenarioError
            If a key or a value is not allowed.

        Examples
        --------
        >>> from crmsim.scenario import load
        >>> load("buick").change(seat="buyer").seat
        'buyer'
        """
        new = as_written(changes)
        raw = to_builtins(self) | new | {"changes": self.changes | new}
        return checked(type(self), raw, self.file or self.id)

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """Yield what does not fit together in a raw file of this world."""
        raise NotImplementedError

    @cached_property
    def numbers(self) -> Numbers:
        """Every declared parameter by name, with this scenario's own values in place."""
        return Numbers(
            **{name: p.value for name, p in declared_parameters().items()} | self.parameters
        )


class LeadsToMarket(ScenarioBase, kw_only=True):
    """The key of a case after which a market can follow: a visit, or a day at a desk."""

    then: Neighbour | None = None

    @property
    def market(self) -> str | None:
        """The name, or the path, of the market that follows."""
        own = self.then is not None and self.then.endswith(".toml")
        return str(Path(self.file).with_name(str(self.then))) if own else self.then


def as_written(value: Any) -> Any:
    """Return a value as a file would hold it: parts as tables, NumPy's values as Python's.

    A calculation may end in a whole number with a point: it counts as a whole number.

    Examples
    --------
    >>> as_written({"quality": Text(en="good", zh_hans="好"), "people": 5000 / 2})
    {'quality': {'en': 'good', 'zh-Hans': '好'}, 'people': 2500}
    """
    if hasattr(value, "tolist"):
        value = value.tolist()
    match value:
        case Struct():
            parts = {part.encode_name: getattr(value, part.name) for part in fields(value)}
            return as_written(parts)
        case Mapping():
            return {str(name): as_written(inner) for name, inner in value.items()}
        case list() | tuple():
            return [as_written(inner) for inner in value]
        case float() if value.is_integer() and abs(value) < 2**53:
            return int(value)
    return value


def checked(kind: type[S], raw: Raw, name: str) -> S:
    """Return the scenario of a raw file.

    Raises
    ------
    ScenarioError
        Listing every mistake in it.
    """
    mistakes = list(islice(chain(parameter_mistakes(raw), kind.wiring(raw)), MOST_MISTAKES + 1))
    try:
        scenario = convert(raw, kind)
    except (ValidationError, OverflowError):  # the latter from msgspec 0.20, of a huge number
        mistakes = type_mistakes(kind, raw) + mistakes
    if mistakes:
        raise ScenarioError(listed(mistakes, name))
    return scenario
