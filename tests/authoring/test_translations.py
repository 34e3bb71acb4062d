"""No English text changes without somebody looking at its Chinese again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crmsim.authoring import translations
from crmsim.authoring.translations import BothLanguages, drifted, main, pairs, record, unrecorded

AGAIN = "run: python -m crmsim.authoring.translations"


def test_every_chinese_text_was_looked_at_since_its_english_changed():
    assert len(list(pairs())) > 500
    said = [f"{pair.place}: {pair.en} | {pair.zh}" for pair in drifted()]
    assert said == [], "read the Chinese again, then " + AGAIN + " --looked-at PLACE"


def test_every_text_is_written_down():
    assert len(list(pairs())) > 500
    assert unrecorded() == [], AGAIN


def test_places_are_unlike_and_say_where_a_text_stands():
    found = {pair.place: pair for pair in pairs()}
    assert len(found) == len(list(pairs())) > 2000
    assert found["words/play.toml:server"].zh == "服务人员"
    assert found["scenarios/bus.toml:touchpoints.doors.title"].en == "Doors"
    assert "parameters.csv:satisfaction.loss_aversion" in found


LESSONS = sorted((Path(__file__).parents[2] / "notebooks" / "source").glob("*.md"))
STRAIGHT = re.compile(r"\w+'[a-z]\w*|s' [a-z]")


def test_english_prose_has_one_apostrophe():
    prose = {pair.place: pair.en for pair in pairs()}
    for lesson in LESSONS:
        for name, *lines in map(
            str.splitlines, re.split(r"^%% ", lesson.read_text("utf-8"), flags=re.M)[1:]
        ):
            if name.split()[0] in ("text", "note"):
                prose[f"{lesson.stem}: {name}"] = re.sub(r"`[^`]*`", "", "\n".join(lines))
    assert len(prose) > 2000 + 10 * len(LESSONS)
    found = {place: STRAIGHT.findall(text) for place, text in prose.items()}
    assert {place: straight for place, straight in found.items() if straight} == {}


@pytest.fixture
def book(tmp_path, monkeypatch):
    """Two texts of our own, written down."""
    texts = {"goal": ("Buy a car.", "买一辆车。"), "end": ("Off.", "下车。")}
    monkeypatch.setattr(translations, "SEEN", tmp_path / "translations.csv")
    monkeypatch.setattr(
        translations,
        "pairs",
        lambda: (BothLanguages(place, *text) for place, text in texts.items()),
    )
    assert record() == []
    return texts


def test_a_changed_english_text_alone_is_refused_until_its_chinese_was_looked_at(book, capsys):
    book["goal"] = ("Buy two cars.", "买一辆车。")
    assert [pair.place for pair in drifted()] == ["goal"]
    assert main([]) == 1
    told = capsys.readouterr().err
    assert "goal: the English changed, the Chinese did not" in told
    assert "Buy two cars." in told
    assert [pair.place for pair in drifted()] == ["goal"]
    assert main(["--looked-at", "goal"]) == 0
    assert drifted() == []


def test_to_have_looked_at_one_does_not_bless_another(book):
    book |= {"goal": ("Buy two cars.", "买一辆车。"), "end": ("Out.", "下车。")}
    assert main(["--looked-at", "end"]) == 1
    assert [pair.place for pair in drifted()] == ["goal"]


@pytest.mark.parametrize("changed", [("Buy two cars.", "买两辆车。"), ("Buy a car.", "买辆车。")])
def test_what_changed_in_both_or_in_chinese_is_written_down_and_not_refused(book, changed):
    book["goal"] = changed
    assert (drifted(), unrecorded()) == ([], ["goal"])
    assert main([]) == 0
    assert unrecorded() == []


def test_new_texts_are_added_and_those_that_are_gone_left_out(book):
    book["new"] = book.pop("end")
    assert unrecorded() == ["end", "new"]
    assert main([]) == 0
    assert set(translations.seen()) == {"goal", "new"}
