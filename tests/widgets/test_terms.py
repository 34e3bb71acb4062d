"""Terms are explained where they first stand, and nothing else of a screen is touched."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.words import LANGUAGES
from crmsim.course.glossary import terms
from crmsim.course.sessions.visit import VisitSession
from crmsim.scenario import DIMENSIONS
from crmsim.widgets.stage import Stage
from crmsim.widgets.terms import explained
from crmsim.widgets.visit import pages
from crmsim.widgets.visit.play import play

BUTTON = re.compile(r'<button type="button" class="crmsim-term" data-means="[^"]*">(.*?)</button>')


def marked(html: str, lang: str = "en") -> list[str]:
    """List the words that are explained in a piece of HTML."""
    return BUTTON.findall(explained({"middle": html}, lang)["middle"])


def test_a_term_is_explained_once_where_it_first_stands_on_the_screen():
    regions = explained({"right": "<p>empathy</p>", "left": "<p>Empathy, empathy</p>"}, "en")
    assert BUTTON.findall(regions["left"]) == ["Empathy"]
    assert BUTTON.findall(regions["right"]) == []
    assert list(regions) == ["right", "left"]


@pytest.mark.parametrize(
    "html",
    [
        "<button>empathy</button>",
        "<h3>empathy</h3>",
        "<label><span>empathy</span></label>",
        "<svg><text>empathy</text></svg>",
        '<p class="bubble">empathy</p>',
        '<span aria-hidden="true">empathy</span>',
        '<p title="empathy">x</p>',
        "<p>telepathy empathyx</p>",
    ],
)
def test_buttons_headings_drawings_speech_and_attributes_stay_as_they_are(html):
    assert marked(html) == []


def test_what_follows_a_button_or_an_input_is_explained_again():
    assert marked('<p><button>a</button><input type="text"/><br>empathy</p>') == ["empathy"]


def test_the_longest_term_wins_and_a_plural_counts():
    assert marked("<p>The service quality and its service gaps.</p>") == [
        "service quality",
        "service gaps",
    ]
    assert marked("<p>客户满意与服务质量差距</p>", "zh-Hans") == ["客户满意", "服务质量差距"]


def test_an_everyday_word_is_explained_only_where_it_is_asked_for():
    assert marked("<p>stock</p>") == []
    assert marked('<span class="explain">Stock</span>') == ["Stock"]
    assert marked('<span class="explain">nothing known</span>') == []


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("seat", ["buyer", "seller"])
def test_each_of_the_five_dimensions_is_explained_on_every_screen_of_a_visit(seat, lang):
    session = VisitSession("buick", 1, lang)
    session.do("seat", seat)
    left = explained(pages.screen(session).regions, lang)["left"]
    found = {t for t in terms() if (t.zh if lang == "zh-Hans" else t.en) in left.lower()}
    assert {t.en for t in found if f'data-means="{_meaning(t, lang)}"' in left} >= set(DIMENSIONS)


def _meaning(term, lang: str) -> str:
    meaning = term.definition_zh if lang == "zh-Hans" else term.definition_en
    return meaning.replace("'", "&#39;")


@given(st.text(alphabet="abc empathy<>&;\"'服务质量", max_size=40))
def test_only_buttons_are_added_and_the_page_stays_well_formed(text):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    html = f"<div><p>{escaped}</p><b>{escaped}</b></div>"
    for lang in LANGUAGES:
        new = explained({"middle": html}, lang)["middle"]
        ET.fromstring(new)
        assert BUTTON.sub(r"\1", new) == html


def test_a_stage_shows_explained_terms_in_its_own_language(tmp_path, monkeypatch):
    monkeypatch.setenv("CRMSIM_WORK", str(tmp_path))
    game = play("buick", seed=1)
    game.on_act("seat", "seller")
    assert "Seeing this customer" in game.regions["left"]
    game.on_act("language", "zh-Hans")
    assert "放在心上" in game.regions["left"]


def test_an_exercise_does_not_explain_what_it_asks():
    asked = Stage(screen="exercise")
    asked.show({"middle": "<p>empathy</p>"})
    assert asked.regions == {"middle": "<p>empathy</p>"}
    asked.show({"middle": "<p>empathy</p>"}, screen="verdict")
    assert BUTTON.findall(asked.regions["middle"]) == ["empathy"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_term_in_capitals_is_explained_in_both_languages(lang):
    shown = Stage(lang=lang)
    shown.show({"why": "<p>SERVQUAL</p>"})
    assert BUTTON.findall(shown.regions["why"]) == ["SERVQUAL"]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_text_of_a_lesson_gets_every_term_that_is_no_everyday_word_the_longest_first(
    lang, monkeypatch
):
    stage, sent = Stage(lang=lang), []
    monkeypatch.setattr(stage, "send", sent.append)
    stage._hear(stage, {"need": "terms"}, [])
    (told,) = sent
    named = [name for name, _ in told["terms"]["terms"]]
    held = [term.en if lang == "en" else term.zh for term in terms() if term.held]
    assert sorted(named) == sorted(name.lower() for name in held)
    assert [len(name) for name in named] == sorted(map(len, named), reverse=True)
    assert all(meaning for _, meaning in told["terms"]["terms"])
