"""Policy cards: ways to keep customers, each with what it costs and what it shifts (D-20)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from crmsim.scenario.effects import Effect
from crmsim.scenario.parts import Id, Part, Text
from crmsim.words import data_path


class PolicyCard(Part):
    """A way to keep customers, usable in every market."""

    id: Id
    title: Text
    about: Text
    effect: Effect


@cache
def policy_cards() -> Mapping[str, PolicyCard]:
    """Every policy card of the course, by its id."""
    files = sorted(data_path("policies").glob("*.toml"))
    cards = [PolicyCard(**tomllib.loads(file.read_text("utf-8"))) for file in files]
    return MappingProxyType({card.id: card for card in cards})
