"""Levers: each is declared with its bounds, its unit and its node."""

from typing import Annotated

import pytest
from msgspec import Meta, Struct

from crmsim.model.market.log import NODES
from crmsim.scenario.levers import BOUNDS, SERVICE, Decision, MinutesMore, Share, bounds_of

UNIT_ALONE = Annotated[float, Meta(extra={"unit": "places"})]


def test_every_lever_acts_on_a_node_of_the_loop():
    assert len(BOUNDS) == len(Decision.__struct_fields__) > 10
    assert {bounds.node for bounds in BOUNDS.values()} <= set(NODES)


def test_the_bounds_are_those_declared():
    class Parking(Struct):
        open: Annotated[Share, SERVICE] = 1.0
        walk_min: Annotated[MinutesMore, SERVICE] = 0.0

    found = bounds_of(Parking)
    assert found["open"] == (0.0, 1.0, "share, 0 to 1", "service")
    assert found["walk_min"].signed


@pytest.mark.parametrize("declared", [float, Share, UNIT_ALONE, Annotated[float, SERVICE]])
def test_a_lever_without_unit_or_node_is_told_what_to_declare(declared):
    class Parking(Struct):
        places: declared = 1.0

    with pytest.raises(TypeError, match="lever places: declare its unit and the node"):
        bounds_of(Parking)
