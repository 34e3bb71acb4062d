"""Parts of a submission: its author, notebooks, answers and played sessions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from crmsim.common.files import sha256_of
from crmsim.common.text import one_line, plain
from crmsim.common.words import LANGUAGES
from crmsim.course.progress import Record
from crmsim.course.student import MOST_NAME
from crmsim.exercises.variants import clean_number, same_number
from crmsim.grading.reading.archives import MOST_ENTRIES, Found
from crmsim.grading.reading.rebuild import CHINESE, Book, book, rebuilt
from crmsim.grading.reading.released import released_lessons
from crmsim.grading.reading.submissions import HAND_IN, MARGIN_S, Submission
from crmsim.grading.reading.untrusted_json import ReadingError, decoded, loads

ANSWER_KINDS = ("answer", "before")
MOST_RECORD_BYTES = 2**20


@dataclass
class Contents(Found):
    """The parts of a submission, each as far as it can be read.

    Attributes
    ----------
    number, name, made
        Who made it and when, as it says itself.
    known
        The number to go by: hers, or the one that others know where she says none.
    packed, told_lang
        Whether it is the course's own zip, and the language that it gives.
    books
        The notebook of each lesson.
    answers
        The saved answers by exercise, under ``answer`` and under ``before``.
    sessions
        Played sessions and recorded runs by the name of their file.
    """

    number: str | None = None
    known: str | None = None
    name: str | None = None
    made: str | None = None
    packed: bool = False
    told_lang: str = ""
    earlier: tuple[str, ...] = ()
    books: dict[str, Book] = field(default_factory=dict)
    answers: dict[str, dict[str, Record]] = field(
        default_factory=lambda: {k: {} for k in ANSWER_KINDS}
    )
    sessions: dict[str, Record] = field(default_factory=dict)

    @property
    def lang(self) -> str:
        """The language to answer in: that of most notebooks, else of the zip, else of the words."""
        said = [each.lang for each in self.books.values()]
        if said or self.told_lang:
            return max(sorted(set(said)), key=said.count, default=self.told_lang)
        answers = (record.get("answer") for record in self.answers["answer"].values())
        words = (self.name or "", *(text for text in answers if isinstance(text, str)))
        return "zh-Hans" if any(ord(sign) in CHINESE for text in words for sign in text) else "en"


def contents(submission: Submission) -> Contents:
    """Sort a submission into its parts; a part that can't be read costs no other."""
    read = Contents(problems=list(submission.problems), flags=list(submission.flags))
    files = submission.files
    who = dict(_records(files, read))
    read.packed = HAND_IN in who
    _who(read, who.get(HAND_IN, {}), who.pop("student.json", {}))
    _believed(read, submission)
    _unchanged(read, files, who.pop(HAND_IN, {}))
    for name, record in who.items():
        _file_record(read, name, record)
    for name, data in files.items():
        if ".ipynb" in name.lower():
            _file_book(read, name, data)
    if read.known is None and files:
        read.problem("no-number")
    if submission.files and not read.books and not any(read.answers.values()):
        read.problem("nothing-of-the-course", submission.name)
    elif read.books and not any(read.answers.values()):
        read.problem("no-saved-answers")
    return read


def _records(files: Mapping[str, bytes], read: Contents) -> Iterator[tuple[str, Record]]:
    """Yield the first readable record of each name, without those that the course set aside."""
    seen = set()
    for path, data in files.items():
        name = path.split("/")[-1]
        if not name.endswith(".json") or name.count(".") > 1 or name in seen:
            continue
        try:
            record = loads(decoded(data)) if len(data) <= MOST_RECORD_BYTES else None
        except ReadingError:
            record = None
        if isinstance(record, dict):
            seen.add(name)
            yield name, record
        else:
            read.problem("unreadable-record", name)


def _who(read: Contents, hand_in: Record, entered: Record) -> None:
    """Set number and name, as the hand-in gives them, else as they were entered in lesson 00."""
    said = hand_in.get("student")
    told = said if isinstance(said, dict) else {}
    numbers = [_number(record.get("number")) for record in (told, entered)]
    if all(numbers) and not same_number(*numbers):
        read.flag("other-number", HAND_IN, said=numbers[0], entered=numbers[1])
    read.number = numbers[0] or numbers[1] or None
    name = told.get("name") or entered.get("name")
    read.name = one_line(name, MOST_NAME) or None if isinstance(name, str) else None
    read.made = plain(hand_in["made"]) if isinstance(hand_in.get("made"), str) else None
    read.told_lang = next((lang for lang in LANGUAGES if lang == hand_in.get("lang")), "")
    before = entered.get("earlier")
    listed = before if isinstance(before, list) else []
    earlier = (_number(each.get("number")) for each in listed if isinstance(each, dict))
    read.earlier = tuple(number for number in earlier if number)
    if read.earlier:
        read.flag("earlier-number", "student.json", numbers=", ".join(read.earlier[:5]))


def _believed(read: Contents, submission: Submission) -> None:
    """Note the number that others know, and take back a time that can't be true."""
    read.known = read.number or submission.place.number or None
    claimed = read.made and handed_in_s(read.made)
    if claimed and submission.newest and claimed > submission.newest + MARGIN_S:
        read.flag("claim-later", HAND_IN, made=read.made)
        read.made = None


def handed_in_s(made: str) -> float | None:
    """Return the time of a hand-in in seconds since 1970; None where it says none that is one."""
    try:
        when = datetime.fromisoformat(made)
        return when.timestamp() if when.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _number(value: object) -> str:
    typed = isinstance(value, str | int) and not isinstance(value, bool)
    return clean_number(value) if typed else ""


def _unchanged(read: Contents, files: Mapping[str, bytes], hand_in: Record) -> None:
    """Flag what no longer is as it was when the hand-in was made."""
    listed = hand_in.get("files")
    for name, digest in islice(listed.items(), MOST_ENTRIES) if isinstance(listed, dict) else ():
        if name not in files:
            read.flag("missing-file", name)
        elif sha256_of(files[name]) != digest:
            read.flag("edited-file", name)


def _file_record(read: Contents, name: str, record: Record) -> None:
    kind, _, exercise = name.removesuffix(".json").partition("-")
    if kind in ANSWER_KINDS:
        read.answers[kind][exercise] = record
    elif "acts" in record or "actions" in record:
        read.sessions[name] = record


def _file_book(read: Contents, name: str, data: bytes) -> None:
    """Keep a notebook; of two of one lesson the one in which more was answered."""
    try:
        new = book(name, data)
    except ReadingError:
        read.problem("broken-notebook", name)
        return
    if new.lesson is None:
        read.problem("other-notebook", name)
        return
    old = read.books.get(new.lesson)
    if old is not None:
        read.problem("lesson-twice", name, lesson=new.lesson)
    if old is None or _written(new) > _written(old):
        read.books[new.lesson] = new


def _written(each: Book) -> tuple[int, int]:
    """Return how many open cells of a notebook are filled, and how much code is in it."""
    filled = rebuilt(released_lessons(each.lang)[each.lesson], each).filled if each.lesson else ()
    return len(filled), sum(len(cell.source) for cell in each.cells)
