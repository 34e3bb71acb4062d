"""Paths of a visit: every id leads somewhere, and every path ends."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from string import Formatter
from typing import Any

from crmsim.common.words import data_path, dictionary
from crmsim.scenario.wiring import (
    Raw,
    hint,
    id_of,
    items,
    repeated_ids,
    short,
    tables,
    unknown_name,
)


def mistakes(raw: Raw) -> Iterator[str]:
    """Yield ids that lead nowhere, and scenes that nobody reaches or leaves."""
    touchpoints = tables(raw.get("touchpoints"))
    endings = tables(raw.get("endings"))
    personas = [id_of(persona) for persona in tables(raw.get("personas"))]
    ids = [id_of(part) for part in (*touchpoints, *endings)]
    yield from repeated_ids(ids, "touchpoints and endings")
    yield from repeated_ids(personas, "personas")
    yield from unknown_name("first", raw.get("first"), ids, "a touchpoint")
    if raw.get("persona") is not None:
        yield from unknown_name("persona", raw["persona"], personas, "a persona")
    yield from then_mistakes(raw)
    if raw.get("deal") is None and any(touchpoint.get("gate") for touchpoint in touchpoints):
        yield "deal: is missing; where the customer may buy, say what a sale is worth"
    if raw.get("words") and str(raw.get("file")).endswith(".toml"):
        yield from _words_mistakes(raw)
    for touchpoint in touchpoints:
        yield from _touchpoint_mistakes(touchpoint, ids, personas)
    yield from _way_mistakes(raw, touchpoints)
    yield from _graph_mistakes(raw, touchpoints, endings)


def _way_mistakes(raw: Raw, touchpoints: list[Raw]) -> Iterator[str]:
    known = {id_of(t): [id_of(choice) for choice in tables(t.get("choices"))] for t in touchpoints}
    yield from repeated_ids([id_of(way) for way in tables(raw.get("policies"))], "policies")
    for way in tables(raw.get("policies")):
        here = f"policies {short(id_of(way))}: choices"
        for place, choice in items(way.get("choices")):
            yield from unknown_name(here, place, list(known), "a touchpoint")
            if place in known:
                yield from unknown_name(f"{here}: {place}", choice, known[place], "a choice there")


def _words_mistakes(raw: Raw) -> Iterator[str]:
    """Yield words of a case that replace none of the play's, or have other places to fill in."""
    book = dictionary().items()
    spoken = {key.removeprefix("play."): said for key, said in book if key.startswith("play.")}
    for key, text in items(raw.get("words")):
        if key not in spoken:
            asks = hint(key, spoken)
            yield f"words: {short(key)}: the play has no words of this name{asks}"
            continue
        for lang, said in items(text):
            known = _places(spoken[key]["en"])
            if isinstance(said, str) and _places(said) - known:
                names = ", ".join(f"{{{name}}}" for name in sorted(known)) or "none"
                yield f"words: {key}: {short(lang)}: places to fill in may be: {names}"


def _places(text: str) -> set[str]:
    """Return what stands in braces; a brace that is never closed counts as a place of its own."""
    try:
        found = [part for part in Formatter().parse(text) if part[1] is not None]
    except ValueError:
        return {"{"}
    return {f"{name}{'!' if turn else ''}{form}" for _, name, form, turn in found}


def then_mistakes(raw: Raw) -> Iterator[str]:
    """Yield the mistake of a case that names a market which is not there."""
    if raw.get("then") is None:
        return
    then, file = str(raw["then"]), raw.get("file")
    if then.endswith(".toml") and Path(then).name == then and len(then) <= 60:
        if not Path(str(file)).with_name(then).is_file():
            yield f"then = {short(then)}: no file of this name lies beside this one"
        return
    known = [path.stem for path in sorted(data_path("scenarios").glob("*.toml"))]
    yield from unknown_name("then", then, known, "a scenario of the course")


def _touchpoint_mistakes(touchpoint: Raw, ids: list[Any], personas: list[Any]) -> Iterator[str]:
    here = f"touchpoint {short(touchpoint.get('id'))}"
    choices, replies = tables(touchpoint.get("choices")), tables(touchpoint.get("replies"))
    choice_ids = [id_of(choice) for choice in choices]
    gate = touchpoint.get("gate")
    yield from repeated_ids(choice_ids, f"{here}: choices")
    yield from repeated_ids([id_of(reply) for reply in replies], f"{here}: replies")
    yield from unknown_name(
        f"{here}: baseline", touchpoint.get("baseline"), choice_ids, "a choice here"
    )
    for persona, _ in items(touchpoint.get("says_by")):
        yield from unknown_name(f"{here}: says_by", persona, personas, "a persona")
    for way, target in items(gate):
        yield from unknown_name(f"{here}: gate: {way}", target, ids, "a touchpoint or an ending")
    for choice in choices:
        place = f"{here}, choice {short(choice.get('id'))}"
        for key in ("for_personas", "reply_by"):
            for persona, _ in items(choice.get(key)):
                yield from unknown_name(f"{place}: {key}", persona, personas, "a persona")
        if gate is None and choice.get("next") is None:
            yield f"{place}: next: is missing; name the touchpoint or ending that follows"
        if gate is not None and choice.get("next") is not None:
            yield f"{place}: next = {short(choice['next'])}: the gate decides here; take it out"
    for part in (*choices, *replies):
        if part.get("next") is not None:
            place = f"{here}, {short(part.get('id'))}: next"
            yield from unknown_name(place, part["next"], ids, "a touchpoint or an ending")
    decides = {"buys", "leaves"}
    for reply in replies:
        if (gate is not None) != (str(reply.get("voice")) in decides):
            rule = "buys or leaves at a gate" if gate is not None else "silent, asks or complains"
            yield (
                f"{here}, reply {short(reply.get('id'))}: voice = {short(reply.get('voice'))}: "
                f"must be {rule}"
            )


def _graph_mistakes(raw: Raw, touchpoints: list[Raw], endings: list[Raw]) -> Iterator[str]:
    ways = {id_of(t): _targets(t) for t in touchpoints}
    ends = {id_of(ending) for ending in endings}
    reached = _closure({str(raw.get("first"))}, ways)
    for part in (*touchpoints, *endings):
        if id_of(part) not in reached:
            yield f"{short(id_of(part))}: no path leads here"
    # Grow the set of places from which an ending can be reached, until it grows no more.
    leads_home = set(ends)
    while new := {t for t, out in ways.items() if t not in leads_home and out & leads_home}:
        leads_home |= new
    for touchpoint in ways:
        if touchpoint not in leads_home:
            yield f"touchpoint {short(touchpoint)}: no path from here ever ends"
    for touchpoint in ways:
        if touchpoint in _closure(ways[touchpoint], ways):
            here = f"touchpoint {short(touchpoint)}"
            yield f"{here}: a path leads back here, so a visit might never end"


def _targets(touchpoint: Raw) -> set[Any]:
    parts = (*tables(touchpoint.get("choices")), *tables(touchpoint.get("replies")))
    ways = (way for _, way in items(touchpoint.get("gate")))
    named = chain((part.get("next") for part in parts), ways)
    return {target for target in named if isinstance(target, str)}


def _closure(start: set[Any], ways: dict[Any, set[Any]]) -> set[Any]:
    reached, ahead = set(start), list(start)
    while ahead:
        for target in ways.get(ahead.pop(), set()) - reached:
            reached.add(target)
            ahead.append(target)
    return reached
