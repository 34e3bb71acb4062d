"""One-to-one marketing in four steps: identify, tell apart, talk, tailor (B-17; IDIC).

Assumed: (1) a customer can lie in the books as several records; until they are put together she
looks smaller than she is, and gets everything several times; (2) a firm picks some customers by
what it sees; (3) a talk finds out with some chance what a customer needs; (4) an offer for her need
brings a share of what she could bring, one that guesses brings less; (5) who is contacted more
often than she bears brings nothing, and counts as annoyed.

References
----------
Peppers & Rogers 1993, "The one to one future", Doubleday (identify, differentiate, interact,
customize). The customers and all sizes are our choice.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from crmsim.common.checks import is_number, is_whole, require


class KnownCustomer(NamedTuple):
    """A customer as she is.

    Attributes
    ----------
    records
        In how many records her purchases lie.
    last_year
        What she left in the last year, over all her records.
    last_receipt
        What her last purchase left.
    potential
        What offers that fit her need could bring this year, in the same money.
    bears
        Contacts in a season that she bears.
    """

    records: int
    last_year: float
    last_receipt: float
    potential: float
    bears: int


class FourSteps(NamedTuple):
    """Decisions of a firm in the four steps.

    Attributes
    ----------
    together
        True if the records of each customer are put together.
    by
        How it tells customers apart: by ``last_year``, ``last_receipt`` or ``potential``.
    count
        How many customers it picks, the best first.
    learns
        Chance (0–1) that the talk finds out what a customer needs.
    contacts
        How often each of them is contacted.
    fit, guess
        Share (0–1) of the potential that the offer brings where the need is known, and where not.
    """

    together: bool
    by: str
    count: int
    learns: float
    contacts: int
    fit: float
    guess: float


class StepsResult(NamedTuple):
    """Result of the four steps.

    Attributes
    ----------
    gain
        Expected, in the money of the customers.
    annoyed
        Customers who were contacted more often than they bear.
    picked
        Places of the customers who were picked.
    """

    gain: float
    annoyed: int
    picked: tuple[int, ...]


def take_steps(customers: Sequence[KnownCustomer], steps: FourSteps) -> StepsResult:
    """Return what the four steps bring with these customers.

    Parameters
    ----------
    customers
        Who they are.
    steps
        What the firm does.

    Returns
    -------
    StepsResult
        Expected over what the talks find out.

    Raises
    ------
    ValueError
        If a part of the steps is not allowed.

    Examples
    --------
    >>> people = [KnownCustomer(3, 900, 60, 800, 2), KnownCustomer(1, 700, 700, 60, 2)]
    >>> steps = FourSteps(True, "last_year", 1, learns=0.9, contacts=1, fit=0.5, guess=0.1)
    >>> take_steps(people, steps)
    StepsResult(gain=368.0, annoyed=0, picked=(0,))
    >>> take_steps(people, steps._replace(together=False)).picked
    (1,)
    """
    allowed = ("last_year", "last_receipt", "potential")
    require(steps.by in allowed, "by", steps.by, f"one of {', '.join(allowed)}")
    everybody = len(customers)
    require(is_whole(steps.count, 1, everybody), "count", steps.count, f"from 1 to {everybody}")
    require(is_whole(steps.contacts, 1), "contacts", steps.contacts, "a whole number from 1 up")
    for name in ("learns", "fit", "guess"):
        share = getattr(steps, name)
        require(is_number(share, 0, 1), name, share, "a share from 0 to 1")

    def seen(place: int) -> float:
        one = customers[place]
        # Last year's sales of somebody with several records lie on them in equal parts.
        split = one.records if steps.by == "last_year" and not steps.together else 1
        return -float(getattr(one, steps.by)) / split

    picked = tuple(sorted(range(everybody), key=seen)[: steps.count])
    gain, annoyed = 0.0, 0
    for one in (customers[place] for place in picked):
        if steps.contacts * (1 if steps.together else one.records) > one.bears:
            annoyed += 1
        else:
            share = steps.learns * steps.fit + (1 - steps.learns) * steps.guess
            gain += one.potential * share
    return StepsResult(gain, annoyed, picked)
