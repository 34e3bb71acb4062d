"""Texts of students stay readable, and are made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.text import file_name, plain, same

HOSTILE = {
    "direction override": ("Lin\u202egpj.exe", "Lingpj.exe"),
    "no width": ("Li\u200bn\ufeff", "Lin"),
    "control": ("Lin\x00\x1b[31m", "Lin[31m"),
    "tower of accents": ("Z" + "\u0300" * 500, "Z\u0300\u0300\u0300"),
    "lone surrogate": ("Lin\ud800", "Lin"),
    "lines": ("Lin\r\n=1+1", "Lin =1+1"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_deceives_the_eye_is_taken_out(case):
    text, readable = HOSTILE[case]
    assert plain(text) == readable


@pytest.mark.parametrize(
    "name", ["林悦", "Ana María", "Nguyễn Thị Hồng", "محمد", "O’Brien", "प्रिया"]
)
def test_names_in_every_script_stay_as_they_are(name):
    assert plain(name) == unicodedata.normalize("NFC", name)


@given(st.text(max_size=300))
def test_a_file_name_is_safe_whatever_the_text(text):
    name = file_name(text)
    assert name
    assert not set(name) & set('/\\:*?"<>|.\x00')
    assert len(name) < 100
    assert not name.startswith("-")


@given(st.text(max_size=40), st.text(max_size=40))
def test_two_texts_never_share_a_file(one, other):
    assert (file_name(one) == file_name(other)) == (one == other)


def test_a_name_made_to_look_like_anothers_file_gets_its_own():
    victim = file_name("Lin Yue")
    assert file_name(victim) != victim


def test_ways_of_typing_one_number_are_the_same():
    assert same(" ２０２６-001 ") == same("2026-001")
