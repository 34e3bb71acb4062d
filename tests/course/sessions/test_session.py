"""A session is its list of acts: an act that does not fit changes nothing."""

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmsim.course.sessions.desk import DeskSession
from crmsim.course.sessions.market import MarketSession
from crmsim.course.sessions.session import Session
from crmsim.course.sessions.visit import VisitSession

SESSIONS = {
    "visit": VisitSession("showroom", 1),
    "market": MarketSession("buick-market", 1),
    "desk": DeskSession("sunset", 1),
}
TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=12)
NAMES = [
    name[3:]
    for kind in (VisitSession, MarketSession, DeskSession)
    for name in dir(kind)
    if name[:3] == "do_"
]


@pytest.mark.parametrize("kind", SESSIONS)
@given(
    act=st.one_of(st.sampled_from(["", "_init__", "fresh", "acts", "__class__"]), TEXT), text=TEXT
)
@settings(max_examples=60)
def test_an_unknown_act_changes_nothing(kind, act, text):
    session = SESSIONS[kind].fresh()
    if act in NAMES:
        return
    assert not session.do(act, text)
    assert session == SESSIONS[kind].fresh()


@pytest.mark.parametrize("kind", SESSIONS)
@given(act=st.sampled_from(sorted(set(NAMES))), text=TEXT)
@settings(max_examples=100, deadline=None)
def test_a_known_act_is_kept_as_it_was_given_or_changes_nothing(kind, act, text):
    session = SESSIONS[kind].fresh()
    if session.do(act, text):
        assert session.acts == [(act, text)]
        again = session.fresh()
        again.do(act, text)
        assert again == session
    else:
        assert session == SESSIONS[kind].fresh()


@pytest.mark.parametrize("kind", SESSIONS)
def test_every_act_has_one_method_that_says_what_it_does(kind):
    methods = [name for name in dir(SESSIONS[kind]) if name.startswith("do_")]
    assert "do_language" in methods
    assert all(getattr(SESSIONS[kind], name).__doc__ for name in methods)
    assert isinstance(SESSIONS[kind], Session)


def test_sessions_are_played_without_the_view():
    probe = (
        "import sys; from crmsim.course.sessions import visit, market;"
        "s = visit.VisitSession('showroom', 1); s.do('seat', 'seller'); s.view();"
        "sys.exit(any(name.startswith('crmsim.widgets') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", probe]).returncode == 0
