"""Function: the student writes a short function.

In the notebook it is tried on the public examples, and the first that fails is shown. A grader
calls it on probes drawn from the ranges of its arguments and compares with the reference; both
use the same comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dis import get_instructions
from functools import partial
from importlib import import_module
from types import CodeType
from typing import Annotated, Any, ClassVar, Literal

from msgspec import Meta

from crmsim.common.text import plain, value_as_text
from crmsim.common.time_limit import TooLongError, count_ending, time_limit
from crmsim.exercises.exercise import Exercise, Finding, Mark, Note, Own, Verdict
from crmsim.exercises.parts import NearMiss, is_plain_number
from crmsim.scenario.parts import Finite, Part, Text
from crmsim.scenario.wiring import repeated_ids

ArgumentValue = int | Finite | tuple[int | Finite, ...]
Value = bool | Finite | str

WORD_RULE = "a name in Python: small letters, digits and underscores"
PATH_RULE = "the path of a function of crmsim"

Word = Annotated[str, Meta(pattern=r"^[a-z_][a-z0-9_]*\Z", max_length=40, description=WORD_RULE)]
DottedName = Annotated[str, Meta(pattern=r"^crmsim(\.[a-z_][a-z0-9_]*)+\Z", description=PATH_RULE)]

NEARLY = 0.02
"""A value that is off by a smaller share was probably rounded."""

TRIED_S = 5.0
"""Longest time that a student's function may take for an example in her notebook, in seconds."""

TOO_LONG = f"more than {TRIED_S:g} s"

MOST_WORDS = 200
"""Characters that are kept of an error in a student's function."""


ERRORS = {
    "NameError": "name",
    "UnboundLocalError": "name",
    "ZeroDivisionError": "zero",
    "RecursionError": "calls-itself",
    "TooLongError": "endless",
}
"""Errors that have a sentence of their own, a key of ``lesson.function`` in the words."""


class Argument(Part):
    """An argument of a function, and from where to where it is probed.

    ``many`` is the most numbers of a list; left out, the argument is one number.
    """

    name: Word
    about: Text
    low: Finite
    high: Finite
    whole: bool = False
    many: Annotated[int, Meta(ge=1, le=100)] | None = None


class Example(Part):
    """A call of the function: its arguments, its result, and the meaning of other results."""

    given: Annotated[tuple[ArgumentValue, ...], Meta(min_length=1, max_length=6)]
    gives: Value
    because: Text
    slips: tuple[NearMiss, ...] = ()


class Function(Exercise):
    """A short function in Python, told right from wrong by what it gives.

    ``reference`` is the dotted path of a function of the course that gives what is right; nobody
    but a grader looks it up.
    """

    POINTS: ClassVar[int] = 3
    BY_CALLS: ClassVar[bool] = True

    kind: Literal["function"]
    name: Word
    arguments: Annotated[tuple[Argument, ...], Meta(min_length=1, max_length=6)]
    examples: Annotated[tuple[Example, ...], Meta(min_length=2, max_length=8)]
    reference: DottedName
    tolerance: Annotated[float, Meta(ge=0, le=1e9)] = 1e-6

    @property
    def signature(self) -> str:
        """The way it is called, as in ``ratio(perceived, expected)``."""
        return f"{self.name}({', '.join(argument.name for argument in self.arguments)})"

    def called(self, example: Example) -> str:
        """Return an example as it would be typed."""
        said = [list(each) if isinstance(each, tuple) else each for each in example.given]
        return f"{self.name}({', '.join(f'{each}' for each in said)})"

    @property
    def right_answer(self) -> list[Value]:
        """The value that each example should give."""
        return [example.gives for example in self.examples]

    def takes(self, answer: object) -> bool:
        """Accept what the function gave for each example."""
        return isinstance(answer, list | tuple) and len(answer) == len(self.examples)

    def from_code(self, answer: Any) -> Any:
        """Return what a function gives for the examples; None where it is as it was handed out."""
        if not callable(answer):
            return answer
        gave = self.tried(answer)
        return None if untouched(answer) and not any(gave) else gave

    def tried(self, function: object) -> list[Any]:
        """Return what a student's function gives for the public examples, as plain values.

        Where it raises an error the value is ``{"raised": "ZeroDivisionError: …"}``. One that does
        not come to an end is stopped, and not called again.
        """
        calls = [partial(_call, function, example.given) for example in self.examples]
        ending = count_ending(calls, TRIED_S)
        gave: list[Any] = []
        for call in calls[:ending]:
            gave.append(gave[-1] if _endless(gave[-1:]) else _tried(call))
        return gave + [_raised(TooLongError(TOO_LONG))] * (len(calls) - ending)

    def _mark(self, answer: Sequence[object], own: Own | None) -> Mark:
        # A point an example; the finding of each says what it would mean in business.
        if all(value is None for value in answer):
            return Mark("blank")
        pairs = zip(self.examples, answer, strict=True)
        return Mark.of(self._finding(str(i), *each) for i, each in enumerate(pairs))

    def _finding(self, place: str, example: Example, value: object) -> Finding:
        if agrees(value, example.gives, self.tolerance):
            return Finding(place, True, because=example.because)
        for slip in example.slips:
            if agrees(value, slip.value, max(self.tolerance, 1e-6)):
                return Finding.of(place, slip, None)
        return Finding(place, False, because=example.because)

    def asked(self, place: str, lang: str) -> str:
        """Return the call of an example."""
        known = {str(i): self.called(example) for i, example in enumerate(self.examples)}
        return known.get(place, plain(place))

    def chosen(self, answer: Any, place: str, lang: str) -> str:
        """Return what the function gave for an example."""
        if not self.takes(answer) or not place.isdecimal() or int(place) >= len(answer):
            return ""
        gave = answer[int(place)]
        return value_as_text(gave.get("raised", "…") if isinstance(gave, dict) else gave)

    def _solution(self, lang: str) -> str:
        calls = " · ".join(f"{self.called(e)} = {e.gives}" for e in self.examples)
        return f" → **{calls}**"

    def note(self, answer: Any, verdict: Verdict | None) -> Note | None:
        """Say how to go about it, and what a function lacks that gives nothing back."""
        if verdict is None:
            return f"function.{'twin' if self.twin else 'how'}", {}
        if verdict == "blank":
            return "function.nothing", {}
        return self._why_it_fails(answer) if verdict in ("wrong", "partly") else None

    def _why_it_fails(self, answer: Sequence[Any]) -> Note | None:
        """Say what is wrong with a function where that is no known misconception."""
        place = next(
            i for i, found in enumerate(self._mark(answer, None).findings) if not found.right
        )
        example, value = self.examples[place], answer[place]
        call = {"call": self.called(example)}
        if isinstance(value, dict):
            error = value.get("raised")
            if error is None:
                return "function.kind", call | {"kind": value.get("gave", "…")}
            kind, _, said = str(error).partition(": ")
            if kind == "TypeError" and "argument" in said:
                return "function.arguments", {"signature": self.signature}
            return f"function.{ERRORS.get(kind, 'stops')}", call | {"error": error}
        if value is None:
            return "function.sometimes", call
        if any(agrees(value, slip.value, max(self.tolerance, 1e-6)) for slip in example.slips):
            return None
        if isinstance(value, str) and is_plain_number(example.gives):
            return "function.text", call
        if len({repr(each) for each in answer}) == 1:
            return "function.constant", {}
        if is_plain_number(value) and is_plain_number(example.gives):
            off = abs(value - example.gives)  # type: ignore[operator]
            if off <= NEARLY * abs(example.gives):  # type: ignore[arg-type]
                return "function.rounded", {}
        return None

    def wiring(self) -> Iterator[str]:
        """Find what is wrong between the parts."""
        yield from repeated_ids([argument.name for argument in self.arguments], "arguments")
        for argument in self.arguments:
            if argument.low >= argument.high:
                yield f"argument {argument.name!r}: low = {argument.low}: must be below high"
        for number, example in enumerate(self.examples, 1):
            if len(example.given) != len(self.arguments):
                yield f"examples no. {number}: given: should have {len(self.arguments)} values"
            for slip in example.slips:
                if agrees(slip.value, example.gives, self.tolerance):
                    yield f"examples no. {number}: slips: value = {slip.value}: counts as right"


def untouched(function: object) -> bool:
    """Say whether a function is still as it was handed out, with nothing but ``...`` in it.

    Examples
    --------
    >>> untouched(lambda a, b: ...), untouched(lambda a, b: print(a / b))
    (True, False)
    """

    def blank() -> None: ...

    code = getattr(function, "__code__", None)
    return code is not None and _steps(code) == _steps(blank.__code__)


def agrees(value: object, wanted: Value, tolerance: float) -> bool:
    """Say whether a value counts as the right one: of its type, a number within the tolerance.

    Parameters
    ----------
    value
        What was returned.
    wanted
        What is right.
    tolerance
        The most that a number may differ, in its unit.

    Examples
    --------
    >>> agrees(0.3001, 0.3, 0.001), agrees(True, 1.0, 0.1), agrees("0.3", 0.3, 0.1)
    (True, False, False)
    """
    if is_plain_number(wanted):
        return is_plain_number(value) and abs(value - wanted) <= tolerance  # type: ignore[operator]
    return type(value) is type(wanted) and value == wanted


def probes(task: Function, chance: Iterator[float], count: int) -> list[tuple[Any, ...]]:
    """Return arguments to call a function with, from a stream of numbers between 0 and 1.

    Parameters
    ----------
    task
        The exercise, which says what its arguments can be.
    chance
        Numbers from 0 to 1, as many as are needed.
    count
        The number of calls.

    Returns
    -------
    list of tuple
        The arguments of each call.

    Examples
    --------
    >>> from itertools import cycle
    >>> from types import SimpleNamespace
    >>> about = Text(en="a", zh_hans="甲")
    >>> task = SimpleNamespace(
    ...     arguments=(Argument(name="n", about=about, low=0, high=10, whole=True),)
    ... )
    >>> probes(task, cycle([0.0, 0.55, 0.999]), 3)
    [(0,), (6,), (10,)]
    """
    return [tuple(_drawn(argument, chance) for argument in task.arguments) for _ in range(count)]


def reference_function(task: Function) -> Callable[..., Value]:
    """Return the function that gives what is right in a task."""
    module, _, name = task.reference.rpartition(".")
    return getattr(import_module(module), name)


def _steps(code: CodeType) -> list[str]:
    """Return what a function does, step by step, whatever the values."""
    return [step.opname for step in get_instructions(code)]


def _drawn(argument: Argument, chance: Iterator[float]) -> float | list[float]:
    def one() -> float:
        if argument.whole:
            return int(argument.low + next(chance) * (argument.high - argument.low + 1))
        return round(argument.low + next(chance) * (argument.high - argument.low), 6)

    if argument.many is None:
        return one()
    return [one() for _ in range(1 + int(next(chance) * argument.many))]


def _call(function: Any, given: Sequence[ArgumentValue]) -> Any:
    return function(*(list(each) if isinstance(each, tuple) else each for each in given))


def _tried(call: Callable[[], Any]) -> Any:
    try:
        with time_limit(TRIED_S, TOO_LONG):
            return _plain(call())
    except (Exception, SystemExit, TooLongError) as error:
        return _raised(error)


def _raised(error: BaseException) -> dict[str, str]:
    return {"raised": f"{type(error).__name__}: {error}"[:MOST_WORDS]}


def _endless(gave: Sequence[Any]) -> bool:
    said = (each.get("raised", "") for each in gave if isinstance(each, dict))
    return any(error.startswith(TooLongError.__name__) for error in said)


def _plain(value: Any) -> Any:
    value = value.item() if hasattr(value, "item") else value
    if value is None or value is ...:
        return None
    if is_plain_number(value) or isinstance(value, bool):
        return value
    return value[:MOST_WORDS] if isinstance(value, str) else {"gave": type(value).__name__}
