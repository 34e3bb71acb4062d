"""Options: every mistake at once, and a secret that stays one."""

import os
import re
import stat
import sys
import tomllib
from pathlib import Path

import pytest
from msgspec import to_builtins

from crmsim.grading.batch import Batch
from crmsim.grading.options import Options, OptionsError, load_options, read_secret, secret_file

WRONG = """
lessons = ["10", "99"]
reveal = "everything"
colour = "red"
[points]
"10-stage" = 4
"10-levels" = -1
[late]
due = 2026-12-01T23:59:00
per_day = 10
[limits]
memory_mb = 1
"""

TOLD = """
reveal = 'everything': must be 'points', 'reasons' or 'answers'
colour: this key is not known
points: '10-stage': no exercise has this id; did you mean '10-stages'?
points: 10-levels = -1: must be greater than or equal to 0
late: due = 2026-12-01T23:59:00: must be a date and time with its time zone, such as 2026
late: per_day = 10: must be less than or equal to 1
limits: memory_mb = 1: must be greater than or equal to 256
lessons: '99': must be one of: 00, 10
"""


def test_every_mistake_is_told_by_place_key_found_and_allowed(tmp_path):
    path = tmp_path / "grading.toml"
    path.write_text(WRONG)
    with pytest.raises(OptionsError) as told:
        load_options(path)
    for line in TOLD.strip().splitlines():
        assert f"grading.toml: {line}" in str(told.value)
    assert len(str(told.value).splitlines()) == len(TOLD.strip().splitlines())


def test_the_options_of_the_handbook_are_read(tmp_path):
    path = tmp_path / "grading.toml"
    path.write_text('lessons = ["10"]\n[late]\ndue = 2026-12-01T23:59:00+08:00\n', "utf-8-sig")
    assert load_options(path).lessons == ("10",)


def test_a_limit_that_is_said_as_it_is_anyway_makes_nothing_to_be_graded_anew(tmp_path):
    said = [f"{name} = {value:g}" for name, value in to_builtins(Options().limits).items()]
    path = tmp_path / "grading.toml"
    path.write_text("[limits]\n" + "\n".join(said))
    asked = (load_options(path), Options())
    first, second = (Batch(tmp_path, tmp_path, options, b"") for options in asked)
    assert first.graded_with == second.graded_with


@pytest.mark.parametrize(
    "due",
    ["2026-12-01", "23:59:00", '"1 December"', '"2026-12-01T23:59:00"', "1796000000"],
)
def test_when_work_is_due_needs_a_day_an_hour_and_a_time_zone(tmp_path, due):
    path = tmp_path / "grading.toml"
    path.write_text(f"[late]\ndue = {due}\n")
    found = due.replace('"', "'")
    with pytest.raises(OptionsError) as told:
        load_options(path)
    rule = "must be a date and time with its time zone, such as 2026-12-01T23:59:00+08:00"
    assert str(told.value) == f"grading.toml: late: due = {found}: {rule}"


@pytest.mark.parametrize("text", ["lessons = [", "\x00", "a.b = 1\na = 2"])
def test_a_broken_file_is_told(tmp_path, text):
    path = tmp_path / "grading.toml"
    path.write_text(text)
    with pytest.raises(OptionsError, match=r"grading\.toml: not readable as TOML"):
        load_options(path)


def test_a_secret_is_made_once_for_its_owner_alone(tmp_path):
    path = secret_file(Options(), tmp_path / "grading.toml")
    first, made = read_secret(path)
    again, made_again = read_secret(path)
    assert (made, made_again) == (True, False)
    assert first == again
    assert len(first) >= 32
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_secret_is_never_kept_where_students_wrote_or_read(tmp_path):
    handed_in = tmp_path / "submissions"
    handed_in.mkdir()
    for place in (handed_in / "secret.txt", handed_in / "lin" / ".." / "secret.txt"):
        with pytest.raises(OptionsError, match="must not lie within"):
            read_secret(place, handed_in)
    if hasattr(os, "symlink"):
        (tmp_path / "link").symlink_to(handed_in)
        with pytest.raises(OptionsError, match="must not lie within"):
            read_secret(tmp_path / "link" / "secret.txt", handed_in)
    assert list(handed_in.iterdir()) == []


def test_a_secret_that_keeps_nothing_is_refused(tmp_path):
    (tmp_path / "s").write_text("1234\n")
    with pytest.raises(OptionsError, match="must hold at least"):
        read_secret(tmp_path / "s")


@pytest.mark.parametrize("page", ["grading.md", "grading.zh-Hans.md"])
def test_the_handbook_shows_options_that_are_read(tmp_path, page):
    handbook = (Path(__file__).parents[2] / "docs" / page).read_text("utf-8")
    example = re.findall(r"```toml\n(.*?)```", handbook, re.S)[0]
    (tmp_path / "grading.toml").write_text(example, "utf-8")
    options = load_options(tmp_path / "grading.toml")
    assert options.late.at_most == 0.5
    assert set(tomllib.loads(example)) == set(Options.__struct_fields__)
