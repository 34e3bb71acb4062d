"""Sums of products in one order."""

from hypothesis import given
from hypothesis import strategies as st

from crmsim.common.sums import dot

NUMBERS = st.lists(st.tuples(st.integers(-99, 99), st.integers(-99, 99)), max_size=40)


@given(pairs=NUMBERS)
def test_it_is_the_sum_of_the_products(pairs):
    one, other = zip(*pairs, strict=True) if pairs else ((), ())
    assert dot(one, other) == sum(a * b for a, b in pairs)
