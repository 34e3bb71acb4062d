"""Find the owner of each hand-in: by the platform, else its number, else its name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from crmsim.common.text import same, same_loosely
from crmsim.grading.marks.roster import Member, Roster
from crmsim.grading.reading.uploaders import Uploader, number_in, uploader, words_of
from crmsim.grading.result import Flag, Result

OTHER_STUDENT, TWO_OWNERS, ID_OF_TWO = "other-student", "two-owners", "id-of-two"
NEAR_NUMBER, NOT_LISTED = "near-number", "not-listed"
NUMBER_OF_TWO, NO_NUMBER = "number-of-two", "no-number"


@dataclass(frozen=True)
class Owner:
    """The owner of a hand-in.

    Attributes
    ----------
    key
        What the student is called in the tables.
    member
        Who she is in the class, if she is in it.
    says
        Whether the hand-in or the platform says so, and not only the name of a file.
    uploader
        Who handed it in, as far as a platform says.
    flags
        What a grader should look at.
    """

    key: str
    member: Member | None = None
    says: bool = True
    uploader: Uploader | None = None
    flags: tuple[Flag, ...] = ()


@dataclass
class Owners:
    """The owners of all hand-ins of a batch: only side by side can they be told apart."""

    results: Sequence[Result]
    roster: Roster
    spelled: dict[str, str] = field(default_factory=dict)
    by_user: dict[Uploader, set[str]] = field(default_factory=lambda: defaultdict(set))
    users: dict[str, set[Uploader]] = field(default_factory=lambda: defaultdict(set))
    typed: dict[str, dict[str, float]] = field(default_factory=lambda: defaultdict(dict))
    """The names that were typed under a number, with the most points under each."""

    def __post_init__(self) -> None:
        for result in sorted(self.results, key=lambda each: each.student or ""):
            number = same(result.student or "")
            user = uploader(result.submission)
            if number:
                self.spelled.setdefault(number, result.student or "")
                if user:
                    self.by_user[user].add(number)
                    self.users[number].add(user)
                elif result.name:
                    best = self.typed[number].get(result.name, 0.0)
                    self.typed[number][result.name] = max(best, result.points)

    def of(self, result: Result) -> Owner:
        """Return whose a hand-in is."""
        user = uploader(result.submission)
        by_platform = _uploading(user, self.roster)
        by_number = self.roster.of(result.student) or self._nearly(result.student)
        if by_platform:
            flags = tuple(self._claims(result, by_platform, by_number))
            return Owner(by_platform.key, by_platform, True, user, flags)
        if result.student:
            return self._by_number(result, user, by_number)
        if member := _named(result.submission, self.roster):
            return Owner(member.key, member, False, user)
        numbers = self.by_user[user] if user else set()
        if len(numbers) == 1:
            (number,) = numbers
            member = self.roster.of(number) or self._nearly(number)
            return Owner(member.key if member else self.spelled[number], member, False, user)
        said = number_in(result.submission)
        named = said if same(said) not in self.spelled else ""  # nobody gets another's points so
        key = named or (user.key if user else result.submission)
        return Owner(key, None, False, user, self._unlisted(""))

    def _by_number(self, result: Result, user: Uploader | None, member: Member | None) -> Owner:
        number = result.student or ""
        key = self.spelled[same(number)]
        users = self.users[same(number)]
        others = [each for each in users if each != user]
        if user and others:
            # nobody can tell here whose number it is, so nothing of the two is put together
            named = ", ".join(sorted(each.key for each in users))
            flags = (Flag(TWO_OWNERS, "", {"number": key, "names": named}),)
            return Owner(f"{key} ({user.key})", None, True, user, flags)
        names = [] if user else self._names(number, member)
        told_two = {"number": key, "names": ", ".join(names)}
        two = (Flag(NUMBER_OF_TWO, "", told_two),) if names else ()
        if names and result.name and same(result.name) != same(names[0]):
            # anybody can type a number: what stands under another name is kept beside hers
            return Owner(f"{key} ({result.name})", None, True, user, two)
        if member is None:
            more = self._unlisted(key) + self._near(number) + two
            return Owner(key, None, True, user, more)
        both = [each.key for each in self.roster.others(number, member)]
        told = {"number": key, "names": ", ".join(sorted({member.key, *both}))}
        flags = (Flag(ID_OF_TWO, "", told),) if both else ()
        return Owner(member.key, member, True, user, flags + two)

    def _names(self, number: str, member: Member | None) -> list[str]:
        """Return the names typed under a number, if they differ; first the one it is taken to be.

        That is the name in the class list, else the one under which more was earned.
        """
        typed = self.typed[same(number)]
        order = sorted(typed, key=lambda name: (-typed[name], name))
        listed = same(member.name) if member and member.name else ""
        order.sort(key=lambda name: same(name) != listed)
        return order if len({same(name) for name in order}) > 1 else []

    def _nearly(self, number: str | None) -> Member | None:
        """Return who is meant by a number that lost or won zeros, unless her own was handed in."""
        member = self.roster.nearly(number)
        return member if member and same(member.number) not in self.spelled else None

    def _claims(
        self, result: Result, by_platform: Member, by_number: Member | None
    ) -> Iterator[Flag]:
        """Yield a flag where a hand-in gives another number than the platform."""
        if result.student and by_number != by_platform:
            told = {"said": result.student, "name": by_platform.name or by_platform.key}
            yield Flag(OTHER_STUDENT, "", told)

    def _unlisted(self, number: str) -> tuple[Flag, ...]:
        if not self.roster.members:
            return ()
        return (Flag(NOT_LISTED, "", {"student": number}) if number else Flag(NO_NUMBER),)

    def _near(self, number: str) -> tuple[Flag, ...]:
        """Return a flag where another number differs only by zeros."""
        listed = [m.number for m in self.roster.members if m.number]
        others = [each for each in [*self.spelled.values(), *listed] if same(each) != same(number)]
        near = sorted({each for each in others if same_loosely(each) == same_loosely(number)})
        return (
            (Flag(NEAR_NUMBER, "", {"number": number, "others": ", ".join(near)}),) if near else ()
        )


def number_by_name(name: str, roster: Roster) -> str:
    """Return the student number that the name of a hand-in gives, or "".

    With a class list it is the number of who is named; else what looks like one.

    Parameters
    ----------
    name
        The name of the file or folder.
    roster
        The class list; it may be empty.
    """
    if roster.members:
        member = _uploading(uploader(name), roster) or _named(name, roster)
        return member.number if member else ""
    return number_in(name)


def _uploading(user: Uploader | None, roster: Roster) -> Member | None:
    """Return who of the class handed in by what the platform says; it can't be made up."""
    if user is None:
        return None
    return roster.by("canvas", user.id) if user.kind == "canvas" else roster.by("name", user.label)


def _named(name: str, roster: Roster) -> Member | None:
    """Return who of the class alone is named by a word in the name of a file or folder."""
    kinds = ("number", "login", "name")
    found = {m for word in words_of(name) for kind in kinds if (m := roster.by(kind, word))}
    return found.pop() if len(found) == 1 else None
