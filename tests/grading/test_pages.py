"""Pages: reasons for students, patterns for graders, nobody by name for the class."""

import csv
import re
from dataclasses import replace
from html.parser import HTMLParser

import fakes
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES, words
from crmsim.course.python_errors import meaning
from crmsim.exercises.declared import declared_exercise, exercise
from crmsim.grading.command import publish
from crmsim.grading.marks.gradebook import CANVAS_HEADINGS, write_gradebook
from crmsim.grading.marks.marks import grades
from crmsim.grading.marks.roster import Member
from crmsim.grading.options import Options, exercises
from crmsim.grading.pages.classwide import (
    class_outcomes,
    common_mistakes,
    questions,
    reliability,
    share_of_points,
    shares,
    worth_comparing,
)
from crmsim.grading.pages.feedback import feedback
from crmsim.grading.pages.report import MOST_QUESTIONS
from crmsim.grading.pages.wording import problem_words
from crmsim.grading.reading.untrusted_json import kept
from crmsim.grading.result import Flag, Item, Played, Problem
from crmsim.scenario import load

SLIP = next(option for option in exercise("10-why").options if option.slip)
WRONG = fakes.item("10-why", SLIP.id)
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202e=cmd"
CLASS = 8


class Reader(HTMLParser):
    """The tags, addresses and words of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.words.append(data)


def page_of(options=None, **more):
    (grade,) = grades([fakes.result(**more)], options or Options())
    return feedback(grade, options or Options())


def a_class(lang="en"):
    """Eight students: most fall for one slip, and two plays differ in one answer."""
    acts = [("answer-at-once", "greet"), ("answer-at-once", "wait")]
    return [
        fakes.result(
            f"{number}",
            lang=lang,
            items=(
                WRONG if number else fakes.item("10-why", exercise("10-why").key),
                fakes.item("10-bet-floor", 2, came=12, gap="too-weak"),
            ),
            runs=(fakes.play(7, acts[number % 2], 2.0 + number / 4),),
        )
        for number in range(CLASS)
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_wrong_answer_is_told_what_lies_behind_it_and_why(lang):
    page = page_of(items=(WRONG,), lang=lang)
    task = exercise("10-why")
    for said in (
        task.question,
        SLIP.text,
        SLIP.slip.misconception,
        SLIP.slip.counter,
        task.business,
    ):
        assert escaped(said[lang]) in page
    assert f'<html lang="{lang}">' in page


def escaped(text):
    return text.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")


@pytest.mark.parametrize(("reveal", "told"), [("points", 0), ("reasons", 0), ("answers", 1)])
def test_the_right_answer_is_told_only_where_the_grader_says_so(reveal, told):
    task = exercise("10-why")
    right = next(option for option in task.options if option.id == task.key)
    page = page_of(Options(reveal=reveal), items=(WRONG,))
    assert page.count(escaped(right.text["en"])) == told
    assert (escaped(SLIP.slip.misconception["en"]) in page) == (reveal != "points")


def test_each_row_of_an_answer_is_told_for_itself():
    page = page_of(items=(fakes.item("10-stages", {"survey": "pre", "advice": "after"}),))
    rows = {row.id: row for row in exercise("10-stages").rows}
    assert escaped(rows["advice"].because["en"]) in page
    assert escaped(rows["survey"].because["en"]) not in page


def test_a_prediction_stands_beside_what_came_and_brings_no_points():
    page = page_of(items=(fakes.item("10-bet-floor", 2, came=12, gap="too-weak"),))
    words = Reader(page).words
    assert {"2%", "12%"} <= {word.strip() for word in words}
    assert "Right direction, but it went further than you thought." in page
    assert "0 of 0" in page


@pytest.mark.parametrize(("lang", "said"), [("en", "earned (yuan)"), ("zh-Hans", "毛利（元）")])
def test_how_a_play_ended_is_told_with_its_unit(lang, said):
    page = page_of(items=(WRONG,), lang=lang, runs=(fakes.play(7, ("greet",), 4.25),))
    assert "<b>4.25</b>" in page
    assert said in page


def test_the_questions_before_the_course_are_not_given_away():
    page = page_of(items=(fakes.item("00-fruit", "more"), WRONG))
    fruit = exercise("00-fruit")
    assert escaped(fruit.business["en"]) not in page
    assert "1 of 1 answered" in page


def test_the_page_says_what_to_take_from_it():
    blank = fakes.item("10-stages", None)
    page = page_of(items=(WRONG, blank))
    assert "Most can be gained at" in page
    assert "One question has no answer" in page
    right = fakes.item("10-why", exercise("10-why").key)
    assert "Nothing on this page is wrong" in page_of(items=(right,))


def test_what_happened_is_told_in_a_sentence():
    page = page_of(problems=(Problem("lesson-missing", "31"), Problem("of-no-such-kind")))
    assert "Lesson 31 was not handed in." in page
    assert "of-no-such-kind" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_nothing_a_submission_wrote_becomes_markup(tmp_path, lang):
    hostile = fakes.result(
        HOSTILE,
        submission=f"{HOSTILE}.zip",
        name=HOSTILE,
        lang=lang,
        items=(
            Item("10-why", "10", 0, 1, "wrong", ({"place": HOSTILE, "right": False},), HOSTILE),
            Item("10-stages", "10", 0, 2, "partly", (), {HOSTILE: HOSTILE}),
            Item("31-owner", "31", 0, 3, "waiting", (), HOSTILE, needs_person=True),
            Item("10-bet-floor", "10", 0, 0, "predicted", (), HOSTILE, came=HOSTILE, gap=HOSTILE),
            Item(HOSTILE, HOSTILE, 0, 1, "wrong", (), HOSTILE, note=HOSTILE),
        ),
        flags=(Flag("never-on-offer", HOSTILE, {"at": HOSTILE}), Flag(HOSTILE, HOSTILE)),
        problems=(Problem("lesson-missing", HOSTILE), Problem(HOSTILE, HOSTILE)),
        runs=tuple(
            Played(HOSTILE, n, HOSTILE, HOSTILE, (HOSTILE,), {"profit": n}) for n in range(6)
        ),
        versions={"crmsim": HOSTILE},
        limits=(HOSTILE,),
    )
    publish(tmp_path, [hostile, *a_class(lang)], Options(), fakes.NOTHING, lang)
    pages = list(tmp_path.rglob("*.html"))
    assert len(pages) == 2 * (CLASS + 1) + 3
    for path in pages:
        reader = Reader(path.read_text("utf-8"))
        assert not {"script", "img", "iframe", "link", "form"} & set(reader.tags), path
        assert not [name for name, _ in reader.attributes if name.startswith("on")]
        assert "\u202e" not in path.read_text("utf-8")
    for path in tmp_path.glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [c for c in cells if re.match(r"[=+@\t\r＝＋－＠]|-(?!\d)", c)], path


@settings(deadline=None, max_examples=60)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4)
        ),
        max_leaves=8,
    ),
    st.sampled_from(
        ["00-fruit", "10-why", "10-minutes", "10-stages", "10-loop", "10-bet-floor", "31-loop"]
    ),
)
def test_any_answer_whatever_can_be_told(answer, name):
    item = Item(name, name[:2], 0, 1, "nonsense", (), answer, came=answer)
    assert Reader(page_of(items=(item, WRONG))).tags


@pytest.mark.parametrize("answer", [10**400, 1e300, float("nan"), -0.171355])
def test_any_number_can_be_told(answer):
    item = fakes.item("10-bet-floor", 2, gap="too-weak")
    assert page_of(items=(replace(item, answer=answer, came=answer), WRONG))


def test_every_page_lets_a_browser_run_and_fetch_nothing(tmp_path):
    publish(tmp_path, a_class(), Options(), fakes.NOTHING, "en")
    assert len(list(tmp_path.rglob("*.html"))) > len(a_class())
    for path in tmp_path.rglob("*.html"):
        page = path.read_text("utf-8")
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1]
        assert "default-src &#39;none&#39;" in policy
        assert "unsafe" not in policy
        assert not re.search(
            r'(src|href)="(?!#|(?:\.\./)?(?:feedback|look)/|(?:\.\./)?(?:queue|debrief|report|changes)\.html)',
            page,
        )


def test_the_grader_sees_what_the_class_found_hard(tmp_path):
    found = publish(tmp_path, a_class(), Options(), fakes.NOTHING, "en")
    assert next(iter(share_of_points(found.grades))) == "10-why"
    assert [(each.item.answer, each.count, each.all) for each in common_mistakes(found.grades)] == [
        (SLIP.id, CLASS - 1, CLASS)
    ]
    report = (tmp_path / "report.html").read_text()
    assert escaped(SLIP.slip.misconception["en"]) in report
    assert f"{CLASS - 1} / {CLASS}" in report


def test_the_class_sees_two_plays_that_differ_least_and_ended_furthest_apart(tmp_path):
    found = publish(tmp_path, a_class(), Options(), fakes.NOTHING, "en")
    pair = worth_comparing(found.grades)
    assert pair.same_luck
    assert pair.differing == (1,)
    assert (pair.first.outcome["satisfaction"], pair.second.outcome["satisfaction"]) == (2.0, 3.75)
    assert (
        "Same customers, same luck. Decisions that differ: 1."
        in (tmp_path / "debrief.html").read_text()
    )


def test_nobody_is_named_to_the_class(tmp_path):
    publish(tmp_path, a_class(), Options(), fakes.NOTHING, "en")
    assert "林悦" not in (tmp_path / "debrief.html").read_text()
    publish(tmp_path, a_class()[:3], Options(), fakes.NOTHING, "en")
    page = (tmp_path / "debrief.html").read_text()
    assert "Too few plays" in page


@pytest.mark.parametrize("players", [1, 2, 4])
def test_one_who_hands_in_many_plays_is_no_class(tmp_path, players):
    """Five plays of one student would show the class what she did."""
    plays = tuple(
        fakes.play(7, (deed, "greet"), 2.0 + n / 20)
        for n, deed in enumerate(["answer-at-once", "wait"] * 10)
    )
    results = [fakes.result(str(n), runs=plays if n < players else ()) for n in range(CLASS)]
    found = publish(tmp_path, results, Options(), fakes.NOTHING, "en")
    assert len(found.grades) == CLASS
    page = (tmp_path / "debrief.html").read_text()
    assert "how it ended for each" not in page
    assert "Two plays worth comparing" not in page


def test_forty_plays_of_one_student_weigh_no_more_than_one_of_another(tmp_path):
    few = a_class()[:6]
    loud = replace(few[0], runs=tuple(fakes.play(7, ("wait",), 5.0) for _ in range(40)))
    found = publish(tmp_path, [loud, *few[1:]], Options(), fakes.NOTHING, "en")
    assert len(class_outcomes(found.grades)[2]) == 6
    assert "One scenario, 6 students" in (tmp_path / "debrief.html").read_text()


def test_a_question_that_few_answered_is_not_shown_to_the_class(tmp_path):
    lone = replace(a_class()[0], items=(fakes.item("10-stages", {"survey": "after"}),))
    rest = [fakes.result(str(n), items=(fakes.item("10-why", "meaning"),)) for n in range(1, CLASS)]
    publish(tmp_path, [lone, *rest], Options(), fakes.NOTHING, "en")
    page = (tmp_path / "debrief.html").read_text()
    assert escaped(exercise("10-stages").question["en"]) not in page


def test_a_class_sees_how_it_coded_its_own_stories_and_none_of_their_words(tmp_path):
    def journal(group):
        form = {f"{n}-story": f"my secret {n}" for n in range(1, 6)}
        form |= {f"{n}-feeling": "bad" if n < 3 else "good" for n in range(1, 6)}
        form |= {f"{n}-dimension": "empathy" for n in range(1, 6)}
        return form | {f"{n}-group": group for n in range(1, 6)}

    said = ["failure"] * 4 + ["request"]
    results = [
        fakes.result(str(n), items=(fakes.item("11-journal", journal(group)),))
        for n, group in enumerate(said)
    ]
    publish(tmp_path, results, Options(), fakes.NOTHING, "en")
    page = (tmp_path / "debrief.html").read_text("utf-8")
    assert "secret" not in page
    assert "bad: 10 of ours" in page
    assert "<td>80 %</td>" in page, "four of five, in the class"
    assert '<td class="muted">43 %</td>' in page, "and in the literature"
    publish(tmp_path, results[:4], Options(), fakes.NOTHING, "en")
    assert "of ours" not in (tmp_path / "debrief.html").read_text("utf-8"), "four are no class"


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def test_canvas_gets_its_own_columns_and_one_assignment(tmp_path):
    members = [Member("2026001", "Lin, Yue", "yue.lin", "", "4711", "A")]
    graded = grades(
        [fakes.result(items=(fakes.item("10-why", exercise("10-why").key),))], Options(), members
    )
    write_gradebook(tmp_path, graded, "Service", "zh-Hans")
    head, possible, lin = rows(tmp_path / "grades-canvas.csv")
    assert head == [*CANVAS_HEADINGS, "Service"]
    assert possible == ["Points Possible", "", "", "", "", "1"]
    assert lin == ["Lin, Yue", "4711", "2026001", "yue.lin", "A", "1"]


def test_moodle_finds_students_by_number_or_address(tmp_path):
    members = [Member("2026001", "Lin Yue", email="yue@example.org"), Member("2", "Bo")]
    write_gradebook(tmp_path, grades([fakes.result()], Options(), members), "Service", "en")
    head, bo, lin = rows(tmp_path / "grades-moodle.csv")
    assert head == ["ID number", "Email address", "Full name", "Service", "Service feedback"]
    assert lin[:4] == ["2026001", "yue@example.org", "Lin Yue", "0.29"]
    assert bo[4] == "Nothing was handed in."


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("name", ["31-loop"])
def test_a_link_that_is_missing_is_counted_and_not_named(name, reveal):
    task = exercise(name)
    drawn = task.right_answer[:-2]
    page = page_of(Options(reveal=reveal), items=(fakes.item(name, drawn),))
    assert "2 links are missing." in page
    for source, _, target in task.right_answer[-2:]:
        assert escaped(task.asked(f"{source}→{target}", "en")) not in page
    assert escaped(task.said(drawn, "en")) in page


def turned(links):
    """The last link the other way round."""
    source, sign, target = links[-1]
    return [*links[:-1], [target, sign, source]]


def other_sign(links):
    """The last link with the other sign."""
    source, sign, target = links[-1]
    return [*links[:-1], [source, "-" if sign == "+" else "+", target]]


def one_alone(links):
    """The first link and no other."""
    return links[:1]


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("form", [turned, other_sign, one_alone])
def test_no_form_of_a_wrong_loop_brings_its_key_on_the_page(form, reveal):
    task = exercise("31-loop")
    given = form(task.right_answer)
    page = page_of(Options(reveal=reveal), items=(fakes.item("31-loop", given),))
    assert escaped(task.said(given, "en")) in page
    assert escaped(task.said(task.right_answer, "en")) not in page


@pytest.mark.parametrize(("reveal", "told"), [("points", 0), ("reasons", 0), ("answers", 1)])
@pytest.mark.parametrize("variant", range(5))
def test_a_page_asks_with_a_students_own_numbers_and_keeps_their_key(variant, reveal, told):
    task = declared_exercise("12-formula").versions()[variant]
    wrong = (replace(fakes.item("12-formula", 7), variant=variant),)
    page = page_of(Options(reveal=reveal), items=wrong)
    assert escaped(task.question["en"]) in page
    assert (str(task.key) in " ".join(Reader(page).words)) == bool(told)


def with_a_row_of_her_own(rows):
    """A row that was never there, in place of the last one."""
    return [*rows[:-1], "<b>x</b>"]


def with_a_row_twice(rows):
    """The first row twice, and the last one not at all."""
    return [rows[0], *rows[:-1]]


def without_the_last_row(rows):
    """All rows but one."""
    return rows[:-1]


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("form", [with_a_row_of_her_own, with_a_row_twice, without_the_last_row])
@pytest.mark.parametrize("name", ["12-life", "32-collapse"])
def test_what_is_no_order_of_the_rows_earns_nothing_and_brings_no_row_more(name, form, reveal):
    task = exercise(name)
    given = form(task.right_answer)
    item = fakes.item(name, given)
    page = page_of(Options(reveal=reveal), items=(item,))
    assert (item.points, item.verdict) == (0, "nonsense")
    for row in set(task.right_answer) - set(given):
        assert escaped(task.asked(row, "en")) not in page
    assert escaped(task.said(task.right_answer, "en")) not in page


def all_wrong(task):
    """Each row with another option than its own."""
    ids = [option.id for option in task.options]
    return {row.id: ids[(ids.index(row.key) + 1) % len(ids)] for row in task.rows}


def half_done(task):
    """The first row alone, and wrong."""
    return dict(list(all_wrong(task).items())[:1])


def with_rows_of_her_own(task):
    """Rows and options that were never there."""
    return {f"row-{n}": f"option-{n}" for n in range(9)} | half_done(task)


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("form", [all_wrong, half_done, with_rows_of_her_own])
@pytest.mark.parametrize("name", ["10-stages", "12-promises", "31-ways"])
def test_no_form_of_a_wrong_match_brings_an_option_that_was_not_chosen(name, form, reveal):
    task = exercise(name)
    given = form(task)
    item = fakes.item(name, given)
    page = page_of(Options(reveal=reveal), items=(item,))
    assert item.points == 0
    rows = page[page.index("<table>") :] if "<table>" in page else page
    chosen = {task.chosen(given, row.id, "en") for row in task.rows}
    for option in task.options:
        if option.text["en"] not in chosen:
            assert f">{escaped(option.text['en'])}<" not in rows
    assert escaped(task.said(task.right_answer, "en")) not in page


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("name", ["10-why", "12-fade", "21-chart", "32-please"])
def test_a_wrong_choice_never_brings_the_text_of_the_right_one(name, reveal):
    for variant, task in enumerate(declared_exercise(name).versions()):
        right = task.said(task.right_answer, "en")
        for option in task.options:
            if option.id != task.right_answer:
                wrong = (replace(fakes.item(name, option.id), variant=variant),)
                assert escaped(right) not in page_of(Options(reveal=reveal), items=wrong)


@pytest.mark.parametrize("reveal", ["points", "reasons"])
@pytest.mark.parametrize("name", ["10-loop", "12-life", "31-saving", "32-collapse"])
def test_rows_out_of_order_are_told_in_the_order_they_were_given(name, reveal):
    task = exercise(name)
    given = list(reversed(task.right_answer))
    page = page_of(Options(reveal=reveal), items=(fakes.item(name, given),))
    table = page[page.index("<table>") :]
    places = [table.index(escaped(task.asked(row, "en"))) for row in given]
    assert places == sorted(places)
    assert escaped(task.said(given, "en")) in page


def test_each_try_of_a_function_is_told_by_its_call_and_what_it_gave():
    task = exercise("12-satisfaction")
    given = [-1.25 for _ in task.examples]
    page = page_of(items=(fakes.item("12-satisfaction", given),))
    assert page.count("−1.25") >= len(given)
    for example in task.examples:
        assert escaped(task.called(example)) in page


def test_an_essay_that_nobody_has_read_counts_as_not_yet_and_never_as_nothing(tmp_path):
    right = fakes.item("10-why", exercise("10-why").key)
    essay = fakes.item("31-owner", "words of her own")
    results = [fakes.result(str(n), items=(right, essay)) for n in range(3)]
    found = publish(tmp_path, results, Options(), fakes.NOTHING, "en")
    assert shares(found.grades) == [100.0] * 3
    report = Reader((tmp_path / "report.html").read_text("utf-8")).words
    assert report.count("100 %") >= 2  # mean and median
    rows = {
        name: list(csv.DictReader((tmp_path / f"{name}.csv").read_text("utf-8-sig").splitlines()))
        for name in ("grades", "grades-canvas", "grades-moodle")
    }
    assert [row["percent"] for row in rows["grades"]] == ["100"] * 3
    assert [row["crmsim"] for row in rows["grades-canvas"][1:]] == [""] * 3
    assert [row["crmsim"] for row in rows["grades-moodle"]] == [""] * 3


def test_nothing_that_a_student_wrote_is_on_the_page_that_is_projected(tmp_path):
    """Neither in what came, nor in a case of her own making, nor in an answer."""
    words = "Professor W. cannot teach"
    results = [
        fakes.result(
            str(n),
            name=words,
            submission=f"{words}.zip",
            items=(
                fakes.item("10-bet-floor", 2, came=12, gap="too-weak"),
                fakes.item("31-owner", words),
                replace(WRONG, note="code-error", note_args={"error": words, "said": words}),
            ),
            runs=(
                replace(fakes.play(7, (words, "wait")[n % 2 :], 2.0 + n / 4), changed=True),
                fakes.play(7, ("answer-at-once", "greet"), 2.0 + n / 4),
            ),
            problems=(Problem("cell-error", words, {"error": words, "said": words}),),
            flags=(Flag("unusual-code", words, {"names": words}),),
        )
        for n in range(CLASS)
    ]
    publish(tmp_path, results, Options(), fakes.NOTHING, "en")
    page = (tmp_path / "debrief.html").read_text("utf-8")
    assert "Two plays worth comparing" not in page or "answer-at-once" not in page
    assert words not in page
    assert words in (tmp_path / "report.html").read_text("utf-8")


def test_what_lies_behind_a_flag_is_one_click_away(tmp_path):
    code = "import os\nfor step in range(3):\n    minutes = os.getpid() < 5"
    odd = fakes.result("7", flags=(Flag("unusual-code", "", {"names": "os"}),), code={"10": code})
    publish(tmp_path, [odd, fakes.result("8")], Options(), fakes.NOTHING, "en")
    report = Reader((tmp_path / "report.html").read_text("utf-8"))
    links = [value for name, value in report.attributes if name == "href"]
    assert links.count("look/7.html") == 2  # at the flag, and in the list of everybody
    assert links.count("look/8.html") == 1
    page = (tmp_path / "look" / "7.html").read_text("utf-8")
    assert "    minutes = os.getpid() &lt; 5" in page
    assert "The code uses names that no exercise needs: os" in page


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_two_share_is_told_in_the_words_of_the_course(tmp_path, lang):
    rows = {"survey": "after", "advice": "after"}
    play = fakes.play(7, ("call-me", "welcome-line"), 3.0)
    bets = {"10-bet-floor": 17.25, "10-bet-zhou": 1.75, "12-bet-customers": 4.5}
    same = (fakes.item("10-stages", rows), *(fakes.item(name, bet) for name, bet in bets.items()))
    results = [
        fakes.result(str(n), lang=lang, items=same, runs=(play,))
        if n < 2
        else fakes.result(str(n), lang=lang, items=(fakes.item("10-why", "meaning"),))
        for n in range(CLASS)
    ]
    publish(tmp_path, results, Options(), fakes.NOTHING, lang)
    page = (tmp_path / "report.html").read_text("utf-8")
    told = " ".join(Reader(page).words)
    task = exercise("10-stages")
    assert task.said(rows, lang) in told
    assert exercise("10-bet-floor").said(17.25, lang) in told
    choices = load("buick").touchpoints[0].choices
    assert next(each.does[lang] for each in choices if each.id == "call-me") in told
    assert '{"' not in told


def test_how_well_a_question_tells_apart_is_said_with_how_many_answered_it():
    """A question that only the good ones answer well, one that nobody does, one by chance."""
    key = exercise("10-why").key
    rows = {row.id: row.key for row in exercise("10-stages").rows}
    good = (fakes.item("10-why", key), fakes.item("10-stages", rows))
    bad = (WRONG, fakes.item("10-stages", dict.fromkeys(rows, "pre")))
    few = (fakes.item("10-why", key),)
    results = [
        fakes.result(f"{kind}{n}", items=items)
        for kind, items in (("a", good), ("b", bad), ("c", few))
        for n in range(3)
    ]
    by_name = {each.exercise: each for each in questions(grades(results, Options()))}
    assert by_name["10-why"].answered == 9
    assert by_name["10-stages"].answered == 6
    assert by_name["10-stages"].discrimination > 0.9
    alpha, count = reliability(grades(results, Options()))
    assert 0 < alpha <= 1
    assert count == 9
    assert reliability(grades(results[:4], Options())) is None


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize(
    ("error", "said", "code", "means"),
    [
        ("NameError", "name 'vist' is not defined", "vist", ("no cell before", "前面没有哪一格")),
        ("SyntaxError", "invalid character (line 1)", "f(1，2)", ("， is a sign", "， 是中文符号")),
        ("ZeroDivisionError", "division by zero", "1 / 0", ("divided by zero", "除以了零")),
        (
            "CellTimeoutError",
            "more than 9 s",
            "while 1: pass",
            ("What ends its loop", "怎样才会结束"),
        ),
        ("OddError", "", "raise OddError", ("An error came up (OddError)", "出错了（OddError）")),
    ],
)
def test_an_error_of_her_code_is_told_in_her_language_with_pythons_own_words(
    error, said, code, means, lang
):
    found = kept(meaning(error, said, code, from_top=True)._asdict())
    args = {"cell": 3, "error": error, "said": said, "means": found}
    told = problem_words(Problem("cell-error", "10", args), lang)
    assert means[LANGUAGES.index(lang)] in told
    assert f"{error}: {said}".removesuffix(": ") in told
    assert "10" in told
    assert "3" in told


@given(error=st.text(max_size=30), said=st.text(max_size=60), code=st.text(max_size=60))
def test_whatever_stopped_her_code_there_is_a_sentence_and_no_place_is_left_open(error, said, code):
    found = kept(meaning(error, said, code, from_top=True)._asdict())
    for args in ({"means": found}, {}):
        args = {"cell": 3, "error": error, "said": said} | args
        told = problem_words(Problem("cell-error", "10", args), "zh-Hans")
        assert told.startswith("第10课第3个代码格：")
        assert not told.startswith("第10课第3个代码格：…")


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_found_in_many_places_is_told_once_with_all_of_them(tmp_path, lang):
    places = [f"answer-{n}.json" for n in range(9)]
    found = tuple(Flag("claims-right", place, {"found": "wrong"}) for place in places)
    other = Flag("claims-right", "answer-x.json", {"found": "blank"})
    publish(tmp_path, [fakes.result(flags=(*found, other))], Options(), fakes.NOTHING, lang)
    text = (tmp_path / "report.html").read_text("utf-8")
    section = text.split(f"<h2>{words(lang)('gradebook.report.flags')}</h2>")[1].split("<h2>")[0]
    assert [section.count(place) for place in (*places, "answer-x.json")] == [1] * 10
    assert section.count("<p><bdi>") == 2


def test_the_hardest_questions_of_a_long_course_are_seen_and_the_others_folded(tmp_path):
    tasks = [declared_exercise(name) for name in exercises()]
    chosen = [t for t in tasks if t.kind == "choose" and not (t.prediction or t.parallel)]
    names = [task.id for task in chosen if task.id[:2] != "00"][: MOST_QUESTIONS + 7]
    results = [
        fakes.result(
            str(student),
            items=tuple(
                fakes.item(name, exercise(name).key if student > place % 6 else "no option")
                for place, name in enumerate(names)
            ),
        )
        for student in range(6)
    ]
    publish(tmp_path, results, Options(), fakes.NOTHING, "en")
    text = (tmp_path / "report.html").read_text("utf-8")
    seen, folded = text.split("7 easier questions</summary>")
    folded = folded.split("</details>")[0]
    assert sum(f">{name}<" in folded for name in names) == 7
    assert sum(f">{name}<" in seen for name in names) >= MOST_QUESTIONS
