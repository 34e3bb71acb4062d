"""A visit as those who come live through it: perceive, compare, remember, complain, leave."""

from __future__ import annotations

from functools import lru_cache
from types import SimpleNamespace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from crmsim.model.equations import by_loyalty, trait
from crmsim.model.market.people import Floats, Indices, Minds, People
from crmsim.model.market.week import FATES, Guests, Service
from crmsim.model.theory.expectations import perceived
from crmsim.model.theory.satisfaction import satisfaction


class Lived(NamedTuple):
    """What visits left: satisfaction of each who came, who of them (by place) was disappointed
    and what became of it (a place in ``FATES``), with whom of these nothing was put right, and who
    is gone for good."""

    satisfaction: Floats
    disappointed: Indices
    fates: Indices
    unhappy: Indices
    gone: Indices


class DecidedVisit(NamedTuple):
    """A visit that was decided elsewhere: whose, what she perceived less what she expected, and
    whether it brings something in."""

    person: int
    gap: float
    pays: bool


def serve(
    people: People,
    guests: Guests,
    week: int,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    given: DecidedVisit | None = None,
) -> tuple[Floats, Lived]:
    """These people pay, are served, and live through it; gives what each pays, and the rest."""
    who, (normal, speaks, then, _), buyers, beside = guests
    sales = spend(people, who, numbers)
    sales[who.searchsorted(buyers)] = numbers.purchase_value
    if given is not None and not given.pays:
        sales[who == given.person] = 0
    met = meets(people, who, normal, service, numbers, beside)
    return sales, live(people, who, met, (speaks, then), week, service, numbers, rule, given)


def spend(people: People, who: Indices, numbers: SimpleNamespace) -> Floats:
    """What a visit of each brings in; the loyal buy across the range (C-04)."""
    sales = people.value.take(who) * by_loyalty(
        trait(numbers.cross_buying), people.loyalty.take(who)
    )
    sales *= np.float32(dearer(people, numbers))
    return sales


def dearer(people: People, numbers: SimpleNamespace) -> float:
    """What visits bring in, against the start."""
    return numbers.visit_value / people.usual_value if people.usual_value > 0 else 1.0


def meets(
    people: People,
    who: Indices,
    normal: Floats,
    service: Service,
    numbers: SimpleNamespace,
    beside: Floats | None = None,
) -> Floats:
    """Quality that each meets, as the dimensions matter to her; ``beside`` is what comes on top."""
    shares = people.weights.take(who, axis=0)
    shares *= service.shown
    met = shares[:, 0] + shares[:, 1] + shares[:, 2] + shares[:, 3] + shares[:, 4]
    met += np.float32(numbers.visit_noise) * people.evenness.take(who) * normal
    if beside is not None:
        met += beside
    return np.minimum(np.maximum(met, 0.0), 1.0)


def live(
    people: People,
    who: Indices,
    met: Floats,
    lots: tuple[Floats, Floats],
    week: int,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    given: DecidedVisit | None = None,
) -> Lived:
    """These people meet this quality; ``lots`` decide who speaks up and what comes of it."""
    minds = people.minds(who)
    level = experience(minds, met, service, numbers, rule, None if given is None else (who, given))
    speaks, then = lots
    bad = (level <= numbers.talk_bad_at).nonzero()[0]
    them = who.take(bad)
    forgives = week - people.failed_week.take(them) > numbers.second_failure_week
    fate, luck = _fate(speaks.take(bad), then.take(bad), forgives, service, numbers)
    people.failed_week[them] = week
    lifted = np.maximum(minds.satisfaction.take(bad), lifting(numbers).take(fate))
    minds.satisfaction[bad] = lifted
    hazard = numbers.leave_after_bad * (1 - minds.loyalty.take(bad)) * leaving(numbers).take(fate)
    gone = them[people.customer.take(them) & (luck < hazard)]
    people.remember(who, minds)
    return Lived(level, bad, fate, bad[fate < FATES.index("resolved")], gone)


def experience(
    minds: Minds,
    met: Floats,
    service: Service,
    numbers: SimpleNamespace,
    rule: str,
    given: tuple[Indices, DecidedVisit] | None = None,
) -> Floats:
    """Perceive, compare with what was expected, and remember; gives satisfaction (1–5)."""
    seen = perceived(met, minds.will, minds.should, numbers)
    if service.surprise or minds.habit.any():
        seen += _surprise(minds, service.surprise, numbers)
    promised = minds.will + service.believed if service.believed else minds.will
    if given is not None:
        who, (person, gap, _) = given
        her = who == person
        seen[her] = minds.will[her] + gap + service.believed
    patience = by_loyalty(trait(numbers.tolerance_loyalty), minds.loyalty)
    level = satisfaction(seen, promised, numbers, rule, patience)
    better = met - minds.should
    learned = numbers.should_rate * better
    np.multiply(better, numbers.should_fade, out=learned, where=better < 0.0)
    minds.should += learned
    follow(minds, level, numbers, met)
    return level


def follow(
    minds: Minds, level: Floats, numbers: SimpleNamespace, met: Floats | None = None
) -> None:
    """What was lived through moves satisfaction, the opinion of the house, and loyalty; what was
    met in a visit, what is expected."""
    held = minds.moving
    towards = np.empty_like(held)
    towards[0] = minds.will if met is None else met
    towards[1] = level
    towards[2:] = 0.25 * (level - 1.0)
    towards -= held
    rates = numbers.expectation_rate, numbers.satisfaction_rate, numbers.own_experience
    towards *= _table(*rates, numbers.loyalty_rate, dtype=held.dtype.type)[:, None]
    held += towards


def leaving(numbers: SimpleNamespace) -> NDArray[np.float32]:
    """How much of the wish to leave is left, by fate."""
    unresolved = numbers.leave_unresolved
    return _table(1.0, unresolved, unresolved, numbers.leave_late, numbers.leave_at_once)


def lifting(numbers: SimpleNamespace) -> NDArray[np.float32]:
    """Satisfaction that a complaint put right leads to, by fate: at once more than late."""
    return _table(0.0, 0.0, 0.0, numbers.recovered_late, numbers.recovered_at_once)


def solving(service: Service, numbers: SimpleNamespace) -> tuple[float, float, float]:
    """Share of the disappointed who complain, of complaints put right, and of them at once."""
    share = min(numbers.recovery_share * service.solved, 1.0)
    return min(numbers.complaint_share * service.channel, 0.95), share, share * service.fast


def _surprise(minds: Minds, given: float, numbers: SimpleNamespace) -> Floats:
    """What nobody asked for delights until one is used to it; then only its lack is felt
    (Kano 1984: attractive quality turns into must-be)."""
    used = minds.habit
    lack = numbers.surprise_gain * given + numbers.surprise_loss * (1 - given)
    felt = numbers.surprise_gain * given - lack * used
    minds.habit += (1 - 0.5 ** (1 / numbers.surprise_half_life_visits)) * (given - used)
    return felt


@lru_cache(maxsize=256)
def _table(*values: float, dtype: type[np.floating] = np.float32) -> NDArray[np.floating]:
    table = np.array(values, dtype)
    table.flags.writeable = False
    return table


def _fate(
    speaks: Floats,
    then: Floats,
    forgives: NDArray[np.bool_],
    service: Service,
    numbers: SimpleNamespace,
) -> tuple[Indices, Floats]:
    """What becomes of the disappointed, and the luck that is left over from it, 0 to 1.

    A second failure soon after the first is not forgiven (Maxham & Netemeyer 2002).
    """
    complain, share, fast = solving(service, numbers)
    complains = speaks < complain
    hopeful = complains & forgives
    solved = hopeful & (then < share)
    # Each of these conditions implies the ones before it, so their count is the place in FATES.
    fate = np.sum([complains, hopeful, solved, solved & (then < fast)], axis=0)
    low = _table(0.0, 0.0, share, fast, 0.0, dtype=np.float64)
    span = _table(1.0, 1.0, 1.0 - share, share - fast, fast, dtype=np.float64)
    return fate, (then - low.take(fate)) / span.take(fate)
