"""From values to marks, outside the process that gave them: what each answer is worth, and why."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import count
from typing import Any, cast

from crmsim.common.words import LANGUAGES
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.exercises.exercise import Exercise, Finding, Mark
from crmsim.exercises.kinds.function import Function, agrees, probes, reference_function
from crmsim.exercises.parts import is_plain_number
from crmsim.exercises.variants import variant_of
from crmsim.grading.reading.untrusted_json import kept
from crmsim.grading.result import Item, ItemVerdict

PROBES = 12
CLASS_LUCKS = 4
DRAWN, MOST_EASY = 120, 2
HALF = 0.5
PLACES = 4
MOST_CAME, LARGEST_CAME = 200, 1e12
CodeReply = Mapping[str, Any]
RANK = ("blank", "lost", "nonsense", "wrong", "partly", "right", "waiting")


@dataclass(frozen=True)
class AnswerEvidence:
    """Evidence of one exercise in a submission.

    Attributes
    ----------
    reply
        What the student's code gave when asked; None where it was not, or did not live to tell.
    record
        What she saved by clicking or typing.
    came, own
        The reply to what came of her prediction, and values of her own run.
    lost
        Why the code could not be asked, a key of ``grade.problem``, or "".
    """

    reply: CodeReply | None = None
    record: Mapping[str, Any] = field(default_factory=dict)
    came: CodeReply | None = None
    own: CodeReply | None = None
    lost: str = ""


@dataclass(frozen=True)
class Judge:
    """Marks the exercises of one student.

    Parameters
    ----------
    number
        Her number: it decides which variants are hers.
    secret
        The secret of the course: with the number it decides on which values functions are tried.
    """

    number: str | None
    secret: bytes

    def probes(self, task: Function) -> list[list[Any]]:
        """Return the arguments to call a function with: the public examples, then hidden ones.

        Parameters
        ----------
        task
            The exercise.

        Returns
        -------
        list of list
            The arguments of each call.
        """
        return deepcopy(_probed(task.id, self.number, self.secret))

    def predicted(self, name: str, given: AnswerEvidence) -> Item:
        """Say how a prediction fared; it is worth no points.

        Parameters
        ----------
        name
            The id of the exercise.
        given
            What the hand-in holds about it.
        """
        task = exercise(name, self.number)
        answer = given.record.get("answer")
        if not task.prediction:
            found = self._marked(task, answer, None)
            return self._item(task, found, answer, out_of=0)
        if not _taken(task, answer):
            return self._item(task, Mark("blank", 0, 0), None, out_of=0)
        came = _plausible(task, _came(given))
        gap = _fared(task, answer, came)
        item = self._item(task, Mark("blank", 0, 0), answer, out_of=0)
        return replace(item, verdict="predicted", came=kept(came), gap=gap)

    def marked(self, name: str, given: AnswerEvidence, twin: AnswerEvidence | None = None) -> Item:
        """Mark an exercise that counts; where it has a twin, the better answer counts.

        Parameters
        ----------
        name
            The id of the exercise.
        given
            What the hand-in holds about it.
        twin
            What it holds about the twin of the exercise, if there is one.
        """
        task = exercise(name, self.number)
        tries = list(self._tries(task, given))
        if twin is not None and task.twin:
            other = exercise(task.twin, self.number)
            tries += [
                self._item(task, found, answer, note=note or "twin", args=args)
                for found, answer, note, args in self._by_record(other, twin)
                if found.verdict not in ("blank", "nonsense")
            ]
        best = max(tries, key=lambda item: (item.points, RANK.index(item.verdict)))
        return best if best.note else self._on_class_lucks(task, best)

    def class_lucks(self, name: str) -> tuple[int, ...]:
        """Return seeds on which plans of an exercise are run: the same for the whole class.

        Only who knows the secret can tell them before they are printed beside the mark.

        Parameters
        ----------
        name
            The id of the exercise.

        Returns
        -------
        tuple of int
            Four seeds.
        """
        chance = _chance(self.secret, f"lucks of the class\0{name}")
        return tuple(int(next(chance) * 2**31) for _ in range(CLASS_LUCKS))

    def _on_class_lucks(self, task: Exercise, item: Item) -> Item:
        """Say beside the mark of a plan what it comes to on lucks that nobody knew; it counts not.

        What is marked are the aims on the lucks of the exercise, alike for everybody; this shows
        whether the plan was made for those alone.
        """
        lucks = self.class_lucks(task.id)
        found = task.on_other_lucks(item.answer, lucks) if _taken(task, item.answer) else {}
        if not found:
            return item
        args = {"open": int(found["open"]), "of": len(lucks), "customers": int(found["customers"])}
        seeds = ", ".join(map(str, lucks))
        return replace(item, note="class-lucks", note_args=args | {"seeds": seeds})

    def recorded(self, name: str, record: Mapping[str, Any]) -> str:
        """Return the verdict on an answer as it was saved, by itself.

        Parameters
        ----------
        name
            The id of the exercise.
        record
            The answer as it was saved.
        """
        return self._marked(exercise(name, self.number), record.get("answer"), None).verdict

    def _tries(self, task: Exercise, given: AnswerEvidence) -> Iterator[Item]:
        if task.BY_CALLS:
            yield self._by_calls(task, given)  # type: ignore[arg-type]
            return
        if given.reply is None and given.lost:
            yield self._lost(task, given)
        ways = [*self._by_code(task, given), *self._by_record(task, given)]
        for found, answer, note, args in ways:
            yield self._item(task, found, answer, note=note, args=args)

    def _by_code(
        self, task: Exercise, given: AnswerEvidence
    ) -> Iterator[tuple[Mark, Any, str, Any]]:
        """Yield the answer of a code cell, where one was written."""
        reply = given.reply
        if reply is None:
            return
        if "error" in reply:
            yield Mark("blank"), None, "code-error", _error(reply)
        elif "blank" not in reply and "value" in reply:
            value = reply["value"]
            yield self._marked(task, value, given.own, reply.get("type")), value, "", {}

    def _by_record(
        self, task: Exercise, given: AnswerEvidence
    ) -> Iterator[tuple[Mark, Any, str, Any]]:
        """Yield the answer that was saved; it may belong to another student's version."""
        answer = given.record.get("answer")
        found = self._marked(task, answer, given.own)
        mine = variant_of(self.number, task.id, _versions(task.id))
        other = given.record.get("variant", mine) != mine and found.verdict != "blank"
        yield found, answer, "other-variant" if other else "", {}

    def _by_calls(self, task: Function, given: AnswerEvidence) -> Item:
        """Mark a function: hidden calls decide, and the results of the examples say why."""
        reply = given.reply
        if reply is None or "blank" in reply:
            return self._lost(task, given) if given.lost else self._item(task, Mark("blank"), None)
        if "error" in reply or not isinstance(reply.get("calls"), list):
            error = _error(reply)
            return self._item(task, Mark("wrong", 0, 1), None, note="code-error", args=error)
        wanted = self.probes(task)
        calls = [each if isinstance(each, dict) else {} for each in reply["calls"]]
        calls = (calls + [{}] * len(wanted))[: len(wanted)]
        said = [_said(each) for each in calls]
        shown = task.mark(said[: len(task.examples)])
        tried = list(zip(wanted, said, calls, strict=True))[len(task.examples) :]
        fails = [each for each in tried if not _right(task, each[0], each[1])]
        share = 1 - len(fails) / PROBES
        points = share if share >= HALF else 0.0
        verdict: ItemVerdict = "right" if not fails else "partly" if points else "wrong"
        note, args = ("hidden-fails", _told(task, fails)) if fails else ("", {})
        whole = Mark("wrong", 0, 1, shown.findings)
        answer = said[: len(task.examples)]
        return self._item(task, whole, answer, verdict=verdict, share=points, note=note, args=args)

    def _lost(self, task: Exercise, given: AnswerEvidence) -> Item:
        """Return an item for an answer that was lost when the code stopped."""
        why = {"why": given.lost}
        return self._item(task, Mark("blank"), None, verdict="lost", note="lost", args=why)

    def _marked(
        self, task: Exercise, answer: Any, own: CodeReply | None, kind: object = None
    ) -> Mark:
        """Mark plain values of any form."""
        if kind is not None and answer is None and kind != "NoneType":
            return Mark("nonsense")
        try:
            return task.mark(answer, _own(own))
        except Exception:  # an answer may have any form; none may cost more than itself
            return Mark("nonsense")

    def _item(
        self,
        task: Exercise,
        found: Mark,
        answer: Any,
        *,
        out_of: float | None = None,
        verdict: ItemVerdict | None = None,
        share: float | None = None,
        note: str = "",
        args: Mapping[str, Any] | None = None,
    ) -> Item:
        worth = task.worth if out_of is None else out_of
        part = share if share is not None else found.points / found.out_of if found.out_of else 0
        return Item(
            exercise=task.id,
            lesson=task.id.split("-")[0],
            points=round(worth * part, PLACES),
            out_of=worth,
            verdict=verdict or found.verdict,
            findings=tuple(map(_plain, found.findings)),
            answer=kept(answer),
            variant=variant_of(self.number, task.id, _versions(task.id)),
            note=note,
            note_args=dict(args or {}),
            needs_person=found.verdict == "waiting",
        )


@lru_cache(256)
def _probed(name: str, number: str | None, secret: bytes) -> list[list[Any]]:
    """Return the probes of a function for a student: they are asked for, then judged by."""
    task = cast("Function", declared_exercise(name))
    shown = [list(map(_listed, example.given)) for example in task.examples]
    chance = _chance(secret, f"{number}\0{name}")
    drawn = [list(map(_listed, given)) for given in probes(task, chance, DRAWN)]
    # a function that only returns an argument or an example must not live on lucky numbers
    guessed = [_guessed(task, given) for given in drawn]
    easy = [given for given, is_easy in zip(drawn, guessed, strict=True) if is_easy][:MOST_EASY]
    hard = [given for given, is_easy in zip(drawn, guessed, strict=True) if not is_easy]
    return shown + (easy + hard + drawn)[:PROBES]


def _guessed(task: Function, given: Sequence[Any]) -> bool:
    """Say whether an argument, or the value of an example, happens to be right."""
    wanted = reference_function(task)(*given)
    flat = [part for each in given for part in (each if isinstance(each, list) else [each])]
    guesses = [*flat, 0, *(example.gives for example in task.examples)]
    return any(agrees(guess, wanted, task.tolerance) for guess in guesses)


def _right(task: Function, given: Sequence[Any], value: Any) -> bool:
    wanted = reference_function(task)(*given)
    return agrees(value, wanted, task.tolerance)


def _said(call: CodeReply) -> Any:
    """Return the value of one call in the form in which a notebook saves it."""
    if "error" in call:
        error = _error(call)
        return {"raised": f"{error['error']}: {error['said']}"}
    value = call.get("value")
    return value if value is None or isinstance(value, bool | int | float | str) else {"gave": "…"}


def _told(task: Function, fails: Sequence[tuple[list[Any], Any, CodeReply]]) -> dict[str, Any]:
    """One probe on which a function went wrong, and how many there were."""
    given, value, _ = fails[0]
    got = value.get("raised", "…") if isinstance(value, dict) else value
    call = f"{task.name}({', '.join(map(str, given))})"
    return {"call": kept(call), "got": kept(f"{got}"), "fails": len(fails), "of": PROBES}


def _error(reply: CodeReply) -> dict[str, str]:
    told = reply.get("error")
    parts = [str(part) for part in told[:2]] if isinstance(told, list) else []
    name, said = [*parts, "", ""][:2]
    return {"error": kept(name)[:100], "said": kept(said)[:200]}


def _came(given: AnswerEvidence) -> Any:
    """Return the outcome, computed again where that was possible, else as it was saved."""
    reply = given.came or {}
    value = reply.get("value")
    return value if isinstance(value, int | float | str) else given.record.get("came")


def _plausible(task: Exercise, came: Any) -> Any:
    """Return what came if it can have come: nobody's own words ever, since a class is shown it."""
    if isinstance(came, str):
        return came if came in {option.id for option in getattr(task, "options", ())} else None
    if isinstance(came, list | tuple):
        fits = len(came) <= MOST_CAME and all(is_plain_number(each) for each in came)
        return [_plausible(task, each) for each in came] if fits else None
    return came if is_plain_number(came) and abs(came) < LARGEST_CAME else None


def _fared(task: Exercise, answer: Any, came: Any) -> str:
    if came is None:
        return ""
    try:
        return task.fared(answer, came)
    except Exception:  # as above
        return ""


def _taken(task: Exercise, answer: Any) -> bool:
    try:
        return answer is not None and task.takes(answer)
    except (TypeError, ValueError, OverflowError):
        return False


def _own(reply: CodeReply | None) -> Mapping[str, Mapping[str, str]] | None:
    """Values of the student's own run, if they have the form of such."""
    value = (reply or {}).get("value")
    if not isinstance(value, dict) or not all(
        isinstance(value.get(lang), dict) for lang in LANGUAGES
    ):
        return None
    return {
        lang: {name: str(kept(said))[:100] for name, said in value[lang].items()}
        for lang in LANGUAGES
    }


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "place": kept(finding.place),
        "right": finding.right,
        "misconception": _both(finding.misconception),
        "because": _both(finding.because),
    }


def _both(text: Any) -> dict[str, str] | None:
    return None if text is None else {lang: str(text[lang]) for lang in LANGUAGES}


def _versions(name: str) -> int:
    return len(getattr(declared_exercise(name), "variants", ()))


def _chance(secret: bytes, purpose: str) -> Iterator[float]:
    """Numbers from 0 to below 1 that only who knows the secret can tell."""
    for place in count():
        drawn = hmac.digest(secret, f"{purpose}\0{place}".encode(), hashlib.sha256)
        yield int.from_bytes(drawn[:6]) / 2**48


def _listed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
