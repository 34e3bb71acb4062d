"""Played sessions and recorded runs made again from their decisions, which alone are believed.

This runs apart from the grader, before anything a student wrote does, so that a record can neither
keep the grader busy nor be answered for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crmsim.common.errors import CrmsimError
from crmsim.course import progress
from crmsim.course.sessions.session import is_older, open_session
from crmsim.runs.compare import outcome
from crmsim.runs.run import Run, open_world, recorded
from crmsim.scenario import Scenario, load, scenarios

MOST_ACTS = 5000
PLACES = 6
"""Decimal places up to which two machines agree."""


def replayed(file: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a record comes to, or why it can't be made again.

    ``fault`` is a key of ``grade.flag``, or "" where there is none; ``at`` says at which act.
    ``older`` is there, and True, where it was played with an older version of the course.

    Examples
    --------
    >>> from crmsim.runs.run import simulate
    >>> record = simulate("buick", seed=3).record
    >>> again = replayed("mine.json", record)
    >>> again["fault"], [run["seat"] for run in again["runs"]]
    ('', ['seller'])
    >>> replayed("mine.json", record | {"actions": ["give-it-away"]})["fault"]
    'never-on-offer'
    """
    name, seed = record.get("scenario"), record.get("seed")
    known = isinstance(name, str) and name in set(scenarios()["id"])
    if not known or not isinstance(seed, int):
        return _fault("unknown-case")
    case = load(str(name))
    return _session(file, case, record) if "acts" in record else _run(case, record)


def session(case: Scenario, seed: int, lang: str = "en", persona: str | None = None) -> Any:
    """Begin a session of a case, or return None if its world is not played."""
    return open_session(case.id, seed, lang, persona)


def saved_run(name: str, seed: int, lang: str = "en", persona: str | None = None) -> Run:
    """Return the run of the session that a student saved, as far as it was played."""
    again = session(load(name, lang), seed, lang, persona)
    saved = "-".join(filter(None, (name, str(seed), persona)))
    _redo(again, (progress.load_record(saved) or {}).get("acts"))
    return again.run


def _session(file: str, case: Scenario, record: Mapping[str, Any]) -> dict[str, Any]:
    stem = f"{case.id}-{record['seed']}"
    rest = file.removesuffix(".json").removeprefix(stem)
    persona = rest[1:] or None
    known = {each.id for each in getattr(case, "personas", ())}
    if not file.startswith(stem) or (persona and (rest[0] != "-" or persona not in known)):
        return _fault("renamed-record")
    again = session(case, record["seed"], "en", persona)
    if again is None:
        return _fault("unknown-case")
    at = _redo(again, record["acts"])
    if at is not None:
        return _unfit(case, record, at)
    told = {"fault": "", "at": None, "runs": [_told(*run) for run in _runs(again)]}
    return told | {"older": True} if record["acts"] and is_older(record, case) else told


def _redo(again: Any, acts: Any) -> int | None:
    """Do acts again; the place of the first that does not fit."""
    if not isinstance(acts, list):
        return 0
    for place, act in enumerate(acts[:MOST_ACTS]):
        try:
            done = again.do(*map(str, act)) if isinstance(act, list) and len(act) == 2 else False
        except (CrmsimError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            done = False
        if not done:
            return place
    return None if len(acts) <= MOST_ACTS else MOST_ACTS


def _runs(again: Any) -> list[tuple[str, Run]]:
    """Each chair in which a session came to its end, and the run of it."""
    if not hasattr(again, "seat"):
        return [("manager", again.run_so_far)] if again.done else []
    worlds = {seat: again.world(seat) for seat, actions in again.actions.items() if actions}
    return [
        (seat, recorded(world, again.actions[seat])) for seat, world in worlds.items() if world.done
    ]


def _run(case: Scenario, record: Mapping[str, Any]) -> dict[str, Any]:
    actions, changes = record.get("actions"), record.get("changes")
    if not isinstance(actions, list) or len(actions) > MOST_ACTS:
        return _fault("unknown-case")
    try:
        given = case.change(**changes) if isinstance(changes, dict) and changes else case
        world = open_world(given, record["seed"])
    except (ValueError, TypeError):
        return _fault("unknown-case")
    for place, action in enumerate(actions):
        try:
            world.step(action)
        except Exception:
            return _unfit(case, record, place)
    if not world.done:
        return {"fault": "", "at": None, "runs": []}
    run = recorded(world, actions)
    # another customer is of the course; anything else that was changed is the student's own
    changed = isinstance(changes, dict) and bool(changes.keys() - {"persona"})
    made = _told(getattr(given, "seat", "manager"), run) | {"changed": changed}
    return {"fault": "", "at": None, "runs": [made]}


def _told(seat: str, run: Run) -> dict[str, Any]:
    """Describe a run: how it is kept, and what it came to."""
    return {
        "scenario": run.scenario.id,
        "seed": run.seed,
        "persona": getattr(run.view, "persona", None),
        "seat": seat,
        "actions": list(run.actions),
        "outcome": {name: _rounded(value) for name, value in outcome(run).items()},
    }


def _rounded(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    return round(value, PLACES) if isinstance(value, float) else value


def _unfit(case: Scenario, record: Mapping[str, Any], at: int) -> dict[str, Any]:
    """Say why an act does not fit; it may have fitted another version of the case."""
    older = "acts" in record and is_older(record, case)
    same = record.get("sha256") == case.sha256 and not older
    return _fault("never-on-offer" if same else "other-version", at)


def _fault(kind: str, at: int | None = None) -> dict[str, Any]:
    return {"fault": kind, "at": at, "runs": []}
