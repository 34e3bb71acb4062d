"""Changes since the run before: who, by how much, and why; nothing where nothing changed."""

from dataclasses import replace

import fakes
import pytest

from crmsim.exercises.declared import exercise
from crmsim.grading.marks.changes import CHANGE_CAUSES, changes

KEY = exercise("10-why").key
SLIP = next(option for option in exercise("10-why").options if option.slip)
WRONG, RIGHT = (fakes.result("1", items=(fakes.item("10-why", each),)) for each in (SLIP.id, KEY))
ANOTHER = fakes.result("2", items=(fakes.item("10-why", KEY),))


def told(found):
    return [(each.student, each.before, each.now, each.cause) for each in found.changes]


def test_a_first_run_and_one_that_changes_nothing_have_no_changes(tmp_path):
    assert told(fakes.published(tmp_path, [WRONG])) == []
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    assert told(fakes.published(tmp_path, [WRONG])) == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    assert not (tmp_path / "changes.html").exists()


OTHER_VERSION = {"versions": {"crmsim": "9.9"}}


@pytest.mark.parametrize(
    ("then", "options", "change"),
    [
        ([replace(RIGHT, sha256="new")], {}, ("1", 0, 1, "handed-in")),
        ([replace(RIGHT, submission="b.zip")], {}, ("1", 0, 1, "handed-in")),
        ([replace(RIGHT, **OTHER_VERSION)], {}, ("1", 0, 1, "version")),
        ([RIGHT], {"points": {"10-why": 4}}, ("1", 0, 4, "options")),
        ([RIGHT], {}, ("1", 0, 1, "other")),
        ([WRONG, ANOTHER], {}, ("2", None, 1, "new")),
        ([ANOTHER], {}, ("2", None, 1, "new")),
    ],
)
def test_points_that_changed_are_told_with_the_cause(tmp_path, then, options, change):
    fakes.published(tmp_path, [WRONG])
    found = fakes.published(tmp_path, then, **options)
    assert change in told(found)
    page = (tmp_path / "changes.html").read_text()
    assert f"look/{change[0]}.html" in page
    assert "10-why" in page
    assert 'href="changes.html"' in (tmp_path / "report.html").read_text()


def test_who_is_no_longer_there_is_told_without_a_link(tmp_path):
    fakes.published(tmp_path, [WRONG, ANOTHER])
    found = fakes.published(tmp_path, [WRONG])
    assert told(found) == [("2", 1, None, "gone")]
    assert "look/2.html" not in (tmp_path / "changes.html").read_text()


def test_what_a_person_decided_is_told_as_such(tmp_path):
    fakes.published(tmp_path, [WRONG])
    (tmp_path / "overrides.csv").write_text("student,exercise,points\n1,10-why,0.5\n")
    found = fakes.published(tmp_path, [WRONG])
    assert told(found) == [("1", 0, 0.5, "person")]
    assert found.changes[0].exercises == (("10-why", 0, 0.5),)


def test_a_later_run_that_changes_nothing_keeps_the_page(tmp_path):
    fakes.published(tmp_path, [WRONG])
    fakes.published(tmp_path, [RIGHT])
    page = (tmp_path / "changes.html").read_bytes()
    fakes.published(tmp_path, [RIGHT])
    assert (tmp_path / "changes.html").read_bytes() == page


def test_results_of_an_older_version_are_no_obstacle():
    lin = {"student": "1", "points": 2}
    assert changes({}, {"grades": [lin]}) == []
    (change,) = changes({"grades": [lin]}, {"grades": [lin | {"points": 3, "exercises": {}}]})
    assert change.cause in CHANGE_CAUSES
