"""The test at the end of the course: bare while it is answered, and told as a whole afterwards."""

from __future__ import annotations

import pytest

from crmsim import gain, predict
from crmsim.common.words import LANGUAGES, words
from crmsim.course import progress
from crmsim.exercises.gain import form_pairs
from crmsim.widgets.exercises.question import TOLD

PAIRS = form_pairs()


pytestmark = pytest.mark.usefixtures("work")


def page(widget):
    return widget.regions["exercise"]


def escaped(text):
    return text.replace("&", "&amp;").replace('"', "&#34;").replace("'", "&#39;")


def wrong(task):
    return next(option for option in task.options if option.slip)


def answer(task, right):
    asked = predict(task.id)
    asked.on_act("answer", task.key if right else wrong(task).id)
    return asked


def answer_all(before=lambda place: False, after=lambda place: True):
    for place, pair in enumerate(PAIRS):
        answer(pair.before, before(place))
        answer(pair.after, after(place))


@pytest.mark.parametrize(
    ("lang", "right"),
    [
        ("en", False),
        ("zh-Hans", True),
        *(
            pytest.param(*each, marks=pytest.mark.long)
            for each in (("en", True), ("zh-Hans", False))
        ),
    ],
)
def test_a_question_of_a_test_is_bare(lang, right):
    """Nothing but question, options and that it is saved: no hint, no verdict, no reason."""
    for pair in PAIRS:
        for task in (pair.before, pair.after):
            assert task.hints == ()
            asked = predict(task.id, lang=lang)
            asked.on_act("answer", task.key if right else wrong(task).id)
            shown = page(asked)
            assert escaped(task.question[lang]) in shown
            assert words(lang)("lesson.saved") in shown
            told = [task.business, *(o.slip.misconception for o in task.options if o.slip)]
            told += [o.slip.counter for o in task.options if o.slip]
            assert not any(escaped(text[lang]) in shown for text in told)
            assert not any(name in shown for name in ("ex-right", "ex-wrong", "ex-verdict"))
            assert 'data-act="done"' not in shown
            assert 'data-act="hint"' not in shown
            asked.on_act("answer", wrong(task).id)
            asked.on_act("answer", task.key)
            assert asked.answer == task.key, "one can change one's mind"


@pytest.mark.parametrize("lang", [pytest.param("en", marks=pytest.mark.long), "zh-Hans"])
def test_nothing_is_told_before_it_is_asked_for(lang):
    table = gain(lang)
    assert "disabled" in page(table), "nothing is answered yet"
    answer_all(after=lambda place: False)
    for pair in PAIRS:
        idea = wrong(pair.after).slip.misconception[lang]
        assert escaped(idea) not in page(table)
    assert "14" in page(table), "it counts the answers as they come"
    assert not table.told
    assert not predict(PAIRS[0].before.id).locked


@pytest.mark.parametrize("lang", LANGUAGES)
def test_what_was_gained_is_told_with_each_misconception(lang):
    answer_all(before=lambda place: place < 4, after=lambda place: place < 9)
    table = gain(lang)
    table.on_act("show", "")
    t, shown = words(lang), page(table)
    assert t("gain.sum", before=4, after=9, of=14) in shown
    assert t("gain.gain", gain="50 %") in shown
    for place, pair in enumerate(PAIRS):
        slip = wrong(pair.after).slip
        assert (escaped(slip.counter[lang]) in shown) == (place >= 9)
        then = wrong(pair.before).slip.misconception[lang]
        assert (escaped(then) in shown) == (place >= 4)
        assert escaped(pair.topic[lang]) in shown
    same = [
        place
        for place, pair in enumerate(PAIRS)
        if wrong(pair.before).slip.misconception == wrong(pair.after).slip.misconception
    ]
    assert shown.count(t("gain.still")) == sum(place >= 9 for place in same)
    assert shown.count(t("gain.now")) == sum(place >= 9 for place in range(14)) - shown.count(
        t("gain.still")
    )


def test_a_misconception_that_stayed_is_named_as_such():
    pair = PAIRS[0]
    held = wrong(pair.before)
    same = next(
        o for o in pair.after.options if o.slip and o.slip.misconception == held.slip.misconception
    )
    for task, option in ((pair.before, held), (pair.after, same)):
        predict(task.id).on_act("answer", option.id)
    table = gain()
    table.on_act("show", "")
    assert page(table).count(words("en")("gain.still")) == 1


@pytest.mark.parametrize(("lang", "said"), [("en", "· 3 of 14"), ("zh-Hans", "第 3 题，共 14 题")])
def test_each_of_many_questions_says_which_one_it_is(lang, said):
    sheet = predict(*(pair.after.id for pair in PAIRS), lang=lang)
    assert [said in page(asked) for asked in sheet] == [place == 2 for place in range(14)]
    sheet[2].on_act("answer", PAIRS[2].after.key)
    assert said in page(sheet[2])
    assert said not in page(predict(PAIRS[2].after.id, lang=lang))


def test_after_the_table_no_answer_can_be_changed():
    answer_all()
    open_before = predict(PAIRS[3].after.id)
    table = gain()
    table.on_act("show", "")
    for pair in PAIRS:
        for task in (pair.before, pair.after):
            asked = predict(task.id)
            assert asked.locked
            before = asked.answer
            asked.on_act("answer", wrong(task).id if before == task.key else task.key)
            assert asked.answer == before
            assert progress.load_record(f"before-{task.id}")["answer"] == before
    open_before.on_act("answer", wrong(PAIRS[3].after).id)
    assert progress.load_record(f"before-{PAIRS[3].after.id}")["answer"] == PAIRS[3].after.key


def test_who_leaves_questions_out_is_told_about_the_rest():
    for pair in PAIRS[:6]:
        answer(pair.after, right=True)
    for pair in PAIRS[2:10]:
        answer(pair.before, right=False)
    table = gain()
    assert words("en")("gain.show_some") in page(table)
    table.on_act("show", "")
    assert words("en")("gain.sum", before=0, after=4, of=4) in page(table)
    assert page(table).count(words("en")("gain.mark.blank")) == 8 + 6


def test_without_the_test_before_there_is_an_after_and_no_gain():
    for pair in PAIRS:
        answer(pair.after, right=True)
    table = gain()
    table.on_act("show", "")
    assert words("en")("gain.no_before", after=14, of=14) in page(table)
    assert "normalised" not in page(table)


@pytest.mark.parametrize(
    ("before", "after", "key"), [(14, 14, "gain.full"), (9, 5, "gain.fewer")], ids=["full", "fewer"]
)
def test_a_gain_that_cannot_be_is_told_in_words(before, after, key):
    answer_all(before=lambda place: place < before, after=lambda place: place < after)
    table = gain()
    table.on_act("show", "")
    assert words("en")(key) in page(table)
    assert "%" not in page(table).split("<table")[0]


def test_the_table_outlives_the_kernel_and_keeps_every_record():
    answer_all(after=lambda place: place < 7)
    saved = {pair.after.id: progress.load_record(f"before-{pair.after.id}") for pair in PAIRS}
    gain().on_act("show", "")
    again = gain("zh-Hans")
    assert again.told
    assert words("zh-Hans")("gain.sum", before=0, after=7, of=14) in page(again)
    for name, record in saved.items():
        assert progress.load_record(f"before-{name}") == record | {TOLD: True}
    assert not list(progress.folder().glob("*damaged*"))


def test_a_folder_that_cannot_be_written_is_said_and_nothing_is_told(monkeypatch):
    answer_all(after=lambda place: False)
    table = gain()

    def full(name, record):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress, "save", full)
    table.on_act("show", "")
    assert not table.told
    assert table.unsaved in page(table)
    assert table.unsaved
    assert escaped(wrong(PAIRS[0].after).slip.counter["en"]) not in page(table)
