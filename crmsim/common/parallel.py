"""Work done piece by piece on any executor: seen to advance, stopped at any time.

Pieces are sent in chunks: a piece alone costs more to send than to do where it takes a
millisecond. A worker that dies costs nothing that was finished.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from typing import Any

from tqdm.auto import tqdm

from crmsim.common.errors import ActionError

CHUNK_S = 0.5
"""How long a chunk should keep a worker busy, in seconds."""

Outcome = dict[str, Any]
Work = Callable[..., Outcome]
Piece = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Failed:
    """A piece that could not be done, and why."""

    reason: str
    error: BaseException | None = None


Result = Outcome | Failed


def work_through(
    work: Work, pieces: Sequence[Piece], executor: Executor | None = None
) -> Iterator[tuple[int, Result]]:
    """Each piece's place and outcome, in the order in which they are finished.

    Parameters
    ----------
    work
        What is done with a piece: ``work(*piece)``.
    pieces
        The arguments of each piece.
    executor
        Where it is done; None: here, one after another. A piece whose worker died is tried once
        more in a process of its own.

    Raises
    ------
    ActionError
        If the executor is none.
    """
    if not isinstance(executor, Executor | None):
        rule = "must be one of concurrent.futures, such as ProcessPoolExecutor(2), or None"
        raise ActionError(f"executor = {executor!r}: {rule}")
    with tqdm(total=len(pieces), delay=1, leave=False) as bar:
        for result in _there(work, pieces, executor) if executor else _here(work, pieces):
            yield result
            bar.update()


def _here(work: Work, pieces: Sequence[Piece]) -> Iterator[tuple[int, Result]]:
    for place, piece in enumerate(pieces):
        yield place, _attempt(work, piece)


def _there(work: Work, pieces: Sequence[Piece], executor: Executor) -> Iterator[tuple[int, Result]]:
    """The first piece tells how long one takes; the others follow in chunks."""
    chunks: dict[Future[tuple[float, list[Result]]], range] = {}
    orphans: list[int] = []

    def send(places: range) -> None:
        try:
            chunks[executor.submit(_chunk, work, [pieces[place] for place in places])] = places
        except Exception:  # whatever an executor raises that no longer takes work
            orphans.extend(places)

    def finished() -> Iterator[tuple[float, range, list[Result]]]:
        for future in as_completed(tuple(chunks)):
            places = chunks.pop(future)
            try:
                taken_s, results = future.result()
            except Exception:  # the worker or its executor died: the work's own errors are results
                orphans.extend(places)
            else:
                yield taken_s, places, results

    try:
        size = 1
        send(range(min(size, len(pieces))))
        for taken_s, places, results in finished():
            size = max(1, math.ceil(CHUNK_S / max(taken_s, 1e-6)))
            yield from zip(places, results, strict=True)
        for start in range(1, len(pieces), size):
            send(range(start, min(start + size, len(pieces))))
        for _, places, results in finished():
            yield from zip(places, results, strict=True)
        yield from _alone(work, pieces, orphans)
    finally:
        for future in chunks:
            future.cancel()


def _alone(work: Work, pieces: Sequence[Piece], orphans: list[int]) -> Iterator[tuple[int, Result]]:
    """One piece at a time in a process of ours, so that one that dies is known."""
    pool = None
    try:
        for place in orphans:
            pool = pool or ProcessPoolExecutor(1)
            try:
                result = pool.submit(_chunk, work, [pieces[place]]).result()[1][0]
            except Exception as error:
                pool.shutdown()
                pool = None
                result = Failed(f"its worker could not do it, twice: {error}", error)
            yield place, result
    finally:
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def _chunk(work: Work, pieces: Sequence[Piece]) -> tuple[float, list[Result]]:
    """The outcomes of some pieces, and how long they took, in seconds."""
    start = time.perf_counter()
    results = [_attempt(work, piece) for piece in pieces]
    sent = [Failed(each.reason) if isinstance(each, Failed) else each for each in results]
    return time.perf_counter() - start, sent


def _attempt(work: Work, piece: Piece) -> Result:
    try:
        return work(*piece)
    except (Exception, SystemExit) as error:  # a policy may well end in sys.exit()
        return Failed(f"{type(error).__name__}: {error}", error)
