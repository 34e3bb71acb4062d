"""Recognise a student by any of the names that a person or a platform may use for her."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from crmsim.common.text import same, same_loosely


@dataclass(frozen=True)
class StudentIndex:
    """The students of a batch by their names, in the order in which a name is understood.

    Attributes
    ----------
    found
        The key of each student by a name that only she has.
    doubtful
        The keys of those who share a name.
    """

    found: Mapping[str, str] = field(default_factory=dict)
    doubtful: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @staticmethod
    def called(levels: Iterable[Iterable[tuple[str, str]]]) -> StudentIndex:
        """Return the people of pairs of name and key; a name of an earlier level goes first.

        Nobody gets another's points by calling a file like her.
        """
        found: dict[str, str] = {}
        doubtful: dict[str, Sequence[str]] = {}
        for level in levels:
            here: dict[str, set[str]] = {}
            for name, key in level:
                here.setdefault(same(name), set()).add(key)
            for name, keys in here.items():
                if name and name not in found and name not in doubtful:
                    if len(keys) == 1:
                        found[name] = min(keys)
                    else:
                        doubtful[name] = sorted(keys)
        return StudentIndex(found, doubtful)

    def of(self, said: str) -> str | None:
        """Return the key of the student who is called so, if it is one alone."""
        return self.found.get(same(said))

    def why_not(self, said: str) -> str:
        """Say why nobody is meant by a name, and who may be."""
        if both := self.doubtful.get(same(said)):
            return f"can mean {' or '.join(map(repr, both))}; write the number"
        zeros = [name for name in self.found if same_loosely(name) == same_loosely(said)]
        close = zeros or get_close_matches(same(said), self.found, n=1)
        hint = f"; did you mean {self.found[close[0]]!r}?" if close else ""
        return f"nobody of that number or file is here{hint}"
