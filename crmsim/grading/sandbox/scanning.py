"""Words in a student's code that a grader may want to look at; they cost nothing by themselves."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Iterable

from crmsim.common.text import plain

WORDS = """
_exit __builtins__ __class__ __globals__ __import__ __loader__ __subclasses__ _getframe cffi ctypes
currentframe environ eval exec fork gc get_ipython grading importlib input_transformers
input_transformers_cleanup input_transformers_post kill meta_path multiprocessing open os pickle
proc reload resource setattr settrace shutil signal sitecustomize site socket subprocess sys
threading unlink urllib
"""
UNUSUAL = frozenset(WORDS.split())
PLACES = re.compile(r"/proc/|/etc/|\.\./")


def unusual(sources: Iterable[str]) -> tuple[str, ...]:
    """The names in code that have no place in an exercise, in the order of the alphabet.

    Examples
    --------
    >>> unusual(["import os\\nos._exit(0)", "minutes = 185"])
    ('_exit', 'os')
    >>> unusual(["!cat /proc/self/environ"])
    ('/proc/',)
    """
    seen: set[str] = set()
    for source in sources:
        seen |= set(PLACES.findall(source)) | (_names(source) & UNUSUAL)
    return tuple(sorted(plain(name, 40) for name in seen))


def _names(source: str) -> set[str]:
    """Every name in code; of code that can't be parsed, every word."""
    try:
        with warnings.catch_warnings(action="ignore"):
            tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(re.findall(r"\w+", source)) if "!" not in source else set()
    names: set[str] = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                names.add(name)
            case ast.Import(names=many):
                names |= {part for each in many for part in each.name.split(".")}
            case ast.ImportFrom(module=module, names=many):
                names |= set((module or "").split(".")) | {each.name for each in many}
    return names
