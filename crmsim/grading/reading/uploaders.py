"""Names of students in the names of files and folders, as platforms and people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOODLE = re.compile(r"^(?P<label>.+?)_(?P<id>\d+)_assignsubmission_(?:file|onlinetext)(?:_|$)")
CANVAS = re.compile(
    r"^(?P<label>[^\W_]+)_(?:LATE_)?(?P<id>\d+)_(?:question_\d+_)?\d+_(?P<rest>.+)$", re.IGNORECASE
)
NUMBER = re.compile(r"(?<![\w.])[A-Za-z]{0,3}\d{5,}(?![\w])")


@dataclass(frozen=True)
class Uploader:
    """A student as the name that a platform gave to a file or folder says.

    Attributes
    ----------
    kind
        ``canvas`` or ``moodle``.
    id
        What the platform knows her by.
    label
        Her name there.
    """

    kind: str
    id: str
    label: str

    @property
    def key(self) -> str:
        """Name of this student where nobody says a number."""
        return f"{self.label} {self.id}".strip()


def uploader(name: str) -> Uploader | None:
    """Return who handed in a file, where a platform's own naming says so.

    Moodle calls folders ``Lin Yue_123_assignsubmission_file_``, Canvas files
    ``linyue_LATE_4711_98765_handin.zip``. What follows is the student's own.

    Parameters
    ----------
    name
        The path of a file inside of what the platform gave.

    Examples
    --------
    >>> uploader("Lin Yue_123_assignsubmission_file_/handin.zip").key
    'Lin Yue 123'
    >>> uploader("spring/linyue_4711_98765_handin-1.zip").id
    '4711'
    >>> uploader("2026001.zip") is None
    True
    """
    return next(filter(None, map(_uploader, name.split("/"))), None)


def words_of(name: str) -> list[str]:
    """Return what in the name of a file may say who handed it in, whole names before their parts.

    A short word in the name of a file, such as the 10 of a lesson, says nothing.

    Returns
    -------
    list of str
        Without repetitions.

    Examples
    --------
    >>> words_of("42/ps1/2026123_林悦_10-buying.ipynb")
    ['42', 'ps1', '2026123_林悦_10-buying', '2026123', '林悦', 'buying']
    """
    *folders, last = name.split("/")
    file = re.sub(r"\.[a-z]\w{1,4}$", "", last, flags=re.IGNORECASE)
    whole = [*folders, last] if file == last else folders
    parts = [word for part in (*folders, file) for word in (part, *re.split(r"[\s_()-]+", part))]
    told = [word for word in parts if len(word) > 2 or (word and not word.isascii())]
    return list(dict.fromkeys(filter(None, (*whole, *told))))


def number_in(name: str) -> str:
    """Return the one word in the name of a file that looks like a student number, or "".

    Examples
    --------
    >>> number_in("2026123_林悦_10-buying.ipynb"), number_in("linyue_4711_98765_10-buying.ipynb")
    ('2026123', '')
    >>> number_in("2026123.docx")
    '2026123'
    """
    if uploader(name):  # what looks like a number there is the platform's own
        return ""
    found = {word for word in words_of(name) if NUMBER.fullmatch(word)}
    return found.pop() if len(found) == 1 else ""


def _uploader(part: str) -> Uploader | None:
    for kind, form in (("moodle", MOODLE), ("canvas", CANVAS)):
        if found := form.match(part):
            return Uploader(kind, found["id"], found["label"])
    return None
