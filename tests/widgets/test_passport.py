"""The passport on the stage: a number entered and changed, what was done, and the hand-in."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from zipfile import ZipFile

import pytest

from crmsim import check, passport, predict
from crmsim.course import progress, student
from crmsim.course.lessons import released

LANGUAGES = pytest.mark.parametrize("lang", ["en", "zh-Hans"])


pytestmark = pytest.mark.usefixtures("work")


def page(widget) -> str:
    return widget.regions["passport"]


def enter(widget, number: str, name: str = "") -> None:
    widget.on_act("type", f"number={number}")
    widget.on_act("type", f"name={name}")
    widget.on_act("save", "")


@LANGUAGES
def test_it_asks_who_she_is_and_hands_nothing_in_before_it_knows(lang, work):
    shown = passport(lang)
    ET.fromstring(f"<div>{page(shown)}</div>".replace("&nbsp;", " "))
    assert shown.t("passport.who.ask") in page(shown)
    enter(shown, "   ")
    assert shown.t("passport.who.empty") in page(shown)
    shown.on_act("handin", "")
    assert list(work.glob("*.zip")) == []
    enter(shown, " ２０２６ ", "林 <b>悦</b>")
    assert student.current() == student.Student("2026", "林 <b>悦</b>")
    assert "林 &lt;b&gt;悦" in page(shown)
    assert shown.t("passport.who.ask") not in page(passport(lang))


@LANGUAGES
def test_another_number_is_asked_for_again_and_the_work_is_kept(lang):
    student.enter("2026001", "林悦")
    check("10-why").on_act("answer", "pity")
    shown = passport(lang)
    shown.on_act("change", "")
    assert 'value="2026001"' in page(shown)
    enter(shown, "2026002", "林悦")
    assert student.student_number() == "2026001", "not before she has said so again"
    assert "2026002" in page(shown)
    shown.on_act("cancel", "")
    assert student.student_number() == "2026001"
    shown.on_act("change", "")
    enter(shown, "2026002", "林悦")
    shown.on_act("save", "")
    assert student.student_number() == "2026002"
    assert progress.load_record("answer-10-why")["answer"] == "pity"


def test_a_name_alone_is_changed_without_asking():
    student.enter("2026001", "林悦")
    shown = passport()
    shown.on_act("change", "")
    enter(shown, "2026001 ", "Lin Yue")
    assert student.current().name == "Lin Yue"


@LANGUAGES
def test_it_shows_what_was_done_since_and_tells_no_key(lang):
    shown = passport(lang)
    asked = check("10-why", lang=lang)
    asked.on_act("answer", "pity")
    asked.on_act("done", "")
    shown.on_act("look", "")
    assert shown.t("passport.cell.wrong", count=1) in page(shown)
    assert shown.t("passport.cell.done", done=1, all=13) in page(shown)


@LANGUAGES
def test_the_hand_in_is_written_sent_to_the_browser_and_says_what_is_left(lang, work):
    student.enter("2026001")
    check("10-why").on_act("answer", "pity")
    shown, sent = passport(lang), []
    shown.send = lambda *message: sent.append(message)
    asked = check("10-why", lang=lang)
    asked.on_act("done", "")
    shown.on_act("handin", "")
    path = work / "handin-2026001.zip"
    assert sent == [({"download": path.name}, [path.read_bytes()])]
    with ZipFile(path) as package:
        assert json.loads(package.read("handin.json"))["student"]["number"] == "2026001"
    assert path.name in page(shown)
    assert re.search(shown.t("passport.left.exercises", count=12), page(shown))


def test_a_full_disk_is_said_and_breaks_nothing(monkeypatch):
    shown = passport()

    def full_disk(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(progress.os, "replace", full_disk)
    enter(shown, "2026001")
    assert "the disk is full" in page(shown)


def test_what_a_notebook_stores_is_the_same_for_everybody(monkeypatch):
    stored = []
    monkeypatch.setattr("crmsim.widgets.passport.publish_display_data", stored.append)
    first = passport()._repr_mimebundle_()[0]["text/plain"]
    student.enter("2026001", "林悦")
    assert passport()._repr_mimebundle_()[0]["text/plain"] == first
    assert stored[0] == stored[1]
    assert "2026001" not in str(stored)


@pytest.mark.parametrize("act", ["look", "handin", "change", "cancel"])
def test_the_passport_lives_on_when_the_identity_file_is_gone(act):
    shown = passport()
    enter(shown, "2026001")
    (progress.folder() / "student.json").unlink()
    shown.on_act(act, "")
    assert 'id="passport-number"' in page(shown)
    enter(shown, "2026001")
    assert student.student_number() == "2026001"


@LANGUAGES
def test_somebody_else_at_the_same_computer_begins_with_her_own(lang, work):
    student.enter("2026001", "林悦")
    check("10-why").on_act("answer", "pity")
    shown = passport(lang)
    shown.on_act("change", "")
    enter(shown, "2026002", "Bo")
    assert shown.t("passport.who.other", old="2026001") in page(shown)
    shown.on_act("other", "")
    assert student.current() == student.Student("2026002", "Bo")
    assert "of-2026001" in page(shown)
    assert check("10-why").answer is None
    shown.on_act("handin", "")
    assert list(work.glob("*.zip")) == []
    shown.on_act("change", "")
    enter(shown, "2026001")
    shown.on_act("other", "")
    assert check("10-why").answer == "pity"


@LANGUAGES
def test_each_row_leads_to_a_lesson_that_exists_and_bears_its_stamp(lang):
    rows = re.findall(r'pass-stamp (\w+)".*?<a href="([^"]+)">', page(passport(lang)), re.S)
    assert [file for _, file in rows] == [path.name for path in released(lang)]
    assert {state for state, _ in rows} == {"open"}
    predict("10-bet-stage").on_act("answer", "in")
    assert page(passport(lang)).count("pass-stamp begun") == 1
