"""The loops of the compiled engine (see ``steps``), one person after another.

Everything is float32 in the order of the usual engine, so that equality can be tested.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.core.caching import FunctionCache
from numba.extending import intrinsic, register_jitable
from numba.np.unsafe.ndarray import to_fixed_tuple
from numpy.typing import NDArray

from crmsim.model import equations
from crmsim.model.equations import (
    ONE,
    awareness_after,
    chance_to_join,
    chance_to_return,
    faded,
    likely_to_praise,
    opinion_after,
)
from crmsim.model.market.people import Floats
from crmsim.model.market.shopping import Arrivals
from crmsim.model.market.word_of_mouth import Tellings
from crmsim.model.theory.satisfaction import LEAST_EXPECTATION

for _equation in (
    equations.by_loyalty,
    equations.odds_by_satisfaction,
    awareness_after,
    chance_to_join,
    chance_to_return,
    faded,
    likely_to_praise,
    opinion_after,
):
    register_jitable(_equation)

_SOURCE = sha256(Path(equations.__file__).read_bytes()).hexdigest()


class _Cache(FunctionCache):
    """Machine code on disk that is made anew when an equation changes, not the kernel alone."""

    def _index_key(self, *of: Any) -> tuple[Any, ...]:
        return (*super()._index_key(*of), _SOURCE)


def kernel(function: Any) -> Any:
    """Compile a function when it is first called, and keep the machine code on disk."""
    compiled = numba.njit(function)
    compiled._cache = _Cache(function)
    return compiled


class Town(NamedTuple):
    """The people of a market, as :class:`crmsim.model.market.people.People` has them."""

    held: Floats
    failed_week: NDArray[np.int32]
    customer: NDArray[np.bool_]
    weights: Floats
    evenness: Floats
    value: Floats
    ties: NDArray[np.int32]


class Held(NamedTuple):
    """The rows of what people expect and think, as in ``people.Minds``."""

    should: Floats
    will: Floats
    satisfaction: Floats
    opinion: Floats
    loyalty: Floats
    awareness: Floats
    habit: Floats


@register_jitable
def rows(held):
    """Give each row of what people expect and think its name."""
    return Held(held[0], held[1], held[2], held[3], held[4], held[5], held[6])


_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _QUARTER, _FIVE = (np.float32(each) for each in (0, 0.25, 5))
_UINT32, _SHARE = 2**32, np.float32(2**-16)
_LEAST = np.float32(LEAST_EXPECTATION)


@intrinsic
def _product(typing, one, other):
    """The upper and the lower 64 bits of the product of two numbers of 64 bits."""

    def generate(context, builder, signature, arguments):
        half, wide = ir.IntType(64), ir.IntType(128)
        product = builder.mul(*(builder.zext(each, wide) for each in arguments))
        high = builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), half)
        parts = high, builder.trunc(product, half)
        return context.make_tuple(builder, signature.return_type, parts)

    return types.UniTuple(types.uint64, 2)(types.uint64, types.uint64), generate


@kernel
def block(seed, cause, week, number):
    """Four draws of Philox-4x64-10, those of one counter (Salmon et al. 2011)."""
    a, b, c, d = np.uint64(number + 1), np.uint64(0), week, np.uint64(0)
    for _ in range(10):
        high, low = _product(_M0, a)
        up, down = _product(_M1, c)
        a, b, c, d = up ^ b ^ seed, down, high ^ d ^ cause, low
        seed, cause = seed + _W0, cause + _W1
    return a, b, c, d


@kernel
def draw(
    seed, occasion, visit, start, stop, visit_below, pull_from, need_from, need_week, pull, normal
):
    """Who has an occasion in each week, and the luck of it; see ``market.draws.draw``."""
    count, weeks = len(need_from), stop - start
    words = np.empty((-(-count // 8), 4), np.uint64)
    lots = words.reshape(-1).view(np.uint32)
    marks, hits = np.empty(count, np.bool_), np.empty(count + 1, np.intp)
    people, shop, rivals = np.empty((3, weeks * count), np.intp)
    luck = np.empty((4, weeks * count), np.float32)
    shop_lot, rival_lot = np.empty(weeks * count), np.empty(weeks * count)
    ends = np.zeros((weeks + 1, 3), np.intp)
    may_come = needy = lured = 0
    for week in range(weeks):
        when = np.uint64(start + week)
        for number in range(len(words)):
            for place, word in enumerate(block(seed, occasion, when, number)):
                words[number, place] = word
        for one in range(count):
            marks[one] = (lots[one] < visit_below[one]) | (lots[one] >= pull_from[one])
        found = 0
        for one in range(count):
            hits[found] = one
            found += marks[one]
        for one in hits[:found]:
            lot = lots[one]
            needs = lot >= need_from[one]
            if not needs and lot >= visit_below[one]:
                rivals[lured] = one
                rival_lot[lured] = (lot - pull_from[one]) / max(pull, 1.0)
                lured += 1
                continue
            if needs:
                shop[needy] = may_come - ends[week, 0]
                span = need_week[one] * np.float32(_UINT32)
                shop_lot[needy] = (lot - need_from[one]) / np.float64(span)
                needy += 1
            four = block(seed, visit, when, one // 4)[one % 4]
            people[may_come] = one
            luck[0, may_come] = normal[(four & 0xFFFF) >> 3]
            for row in range(1, 4):
                luck[row, may_come] = np.float32((four >> (16 * row)) & 0xFFFF) * _SHARE
            may_come += 1
        ends[week + 1] = may_come, needy, lured
    return (
        people[:may_come].copy(),
        luck[:, :may_come].copy(),
        shop[:needy].copy(),
        shop_lot[:needy].copy(),
        rivals[:lured].copy(),
        rival_lot[:lured].copy(),
        ends,
    )


@kernel
def come(town, lot, week, terms):
    """See :func:`crmsim.model.market.shopping.come`."""
    customer, held = town.customer, rows(town.held)
    comes = np.empty(len(lot.people), np.bool_)
    for slot in range(len(comes)):
        comes[slot] = customer[lot.people[slot]]
    buyers, joined = np.empty((2, len(lot.shop)), np.intp)
    lost = np.empty(len(lot.shop) + len(lot.rivals), np.intp)
    bought = new = gone = 0
    for slot in range(len(lot.shop)):
        one = lot.people[lot.shop[slot]]
        if customer[one]:
            level, loyalty = np.float64(held.satisfaction[one]), np.float64(held.loyalty[one])
            chance = chance_to_return(level, loyalty, week - town.failed_week[one], terms)
        else:
            opinion, awareness = np.float64(held.opinion[one]), np.float64(held.awareness[one])
            chance = chance_to_join(opinion, awareness, terms)
        comes[lot.shop[slot]] = buys = lot.shop_lot[slot] < chance
        if buys:
            buyers[bought] = one
            bought += 1
            if not customer[one]:
                joined[new] = one
                new += 1
        elif customer[one]:
            lost[gone] = one
            gone += 1
    for slot in range(len(lot.rivals)):
        one = lot.rivals[slot]
        if customer[one] and lot.rival_lot[slot] < np.float64(ONE - held.loyalty[one]):
            lost[gone] = one
            gone += 1
    return Arrivals(comes, buyers[:bought], joined[:new], lost[:gone])


@kernel
def serve(
    held,
    failed_week,
    customer,
    weights,
    evenness,
    value,
    who,
    luck,
    buyers,
    beside,
    quality,
    forgiven_before,
    week,
    terms,
    shares,
    leaving,
    lifting,
    rule,
    sales,
    level,
    disappointed,
    fates,
    unhappy,
    gone,
):
    """Pay, meet, compare, remember, complain, leave; see ``market.visits.serve``."""
    (
        price,
        across_from,
        across_by,
        dearer,
        noise,
        will_effect,
        should_effect,
        surprise,
        lack,
        given,
        habituation,
        believed,
        patient_from,
        patient_by,
        width,
        inside_less,
        slope,
        loss,
        at_rest,
        learn,
        forget,
        follow,
        weigh,
        think,
        bind,
        bad_at,
        leave,
    ) = to_fixed_tuple(terms, 27)
    complain, share, fast = np.float32(shares[0]), np.float32(shares[1]), np.float32(shares[2])
    low = np.array([0.0, 0.0, shares[1], shares[2], 0.0])
    span = np.array([1.0, 1.0, 1.0, shares[1], shares[2]]) - low
    should, will, satisfaction, opinion, loyalty = held[0], held[1], held[2], held[3], held[4]
    habit = held[6]
    normal, speaks, then = luck[0], luck[1], luck[2]
    bought = bad = sad = lost = 0
    for place in range(len(who)):
        one = who[place]
        sales[place] = value[one] * (across_from + across_by * loyalty[one]) * dearer
        if bought < len(buyers) and buyers[bought] == one:
            sales[place] = price
            bought += 1
        x = weights[one, 0] * quality[0]
        for dimension in range(1, 5):
            x += weights[one, dimension] * quality[dimension]
        x += noise * evenness[one] * normal[place]
        if len(beside):
            x += beside[place]
        x = min(max(x, _ZERO), ONE)
        seen = x + will_effect * (will[one] - x) - should_effect * (should[one] - x)
        used = habit[one]
        seen = seen + (surprise - lack * used)
        habit[one] = used + habituation * (given - used)
        promised = will[one] + believed
        if rule == 0:
            gap = seen - promised
            size = abs(gap)
            inside = min(size, width * (patient_from + patient_by * loyalty[one]))
            felt = slope * (size - inside_less * inside)
            if gap < 0:
                felt = loss * felt
        elif rule == 1:
            felt = slope * (seen / max(promised, _LEAST) - ONE)
        else:
            felt = slope * (seen - promised)
        felt = min(max(at_rest + felt, ONE), _FIVE)
        level[place] = felt
        liked = _QUARTER * (felt - ONE)
        better = x - should[one]
        should[one] += better * (forget if better < 0 else learn)
        will[one] += (x - will[one]) * follow
        satisfaction[one] += (felt - satisfaction[one]) * weigh
        opinion[one] += (liked - opinion[one]) * think
        loyalty[one] += (liked - loyalty[one]) * bind
        if felt > bad_at:
            continue
        fate = 0
        if speaks[place] < complain:
            fate = 1
            if failed_week[one] < forgiven_before:
                fate = 2 + (then[place] < share) + (then[place] < share and then[place] < fast)
        failed_week[one] = week
        satisfaction[one] = max(satisfaction[one], lifting[fate])
        disappointed[bad], fates[bad] = place, fate
        bad += 1
        if fate < 3:
            unhappy[sad] = place
            sad += 1
        rest = (np.float64(then[place]) - low[fate]) / span[fate]
        if customer[one] and rest < np.float64(leave * (ONE - loyalty[one]) * leaving[fate]):
            gone[lost] = one
            lost += 1
    return bad, sad, lost


@kernel
def tell(one, luck, ties, told, counts):
    """Tell some ties, beginning with one that luck picks, and count what each of them hears."""
    near = len(ties[one])
    first = np.intp(luck * np.float32(near))
    for step in range(len(told)):
        other = ties[one, (first + step) % near]
        told[step] = other
        counts[other] += 1


@kernel
def talk(town, who, satisfaction, unhappy, lots, terms):
    """See :func:`crmsim.model.market.word_of_mouth.talk`."""
    held = rows(town.held)
    opinion, awareness = held.opinion, held.awareness
    for one in range(len(opinion)):
        opinion[one] = faded(opinion[one], terms.opinion)
        awareness[one] = faded(awareness[one], terms.awareness)
    good, bad = np.zeros(len(opinion), np.int16), np.zeros(len(opinion), np.int16)
    speakers, warners = np.empty(len(who), np.intp), np.empty(len(unhappy), np.intp)
    told = np.empty((len(who), terms.praise_told), np.int32)
    warned = np.empty((len(unhappy), terms.warning_told), np.int32)
    praising = warning = 0
    for place in range(len(who)):
        if satisfaction[place] < terms.good_at:
            continue
        one = who[place]
        luck = lots[place] / likely_to_praise(held.loyalty[one], terms)
        if luck < ONE:
            tell(one, luck, town.ties, told[praising], good)
            speakers[praising] = one
            praising += 1
    for place in unhappy:
        luck = lots[place] / terms.bad
        if luck < ONE:
            tell(who[place], luck, town.ties, warned[warning], bad)
            warners[warning] = who[place]
            warning += 1
    told, warned = told[:praising], warned[:warning]
    for each in (told, warned):
        for other in each.flat:
            praised, blamed = good[other], bad[other]
            if praised or blamed:
                praise_room, warning_room = terms.praise_room[praised], terms.warning_room[blamed]
                opinion[other] = opinion_after(opinion[other], praise_room, warning_room)
                room = terms.awareness_room[praised + blamed]
                awareness[other] = awareness_after(awareness[other], room)
                good[other] = bad[other] = 0
    return Tellings(speakers[:praising], told), Tellings(warners[:warning], warned)


@kernel
def ordinary(
    town,
    key,
    lot,
    quality,
    forgiven_before,
    week,
    buying,
    serve_terms,
    rule,
    talking,
    lived,
):
    """All of it, one step after another; see ``market.customers.Customers.week``."""
    sales, level, disappointed, fates, unhappy, left = lived
    coming = come(town, lot, week, buying)
    who, luck = np.empty(len(lot.people), np.intp), np.empty((4, len(lot.people)), np.float32)
    came = keys = 0
    for slot in range(len(lot.people)):
        if coming.comes[slot]:
            who[came] = lot.people[slot]
            for row in range(4):
                luck[row, came] = lot.luck[row, slot]
            keys += key[lot.people[slot]]
            came += 1
    for one in coming.joined:
        town.customer[one] = True
    who, luck = who[:came], luck[:, :came]
    bad, sad, gone = serve(
        town.held,
        town.failed_week,
        town.customer,
        town.weights,
        town.evenness,
        town.value,
        who,
        luck,
        coming.buyers,
        luck[0, :0],
        quality,
        forgiven_before,
        week,
        *serve_terms,
        rule,
        sales,
        level,
        disappointed,
        fates,
        unhappy,
        left,
    )
    left = np.concatenate((coming.lost, left[:gone]))
    for one in left:
        town.customer[one] = False
    praise, warnings = talk(town, who, level, unhappy[:sad], luck[3], talking)
    return who, coming, left, bad, sad, keys, praise, warnings
