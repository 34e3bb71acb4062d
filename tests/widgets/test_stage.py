"""The stage paints what it is given, and answers every act, even one that fails."""

import pytest

from crmsim.widgets.stage import Stage


class Echo(Stage):
    def on_act(self, act, value):
        if act == "fail":
            raise RuntimeError(value)
        self.show({"middle": f"<p>{act} {value}</p>"}, focus="next")


@pytest.fixture
def stage(monkeypatch):
    echo = Echo()
    echo.sent = []
    monkeypatch.setattr(
        echo, "send", lambda content, buffers=None: echo.sent.append((content, buffers))
    )
    return echo


def test_an_act_is_answered_painted_and_acknowledged(stage):
    stage._hear(stage, {"act": "choose", "value": "a", "serial": 7}, [])
    assert stage.regions == {"middle": "<p>choose a</p>"}
    assert (stage.focus, stage.turn) == ("next", 1)
    assert stage.sent == [({"ack": 7}, None)]


def test_the_page_is_not_left_waiting_when_an_act_fails(stage):
    with pytest.raises(RuntimeError, match="oops"):
        stage._hear(stage, {"act": "fail", "value": "oops", "serial": 8}, [])
    assert stage.sent == [({"ack": 8}, None)]
    assert stage.say == "oops"
