"""An exercise says that it is saved only when it is, and reads a number as it was meant."""

from __future__ import annotations

import errno

import pytest

from crmsim import check, predict
from crmsim.common import files
from crmsim.course import progress

pytestmark = pytest.mark.usefixtures("work")


def page(shown) -> str:
    return shown.regions["exercise"]


@pytest.mark.parametrize(
    ("number", "lang", "says"),
    [
        (errno.ENOSPC, "en", "the disk is full"),
        (errno.ENOSPC, "zh", "磁盘已满"),
        (errno.EROFS, "zh", "只读"),
        (errno.EACCES, "en", "choose a folder of your own"),
    ],
)
@pytest.mark.parametrize("asked", [predict, check])
def test_what_could_not_be_saved_is_said_for_all_to_see(asked, number, lang, says, monkeypatch):
    shown = asked("10-bet-stage" if asked is predict else "10-why", lang=lang)
    saved = "Saved. You can still" if lang == "en" else "已保存，随时可以改"

    def fails(*_):
        raise OSError(number, "as the system says it")

    with monkeypatch.context() as full:
        full.setattr(files.os, "replace", fails)
        shown.on_act("answer", "in" if asked is predict else "pity")
        assert says in page(shown)
        assert says in shown.say
        assert saved not in page(shown)
    shown.on_act("answer", "after" if asked is predict else "heard")
    assert says not in page(shown)
    assert progress.load_record(shown.saved_as)["answer"] == shown.answer


@pytest.mark.parametrize(
    ("typed", "kept"), [("-8", "-8"), ("−8", "-8"), ("负 8", "-8"), ("8百", "800"), ("８", "8")]
)
def test_a_number_is_kept_as_it_was_meant(typed, kept):
    shown = predict("10-bet-floor")
    shown.on_act("answer", f"answer={typed}")
    assert progress.load_record("answer-10-bet-floor")["answer"] == kept
    assert predict("10-bet-floor").answered


@pytest.mark.parametrize("typed", ["1/2", "3到5", "一百八十五", "1e999", "about 8"])
def test_a_text_that_is_no_number_is_said_to_be_none(typed):
    shown = predict("10-bet-floor", lang="en")
    shown.on_act("answer", f"answer={typed}")
    assert "please type one number" in page(shown)
    assert "Saved. You can still" not in page(shown)
    assert not predict("10-bet-floor").answered
    shown.on_act("answer", "answer=")
    assert "please type one number" not in page(shown)
