"""Every screen of a day at the desk, in both languages, on every path that bots find."""

import html.parser
import re

import numpy as np
import pytest

from crmsim import load, play
from crmsim.course import progress
from crmsim.course.sessions.desk import DeskSession
from crmsim.widgets.desk import pages
from crmsim.widgets.desk.play import DeskPlay

BETS = [("guess", "abandoned=same"), ("guess", "open_cases=same")]
PHASES = {"opening", "foresee", "reckoning", "box", "cards", "decide", "end", "again"}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


class Buttons(html.parser.HTMLParser):
    """The acts on offer in a region, with their keys."""

    def __init__(self, regions):
        super().__init__()
        self.acts, self.keys, self.sliders, self.select = [], [], [], None
        for region in regions.values():
            self.feed(region)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "select":
            self.select = (given["data-act"], given["data-value"])
        elif tag == "option" and given["value"]:
            act, name = self.select
            self.acts.append((act, f"{name}={given['value']}"))
        elif "data-act" in given and "disabled" not in given:
            if given.get("type") == "range":
                self.sliders.append((given["data-value"], int(given["min"]), int(given["max"])))
            else:
                self.acts.append((given["data-act"], given["data-value"]))
                self.keys += [given["data-key"]] if "data-key" in given else []


def walk(lang, seed, most=160):
    """Yield every screen that a bot sees which presses whatever is on offer."""
    luck, session = np.random.default_rng(seed), DeskSession("sunset", seed, lang)
    for _ in range(most):
        screen = pages.screen(session)
        yield session, screen
        seen = Buttons(screen.regions)
        if seen.sliders and luck.random() < 0.3:
            post, low, high = seen.sliders[luck.integers(len(seen.sliders))]
            assert session.do("lever", f"{post}={luck.integers(low, high + 1)}")
            continue
        acts = [act for act in seen.acts if act[0] not in ("language", "restart")]
        act = acts[luck.integers(len(acts))]
        assert session.do(*act), (session.phase, act)


@pytest.mark.parametrize("lang", ["zh-Hans", pytest.param("en", marks=pytest.mark.long)])
def test_whatever_is_on_offer_can_be_pressed_and_every_screen_is_reached(lang):
    seen = set()
    for seed in range(2):
        for session, screen in walk(lang, seed):
            seen.add(session.phase)
            keys = Buttons(screen.regions).keys
            assert len(set(keys)) == len(keys), (session.phase, keys)
    assert seen == PHASES


def test_no_screen_speaks_the_other_language():
    walked = [(session.phase, screen) for session, screen in walk("zh-Hans", 5, 160)]
    assert len(walked) > 10
    for phase, screen in walked:
        text = re.sub(r"<[^>]*>", " ", "".join(screen.regions.values()))
        foreign = re.findall(r"[A-Za-z]{4,}", text.replace("English", ""))
        assert not foreign, (phase, foreign)
    for session, screen in walk("en", 5, 160):
        text = re.sub(r"<[^>]*>", " ", "".join(screen.regions.values())).replace("中文", "")
        assert not re.findall(r"[\u4e00-\u9fff]", text), session.phase


def test_a_play_is_saved_and_gone_on_with():
    game = play("sunset", seed=2)
    assert isinstance(game, DeskPlay)
    for act in [("begin", ""), ("rule", "response_h=lower")]:
        game.on_act(*act)
    assert progress.load_record("sunset-2")["acts"] == [["begin", ""], ["rule", "response_h=lower"]]
    again = play("sunset", seed=2, lang="zh")
    assert again.session.phase == "foresee"
    assert again.lang == "zh-Hans"
    assert not again.finished


def test_the_poster_and_the_screen_that_is_saved_name_the_case():
    game = play("sunset", seed=3)
    assert load("sunset").title["en"] in str(game.poster(game.session))
    assert game.screen == "opening"


def test_the_worth_of_two_days_is_told_to_the_last_yuan():
    """Rounded to 0.1 万元 both would be the same."""
    for lang, unit in (("en", "¥"), ("zh-Hans", "元")):
        session = DeskSession("sunset", 21, lang)
        session.phase = "decide"
        for act in [("run_on", ""), *BETS, ("run_on", ""), *BETS, ("run_on", "")]:
            assert session.do(*act)
        left = pages.screen(session).regions["left"]
        worth = f"{session.run.view.outcome['value']:,.0f}"
        assert worth in left
        assert unit in left


def test_after_a_message_is_sent_a_screen_reader_is_told_the_time_left():
    session = DeskSession("sunset", 1)
    session.phase = "box"
    for act in [("open", "rice"), ("kind", "delivery"), ("reply", "van"), ("send", "")]:
        assert session.do(*act)
    assert pages.screen(session).say == "Sent. 427 seconds left."
