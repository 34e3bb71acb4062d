"""Names in a student's code: those it uses and sets, and those that no exercise needs.

Code is parsed and never run here. Lines that are IPython's own (``%magic``, ``!command``,
``help?``) may stand anywhere in it.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable
from functools import lru_cache

from crmsim.common.text import plain

LONGEST = 20_000
"""Longest cell that is parsed, in characters: a parser may take seconds for a longer one."""

WORDS = """
_exit __builtins__ __class__ __globals__ __import__ __loader__ __subclasses__ _getframe cffi compile
ctypes currentframe environ eval exec fork gc get_ipython grading importlib input_transformers
input_transformers_cleanup input_transformers_post inspect kill meta_path multiprocessing open os
pathlib pickle posix proc pty reload resource runpy setattr settrace shutil signal sitecustomize
site socket subprocess sys threading unlink urllib
"""
UNUSUAL = frozenset(WORDS.split())
PLACES = re.compile(r"/proc/|/etc/|\.\./")

_IPYTHONS_OWN = re.compile(r"^[ \t]*(?:\w[\w, \t]*=[ \t]*)?[%!].*$", re.M)
_CELL_MAGIC = re.compile(r"\A\s*%%.*(?:\n|\Z)")
_LINE = re.compile(r"^([ \t]*)(?:[%!?].*|[\w.%]+\?{1,2}[ \t]*)$", re.M)
_ASSIGNED = re.compile(r"^([ \t]*\w[\w, \t]*=)[ \t]*[%!].*$", re.M)


def unusual(sources: Iterable[str]) -> tuple[str, ...]:
    """Return the names in code that have no place in an exercise, in alphabetical order.

    Parameters
    ----------
    sources
        The student's cells.

    Returns
    -------
    tuple of str
        Each at most 40 characters long.

    Examples
    --------
    >>> unusual(["!true\\nimport os\\nos._exit(0)", "minutes = 185"])
    ('_exit', 'os')
    >>> unusual(["!cat /proc/self/environ"])
    ('/proc/', 'environ', 'proc')
    """
    seen: set[str] = set()
    for source in sources:
        seen |= set(PLACES.findall(source)) | (_mentioned(source) & UNUSUAL)
    return tuple(sorted(plain(name, 40) for name in seen))


def _mentioned(source: str) -> set[str]:
    """Return every name in code; of code that can't be parsed, every word."""
    if (tree := parsed(source)) is None:
        return set(re.findall(r"\w+", source))
    # a magic or a command may hold code of its own, which no parser sees
    names = set(re.findall(r"\w+", "\n".join(_IPYTHONS_OWN.findall(source))))
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.Import(names=many):
                names |= {part for each in many for part in each.name.split(".")}
            case ast.ImportFrom(module=module, names=many):
                names |= set((module or "").split(".")) | {each.name for each in many}
    return names


def parsed(source: str) -> ast.Module | None:
    """Parse code without the lines that are IPython's own; None if it is not Python.

    Parameters
    ----------
    source
        The code of a cell.
    """
    if len(source) > LONGEST:
        return None
    bare = _CELL_MAGIC.sub("", source)
    for text in (source, _LINE.sub(r"\1pass", _ASSIGNED.sub(r"\1 None", bare))):
        with warnings.catch_warnings(action="ignore"):
            try:
                return ast.parse(text)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue
    return None


@lru_cache(2048)
def names(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that code reads, and those that it sets or may change.

    Code that can't be parsed reads and sets every word in it.

    Parameters
    ----------
    source
        The code of a cell.

    Returns
    -------
    tuple of frozenset
        The names read, and the names set.

    Examples
    --------
    >>> reads, writes = names("%matplotlib inline\\ntotal.append(price)")
    >>> sorted(reads), sorted(writes)
    (['price', 'total'], ['total'])
    """
    if (tree := parsed(source)) is None:
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
    """Return the name at the root of ``name.part[0].other``."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
