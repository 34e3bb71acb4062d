"""Which cells of a lesson have to run so that a value can be asked for, by the names they use."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from functools import cache

from crmsim.grading.reading.rebuild import Step


def needed(steps: Sequence[Step], wanted: Sequence[str]) -> list[bool]:
    """For each step, whether it has to run: the student's own, and all that is used later.

    Examples
    --------
    >>> steps = [Step("a", "x = 1"), Step("b", "plot(x)"), Step("c", "y = x + 1", mine=True)]
    >>> needed(steps, ["y"])
    [True, False, True]
    """
    used = set().union(*(names(expression)[0] for expression in wanted))
    run = [False] * len(steps)
    for place in reversed(range(len(steps))):
        reads, writes = names(steps[place].source)
        if steps[place].mine or writes & used:
            run[place] = True
            used |= reads
    return run


@cache
def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names that code reads, and those that it sets or may change.

    Code that is not plain Python reads and sets every word in it.

    Examples
    --------
    >>> reads, writes = names("total.append(price)")
    >>> sorted(reads), sorted(writes)
    (['price', 'total'], ['total'])
    """
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        words = frozenset(re.findall(r"\w+", source))
        return words, words
    reads: set[str] = set()
    writes: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                reads.add(name)
            case ast.Name(id=name):
                writes.add(name)
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                writes.add(name)
            case ast.alias(name=name, asname=other):
                writes.add(other or name.split(".")[0])
            case ast.Attribute(ctx=ast.Store()) | ast.Subscript(ctx=ast.Store()):
                writes |= _owner(node)
            case ast.Call(func=ast.Attribute() as method):
                writes |= _owner(method)
            case ast.AugAssign(target=ast.Name(id=name)):
                reads.add(name)
    return frozenset(reads), frozenset(writes)


def _owner(node: ast.AST) -> set[str]:
    """The name at the root of ``name.part[0].other``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
