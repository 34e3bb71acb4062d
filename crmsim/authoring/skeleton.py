"""A new case, laid down after the model of one of the course: short, commented, and valid."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from crmsim.authoring.allowed import allowed, longest
from crmsim.authoring.toml import written
from crmsim.common.errors import ScenarioError
from crmsim.common.words import LANGUAGES, data_path, dictionary, words
from crmsim.scenario import load
from crmsim.scenario.parameters import declared_parameters
from crmsim.scenario.wiring import Raw
from crmsim.scenario.worlds import part_of

FEW_MOMENTS_RATE = 0.85
"""Three moments have to tell what ten tell in a full case, so each of them weighs more."""

_MONEY = (
    "visits_year",
    "visit_value",
    "visit_margin",
    "purchase_value",
    "purchase_margin",
    "purchase_years",
    "purchase_visits",
    "visit_h",
    "hours_week",
    "wage_week",
    "fixed_cost_week",
)
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}")
_DROPPED = ("concepts", "sources")
_KEPT = 4
_CARDS = 2
_PEOPLE = 3
_MOMENTS = 3


def lay_down(name: str, like: str, folder: Path, only: str | None = None) -> Path:
    """Write ``<name>.toml`` after a model; ``only``: with words in one language.

    Raises
    ------
    ScenarioError
        If the name is not allowed or taken, or the course has no such model.
    """
    known = sorted(path.stem for path in data_path("scenarios").glob("*.toml"))
    if like not in known:
        raise ScenarioError(
            f"like = {like!r}: is not a case of the course; choose one of: {', '.join(known)}"
        )
    if name in known:
        raise ScenarioError(f"{name!r}: a case of the course has this name; choose another")
    if not _NAME.fullmatch(name):
        raise ScenarioError(
            f"name = {name!r}: must be small letters, digits and hyphens, such as my-shop"
        )
    model = tomllib.loads(data_path("scenarios", f"{like}.toml").read_text("utf-8"))
    path = folder / f"{name}.toml"
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        raise ScenarioError(
            f"{path.name}: exists already and stays unchanged; choose another name"
        ) from None
    try:
        _write(path, model, _shortened(model), only)
    except ScenarioError:
        _write(path, model, model, only)
    return path


def _write(path: Path, model: Raw, kept: Raw, only: str | None) -> None:
    """Write what is kept of a model, and read it again to see that it can be read."""
    text = written(_new(kept, path.stem, only), _comments(model, only))
    path.write_text(_headed(text, path.name, only), "utf-8", newline="\n")
    load(path)


def _headed(text: str, file: str, only: str | None) -> str:
    heads = [words(lang)("author.new.head", file=file) for lang in _tongues(only)]
    return "\n".join(f"# {line}" for head in heads for line in head.split("\n")) + f"\n\n{text}"


def _tongues(only: str | None) -> tuple[str, ...]:
    return (only,) if only else LANGUAGES


# -- what is kept of the model ----------------------------------------------------------------


def _shortened(model: Raw) -> Raw:
    shorten = part_of(model["world"], "shorten")
    return shorten(model) if shorten else model


def _new(model: Raw, name: str, only: str | None) -> Raw:
    kept = {key: value for key, value in model.items() if key not in _DROPPED}
    said = {key: {lang: words(lang)(f"author.new.{key}") for lang in LANGUAGES} for key in _OWN}
    fresh = {"schema": kept.pop("schema"), "id": name}
    if only:
        fresh["lang"] = [only]
    raw = fresh | {key: value for key, value in kept.items() if key != "id"} | said
    return _in_one(raw, only) if only else raw


_OWN = ("title", "summary")


def _in_one(value: Any, only: str) -> Any:
    """Return the same with the words of one language."""
    if isinstance(value, list):
        return [_in_one(entry, only) for entry in value]
    if not isinstance(value, dict):
        return value
    if only in value:
        return {only: value[only]}
    return {key: _in_one(entry, only) for key, entry in value.items()}


def short_visit(model: Raw) -> Raw:
    """Keep the opening, the decision and one moment after it, with three customers."""
    by_id = {touchpoint["id"]: touchpoint for touchpoint in model["touchpoints"]}
    gate = next((t for t in model["touchpoints"] if "gate" in t), None)
    later = by_id.get(gate["gate"]["bought"]) if gate else None
    opening = by_id[model["first"]]
    moments = (opening, gate, later) if gate else (opening, *model["touchpoints"])
    kept = list({t["id"]: t for t in moments if t}.values())[:_MOMENTS]
    people = _unlike(model["personas"])
    won = next((end for end in model["endings"] if end.get("bought")), model["endings"][0])
    lost = next((ending for ending in model["endings"] if not ending.get("bought")), won)
    ahead = [t["id"] for t in kept[1:]] + [won["id"]]
    names = {person["id"] for person in people}
    ways = model.get("policies", [])
    return model | {
        "personas": people,
        "touchpoints": [
            _led(touchpoint, target, lost["id"], names)
            for touchpoint, target in zip(kept, ahead, strict=True)
        ],
        "endings": [won, lost] if gate else [won],
        "policies": [_on_the_way(way, {t["id"] for t in kept}) for way in ways],
        "parameters": {"encounter_rate": FEW_MOMENTS_RATE} | model.get("parameters", {}),
    }


def _on_the_way(way: Raw, kept: set[str]) -> Raw:
    """Return a way of serving that speaks only of the touchpoints that are kept."""
    if "choices" not in way:
        return way
    return way | {"choices": {here: done for here, done in way["choices"].items() if here in kept}}


def _unlike(people: list[Raw]) -> list[Raw]:
    """Return the first customer, and the two to whom the most different things matter."""
    kept, rest = people[:1], people[1:]
    while rest and len(kept) < _PEOPLE:
        furthest = max(rest, key=lambda one: min(_distance(one, other) for other in kept))
        kept.append(furthest)
        rest.remove(furthest)
    return kept


def _distance(one: Raw, other: Raw) -> float:
    return sum(abs(weight - other["weights"][d]) for d, weight in one["weights"].items())


def _led(touchpoint: Raw, target: str, lost: str, names: set[str]) -> Raw:
    """Return a touchpoint that leads to ``target``, and speaks only of the customers kept."""
    gated = "gate" in touchpoint
    led = touchpoint | {
        "choices": [_known(choice, names) for choice in touchpoint["choices"]],
        "replies": [_without(reply, "next") for reply in touchpoint["replies"]],
    }
    if "says_by" in led:
        led["says_by"] = {who: said for who, said in led["says_by"].items() if who in names}
    if gated:
        return led | {"gate": {"bought": target, "left": lost}}
    return led | {"choices": [choice | {"next": target} for choice in led["choices"]]}


def _known(choice: Raw, names: set[str]) -> Raw:
    """Return a choice that speaks only of the customers who are kept."""
    theirs = {
        key: {who: entry for who, entry in choice[key].items() if who in names}
        for key in ("for_personas", "reply_by")
        if key in choice
    }
    return choice | theirs


def _without(part: Raw, key: str) -> Raw:
    return {name: value for name, value in part.items() if name != key}


def short_market(model: Raw) -> Raw:
    """Keep a few levers and cards, the policies as far as they use them, and all sums of money."""
    levers, cards = model.get("levers", [])[:_KEPT], model.get("cards", [])[:_CARDS]
    names = {part["id"] for part in (*levers, *cards)}
    policies = [
        policy | {key: _named(policy[key], names) for key in ("levers", "cards") if key in policy}
        for policy in model.get("policies", [])
    ]
    money = {name: declared_parameters()[name].value for name in _MONEY}
    kept = {"levers": levers, "cards": cards, "shocks": model.get("shocks", [])[:1]}
    if "history" in model:
        actions = [_named(action, names) for action in model["history"]["actions"]]
        kept["history"] = model["history"] | {"actions": actions}
    return (
        model
        | {key: value for key, value in kept.items() if key in model}
        | {
            "policies": [policy for policy in policies if policy["levers"]],
            "parameters": money | model.get("parameters", {}),
        }
    )


def _named(table: Raw, names: set[str]) -> Raw:
    return {name: value for name, value in table.items() if name in names}


# -- what stands above a key ------------------------------------------------------------------


def _comments(model: Raw, only: str | None) -> Any:
    book = dictionary()

    def comment(path: tuple[str, ...]) -> list[str]:
        if path[0] == "parameters" and len(path) == 2:
            return _parameter(path[1], only)
        key = f"author.key.{'.'.join(path)}"
        section = f"author.section.{'_'.join(path)}"
        rule = allowed(model["world"], path)
        lines = ["", *(book[section][lang] for lang in _tongues(only))] if section in book else []
        if key in book:
            said = [book[key][lang].format(most=longest(path, lang)) for lang in _tongues(only)]
            lines += [*said[:-1], said[-1] + (f"  [{rule}]" if rule else "")]
        return lines

    return comment


def _parameter(name: str, only: str | None) -> list[str]:
    known = declared_parameters()[name]
    said = " · ".join(known.zh_hans if lang == "zh-Hans" else known.en for lang in _tongues(only))
    return [f"{said}  [{known.low:g} … {known.high:g}, {known.unit}]"]
