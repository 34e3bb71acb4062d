"""The glossary: complete in both languages, and the course says its terms as it says they are."""

import re
from functools import cache

import pytest

from crmsim.authoring.build_lessons import NOTEBOOKS, read_source
from crmsim.authoring.translations import pairs
from crmsim.common.words import LANGUAGES
from crmsim.course.glossary import glossary, terms

TERMS = terms()
HELD = [term for term in TERMS if term.held]
BOLD = re.compile(r"\*\*([^*\n]+)\*\*")
NO_PROSE = re.compile(
    r"^(?:\*Sources|资料来源|\*\*(?:Next|下一课)|.*\.ipynb\)$).*$|《[^》]*》", re.M
)
"""Lines of sources and links, and titles of books."""
LESSONS = {"00", "10", "11", "12", "20", "21", "30", "31", "32", "33", "34", "40", "41"}


@cache
def texts():
    """Every text of the course in both languages, with its place: data and lessons."""
    sources = sorted(NOTEBOOKS.glob("source/*.md"))
    cells = [(path.name, cell) for path in sources for cell in read_source(path) if cell.zh]
    return [*pairs(), *((f"{name}:{cell.id}", cell.en, cell.zh) for name, cell in cells)]


def says(english, term):
    """True if the term is used as a term: not inside a longer word, a place {…} or a title."""
    word = re.escape(term)
    small = rf"(?<![\w{{.-]){word}s?(?![\w}}-])"
    first = rf"(?:^|[.!?:|“*(]\s*|\n){word[0].upper()}{word[1:]}s?(?![\w-])"
    return bool(re.search(small, english) or re.search(first, english))


@cache
def prose():
    """The running text of each lesson, English and Chinese: without sources, links and titles."""
    lessons = {}
    for path in sorted(NOTEBOOKS.glob("source/*.md")):
        cells = [cell for cell in read_source(path) if cell.kind == "text" and cell.zh]
        both = ("\n".join(getattr(cell, name) for cell in cells) for name in ("en", "zh"))
        lessons[path.name[:2]] = [NO_PROSE.sub("", text) for text in both]
    return lessons


def where_it_stands(term, bold):
    """The first lesson that uses a term, or that prints it in bold, in English and in Chinese."""

    def found(text):
        return BOLD.findall(text) if bold else [text]

    english = [n for n, (en, _) in prose().items() if any(says(t, term.en) for t in found(en))]
    chinese = [n for n, (_, zh) in prose().items() if any(term.zh in t for t in found(zh))]
    return english[:1], chinese[:1]


def test_a_term_is_defined_by_the_first_lesson_that_uses_it():
    """It is printed in bold where it is defined, and the glossary names that lesson.

    An everyday word may be used before a lesson takes it apart; what no lesson defines in bold is
    explained on the screens alone (tests/widgets/test_terms.py).
    """
    everyday = {"complaint"}
    defined = {t: where_it_stands(t, bold=True) for t in HELD if t.en not in everyday}
    defined = {term: lessons for term, lessons in defined.items() if all(lessons)}
    assert len(defined) > 75
    named = {
        *("reliability", "responsiveness", "assurance", "empathy", "tangibles", "SERVQUAL"),
        *("must-be quality", "one-dimensional quality", "attractive quality", "moment of truth"),
        *("disconfirmation of expectations", "adequate service", "desired service"),
        *("fixed cost", "marginal cost", "break-even load factor"),
    }
    assert named <= {term.en for term in defined}
    late = {
        term.en: (where_it_stands(term, bold=False), lessons, term.lesson)
        for term, lessons in defined.items()
        if not where_it_stands(term, bold=False) == lessons == ([term.lesson],) * 2
    }
    assert late == {}


def test_where_the_english_uses_a_term_the_chinese_uses_its_own():
    """Other ways of saying it stand in the column ``also``."""
    assert len(list(texts())) > 500
    assert len(HELD) > 50
    strayed = [
        f"{term.en}: {place}: {zh}"
        for term in HELD
        for place, en, zh in texts()
        if term.en.lower() in en.lower()
        and says(en, term.en)
        and not any(word in zh for word in (term.zh, *term.also))
    ]
    assert strayed == []


def test_a_word_that_would_mislead_is_not_used():
    misleading = [term for term in TERMS if term.never]
    assert len(misleading) > 20
    strayed = [
        f"{term.en}: {place}: {word}"
        for term in misleading
        for place, _, zh in texts()
        for word in term.never
        if word in zh.replace(term.zh, "")
    ]
    assert strayed == []


def test_to_complain_to_the_house_is_not_to_grumble_about_it():
    """投诉 is told to the firm, 抱怨 to others: two terms, and each says what the other is not."""
    complaint, grumbling = (next(t for t in TERMS if t.zh == zh) for zh in ("投诉", "抱怨"))
    assert grumbling.zh not in complaint.also
    assert grumbling.zh in complaint.definition_zh


def test_every_term_is_whole_and_stands_once():
    assert 95 <= len(TERMS) <= 150
    for field in ("zh", "en"):
        names = [getattr(term, field) for term in TERMS]
        assert len(set(names)) == len(names)
    for term in TERMS:
        assert all((term.zh, term.en, term.definition_en, term.definition_zh)), term
        assert term.lesson in LESSONS, term
        assert not set(term.never) & {term.zh, *term.also}, term


def test_most_terms_are_held():
    assert len(HELD) > 0.75 * len(TERMS)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_lesson_can_show_its_own_terms(lang):
    whole, twelve = glossary(lang), glossary(lang, lesson="12")
    assert len(whole) == len(TERMS)
    assert 3 < len(twelve) < len(whole)
    assert ("容忍区间" if lang == "zh-Hans" else "zone of tolerance") in set(twelve.iloc[:, 0])


@pytest.mark.parametrize(
    ("english", "used"),
    [
        ("Many complaints came.", True),
        ("Complaints are gifts.", True),
        ("TARP, Consumer Complaint Handling in America", False),
        ("a complaint-free day", False),
        ("{complaint}", False),
    ],
)
def test_a_title_or_a_longer_word_is_not_the_term(english, used):
    assert says(english, "complaint") == used
