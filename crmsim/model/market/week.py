"""A week of a Market: what is drawn for it, what the firm does, and what happened."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from msgspec import Struct, field
from numpy.typing import NDArray

from crmsim.common.arrays import Doubles, Indices, Singles
from crmsim.model.market.failures import Failing
from crmsim.model.market.word_of_mouth import Tellings

FATES = ("silent", "failed_twice", "unresolved", "resolved", "fast")
"""Fates of a disappointment; who complains so soon after a failure is not won back."""


class WeekDraws(NamedTuple):
    """Draws of a week.

    ``people`` may come, in the order of their places: to visit, if they are customers, or to buy.
    Of each, ``luck`` has four rows: the luck of the visit (standard normal), and three lots from 0
    to 1 for speaking up, for what comes of it, and for talking. ``shop`` says who of them (by
    place) has a purchase to make, ``rivals`` are those whom a competitor tempts; each with a lot.
    """

    people: Indices
    luck: Singles
    shop: Indices
    shop_lot: Doubles
    rivals: Indices
    rival_lot: Doubles


class Guests(NamedTuple):
    """Those who come in a week, in the order of their places.

    ``luck`` has the rows of a :class:`WeekDraws`; ``buyers`` are those of them who come to buy, and
    ``beside`` is quality that particular ones meet beyond the usual, if there are such.
    """

    who: Indices
    luck: Singles
    buyers: Indices
    beside: Singles | None = None


class Service(Struct, frozen=True):
    """Service of the firm this week, as far as its customers feel it.

    ``quality`` is delivered quality by dimension (0–1), ``surprise`` how much comes unasked
    (0–1), ``attention`` the extra quality for key customers and ``resented`` what seeing it takes
    from the second tier, ``promise`` what is promised beyond what is usual and ``believed`` what
    people make of it, ``channel`` and ``solved`` multiply the shares of those who complain and of
    complaints put right, ``fast`` is the share of these put right at once, and ``expected_lift``
    the points by which a recovery pleases less because it is expected. ``failing`` says what goes
    wrong, ``seats`` how many there are.
    """

    quality: Doubles
    surprise: float = 0.0
    attention: float = 0.0
    resented: float = 0.0
    promise: float = 0.0
    believed: float = 0.0
    channel: float = 1.0
    solved: float = 1.0
    fast: float = 0.5
    expected_lift: float = 0.0
    failing: Failing | None = None
    seats: float = np.inf

    @property
    def shown(self) -> Singles:
        """The quality as precisely as people feel it."""
        return self.quality.astype(np.float32)


def nobody() -> Indices:
    """No people at all."""
    return np.zeros(0, np.intp)


class Week(Struct):
    """Acts and experiences of the people of a market in a week.

    ``people`` came (to visit or to buy), in the order of their places; ``satisfaction`` and
    ``sales`` have an entry for each, and the sales come to the ``takings``, in currency.
    ``disappointed`` are those of them (by place) who found too little, and ``fates`` what became of
    it, a place in ``FATES``: so many ``complaints``, and so many who stay ``unhappy``. ``praise``
    and ``warnings`` are who told and who was told. ``struck`` has a row a failure mode, of whom it
    struck among those who came, and ``failed`` counts them; where there are so many seats and no
    more, ``wanted`` are those who wanted to come, and ``turned_away`` is the share without a seat.
    """

    people: Indices
    satisfaction: Singles
    sales: Singles
    takings: float
    buyers: Indices
    shoppers: int
    joined: Indices
    left: Indices
    complaints: int
    unhappy: int
    key_visits: int
    praise: Tellings
    warnings: Tellings
    disappointed: Indices = field(default_factory=nobody)
    fates: Indices = field(default_factory=nobody)
    failed: Indices = field(default_factory=nobody)
    turned_away: float = 0.0
    struck: NDArray[np.bool_] | None = None
    wanted: Indices = field(default_factory=nobody)

    @property
    def told_by(self) -> Indices:
        """Person who told, an entry for each telling; praise comes first."""
        return np.concatenate([self.praise.tellers, self.warnings.tellers])

    @property
    def told(self) -> NDArray[np.int32]:
        """Person who was told, an entry for each telling."""
        return np.concatenate([self.praise.told.ravel(), self.warnings.told.ravel()])

    @property
    def valence(self) -> NDArray[np.int8]:
        """Valence of each telling: praise (1) or a warning (−1)."""
        return np.repeat(np.array([1, -1], np.int8), [self.praise.count, self.warnings.count])

    @property
    def came(self) -> int:
        """Number of people who came."""
        return len(self.people)

    @property
    def bought(self) -> int:
        """Number of those who came to buy."""
        return len(self.buyers)


def nothing_happened(left: Indices, failures: int) -> Week:
    """Return a week of a firm that is closed: nobody comes, and these people leave.

    Parameters
    ----------
    left
        Places of the customers who leave.
    failures
        How many failure modes the market has.
    """
    silence = Tellings(nobody(), np.zeros((0, 1), np.int32))
    return Week(
        people=nobody(),
        satisfaction=np.zeros(0, np.float32),
        sales=np.zeros(0, np.float32),
        takings=0.0,
        buyers=nobody(),
        shoppers=0,
        joined=nobody(),
        left=left,
        complaints=0,
        unhappy=0,
        key_visits=0,
        praise=silence,
        warnings=silence,
        failed=np.zeros(failures, np.intp),
    )
