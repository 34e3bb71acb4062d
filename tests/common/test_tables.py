"""Tables that a notebook shows whole."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest

from crmsim.common.tables import WholeTable


@pytest.fixture
def switching():
    """Threads that take turns after nearly every step."""
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


@pytest.mark.usefixtures("switching")
def test_tables_shown_in_several_threads_are_whole_and_change_no_option():
    table, usual = WholeTable({"week": range(200)}), pd.get_option("display.max_rows")
    with ThreadPoolExecutor(4) as threads:
        shown = list(threads.map(lambda _: table._repr_html_(), range(60)))
    assert {page.count("<tr") for page in shown} == {201}
    assert pd.get_option("display.max_rows") == usual
