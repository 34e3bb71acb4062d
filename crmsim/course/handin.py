"""The one file that a student hands in: identity, saved work and notebooks, with their hashes.

::

    handin.json     schema, course, crmsim, student {number, name}, lang, made (UTC),
                    files {path: sha256}
    progress/*.json
    notebooks/<language>/NN-name.ipynb
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from io import BytesIO
from pathlib import Path
from select import select
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from crmsim.common.errors import CrmsimError
from crmsim.common.files import expanded, reason, sha256_of, write
from crmsim.common.words import LANGUAGES, language, words
from crmsim.course import progress, student
from crmsim.course.lessons import lessons
from crmsim.course.notebooks import Notebook, own
from crmsim.course.passport import Stamp, stamps
from crmsim.course.student import Student
from crmsim.exercises.variants import COURSE_ID, same_number

HANDIN_SCHEMA = 1
MANIFEST = "handin.json"
PROGRESS, NOTEBOOKS = "progress", "notebooks"
MOST_NAME_BYTES = 120
LOOK_AGAIN_S = 0.2
"""Seconds after which a Ctrl+C is seen that came just before a wait."""
SAME_MOMENT_S = 2
"""Seconds between an answer and its notebook that are no sign of a notebook not saved."""

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


class HandInError(CrmsimError):
    """There is nothing to hand in, or nobody said whose it is."""


def pack(place: Path | None = None, lang: str = "en") -> Path:
    """Write the hand-in of the work folder, whole or not at all; the later one replaces it.

    Parameters
    ----------
    place
        The folder to write it to; None: the work folder.
    lang
        The language in which to say what is missing, and in which the student is answered.

    Raises
    ------
    HandInError
        If no student number was entered, or nothing has been done yet.
    """
    who, files = student.current(), dict(gathered())
    if who is None:
        raise HandInError(words(lang)("passport.handin.no-number"))
    if not any(name != f"{PROGRESS}/{student.FILE}.json" for name in files):
        raise HandInError(words(lang)("passport.handin.nothing", folder=progress.folder()))
    manifest = json.dumps(described(who, files, lang), ensure_ascii=False, indent=1)
    package = _zipped({MANIFEST: manifest.encode()} | files)
    return write((place or work()) / handin_name(who.number), package)


def run_handin(number: str | None, name: str | None, place: Path | None, lang: str) -> int:
    """Pack the hand-in, and print what was written and what is still missing (``crmsim handin``).

    Parameters
    ----------
    number, name
        The student's number and name; None where they were entered before.
    place
        The folder or file for the zip; None: the work folder.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    int
        The exit code: 0 if it was written, 1 if the file can't be, 2 if something is wrong.
    """
    t = words(lang)
    os.environ["CRMSIM_WORK"] = str(_work_here())
    try:
        _identify(number, name, lang)
        path = pack(place, lang)
    except CrmsimError as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        print(t("passport.handin.unwritten", reason=reason(error, lang)), file=sys.stderr)
        return 1
    left = still_missing(stamps(lang), lang)
    print(t("passport.handin.made", path=path))
    print("".join(f"! {line}\n" for line in unpacked(lang)), end="")
    print("\n".join([t("passport.left.title"), *left] if left else [t("passport.handin.complete")]))
    return 0


def _identify(number: str | None, name: str | None, lang: str) -> None:
    """Take the number that was given, or ask for one where none is known and somebody is there."""
    t, known = words(lang), student.current()
    if number is None and known is None and sys.stdin is not None and sys.stdin.isatty():
        number = _asked(t("passport.who.number"))
        name = name or (number and _asked(t("passport.who.name")))
    if number is None:
        return
    if known and not same_number(known.number, number):
        raise HandInError(t("passport.handin.other-number", old=known.number, new=number))
    student.enter(number, name or (known.name if known else ""))


def _asked(question: str) -> str | None:
    """Return the line that is typed at the terminal; None after Ctrl+D."""
    print(f"{question}: ", end="", flush=True)
    # A Ctrl+C that comes just before the read waits for a whole line, so nothing is read before it
    # is there; Windows can't wait for a terminal in this way.
    while os.name != "nt" and not select([sys.stdin], [], [], LOOK_AGAIN_S)[0]:
        pass
    line = sys.stdin.readline()
    if not line:
        print()
    return line.removesuffix("\n") if line else None


def _work_here() -> Path:
    """Find the work folder from the folder it lies in, from itself, or from a folder in it."""
    if os.environ.get("CRMSIM_WORK"):
        return expanded(os.environ["CRMSIM_WORK"])
    here = Path.cwd()
    places = (here / "work", here, here.parent, *(here / "notebooks" / lang for lang in LANGUAGES))
    return next((place for place in places if (place / PROGRESS).is_dir()), places[0])


def work() -> Path:
    """Return the folder in which the student's copies and progress lie."""
    return progress.folder().parent


def handin_name(number: str) -> str:
    """Make a file name that every system can take, in the script of the number.

    Examples
    --------
    >>> handin_name("2026/001: 林"), handin_name("..")
    ('handin-2026-001-林.zip', 'handin-5ec1f7e7.zip')
    """
    safe = re.sub(r"[^\w]+", "-", unicodedata.normalize("NFC", number)).strip("-_")
    while len(safe.encode()) > MOST_NAME_BYTES:
        safe = safe[:-1]
    digest = hashlib.sha256(number.encode("utf-8", "replace")).hexdigest()[:8]
    return f"handin-{safe or digest}.zip"


def gathered(notebooks: list[Notebook] | None = None) -> Iterator[tuple[str, bytes]]:
    """Yield everything to hand in, by its path in the zip: saved work, and notebooks written in.

    A lesson is packed whatever it was renamed to and wherever in the work folder it was moved.
    """
    for path in sorted(progress.folder().glob("*.json")):
        if path.is_file():
            yield f"{PROGRESS}/{path.name}", path.read_bytes()
    taken: set[str] = set()
    for notebook in own(work())[0] if notebooks is None else notebooks:
        if notebook.touched:
            name = f"{NOTEBOOKS}/{notebook.lang}/{notebook.path.name}"
            while name in taken:
                name = name.replace(".ipynb", "-2.ipynb")
            taken.add(name)
            yield name, notebook.content


def unpacked(lang: str) -> list[str]:
    """Return a line for whatever is done but in no notebook that gets packed, by its name.

    An answer found by code earns its points by the notebook: it has to be there, and saved since.

    Returns
    -------
    list of str
        A line each; empty if nothing is missing.
    """
    t = words(lang)
    notebooks, unreadable = own(work(), language(lang))
    lines = [t("passport.handin.unreadable", name=path.name) for path in unreadable]
    for lesson in lessons(lang):
        mine = [each for each in notebooks if each.lesson == lesson.number and each.touched]
        for exercise_id, name in lesson.coded:
            saved = progress.folder() / f"answer-{exercise_id}.json"
            record = progress.load_record(saved.stem) or {}
            if not record.get("tries"):
                continue
            places = {"exercise": exercise_id, "lesson": f"{lesson.number} · {lesson.title}"}
            holding = [each for each in mine if _holds(each, exercise_id, name)]
            if not holding:
                lines.append(t("passport.handin.in-no-notebook", **places))
            elif max(map(_saved_s, holding)) + SAME_MOMENT_S < _saved_at(saved):
                lines.append(t("passport.handin.unsaved", **places, name=holding[0].path.name))
    return lines


def _holds(notebook: Notebook, exercise_id: str, name: str) -> bool:
    """Return whether a notebook has a cell of the student's own that answers an exercise."""
    asks = re.compile(rf"""\bcheck\(\s*["']{re.escape(exercise_id)}["']""")
    gives = re.compile(rf"^\s*def {name}\b|^\s*{name}\s*[:=]", re.M)
    filled = [cell for cell in notebook.written if _FRAME.sub("", cell).strip()]
    return any(asks.search(cell) or gives.search(cell) for cell in filled)


_FRAME = re.compile(r"^\s*(?:#.*|def .*:|check\(.*|(?:\w+\s*=\s*)?\.\.\.)\s*$", re.M)
"""Lines that stand in a cell before anything is written in it."""


def _saved_s(notebook: Notebook) -> float:
    return _saved_at(notebook.path)


def _saved_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def described(who: Student, files: dict[str, bytes], lang: str) -> dict[str, object]:
    """Make the description that stands at the head of a hand-in."""
    return {
        "schema": HANDIN_SCHEMA,
        "course": COURSE_ID,
        "crmsim": version("crmsim"),
        "student": asdict(who),
        "lang": language(lang),
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "files": {name: sha256_of(content) for name, content in files.items()},
    }


def still_missing(collected: list[Stamp], lang: str) -> list[str]:
    """Return a line for each lesson begun that has something left; it gives no answer away.

    Parameters
    ----------
    collected
        The stamps of the passport.
    lang
        The language, ``"en"`` or ``"zh-Hans"``.

    Returns
    -------
    list of str
        A line each, in the order of the lessons.
    """
    t = words(lang)
    join = t("passport.left.join")
    return [
        t(
            "passport.left.line",
            number=stamp.lesson.number,
            title=stamp.lesson.title,
            left=join.join(t(f"passport.left.{k}", count=n) for k, n in stamp.to_do.items()),
        )
        for stamp in collected
        if stamp.begun and stamp.to_do
    ]


def _zipped(files: dict[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on its files alone."""
    package = BytesIO()
    with ZipFile(package, "w", ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = ZipInfo(name, _LONG_AGO)
            entry.compress_type = ZIP_DEFLATED
            archive.writestr(entry, content)
    return package.getvalue()
