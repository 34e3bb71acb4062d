"""What the scenarios of every world are made of, and how one is checked."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, islice
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    model_validator,
)

from crmsim.declared import Numbers, declared
from crmsim.errors import ScenarioError
from crmsim.scenario.wiring import MOST_TOLD, Raw, listed, parameter_mistakes
from crmsim.words import LANGUAGES

S = TypeVar("S", bound="ScenarioBase")

Unit = Annotated[float, Field(ge=0, le=1)]
Dimension = Literal["reliability", "responsiveness", "assurance", "empathy", "tangibles"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=60)]
Line = Annotated[str, Field(max_length=500)]


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
        >>> from crmsim.scenario import load
        >>> load("buick").change(seat="buyer").seat
        'buyer'
        """
        raw = self.model_dump(by_alias=True) | changes
        raw["changes"] = {**self.changes, **changes}
        return checked(type(self), raw, self.file or self.id)

    @staticmethod
    def wiring(raw: Raw) -> Iterator[str]:
        """What does not fit together in a raw file of this world."""
        raise NotImplementedError

    @cached_property
    def numbers(self) -> Numbers:
        """Every declared parameter by name, with this scenario's own values in place."""
        return Numbers(**{name: p.value for name, p in declared().items()} | self.parameters)


def checked(kind: type[S], raw: Raw, name: str, only: str | None = None) -> S:
    """The scenario of a raw file, or every mistake in it."""
    mistakes = list(islice(chain(parameter_mistakes(raw), kind.wiring(raw)), MOST_TOLD + 1))
    try:
        scenario = kind.model_validate(raw, context={"only": only})
    except ValidationError as error:
        from crmsim.scenario.check import type_mistakes

        mistakes = type_mistakes(error, raw) + mistakes
    if mistakes:
        raise ScenarioError(listed(mistakes, name))
    return scenario
