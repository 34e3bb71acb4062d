"""The loops of the compiled engine (see ``steps``), one person after another.

Everything is float32 in the order of the usual engine, so that equality can be tested.
"""

from __future__ import annotations

import math

import numba
import numpy as np
from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic
from numba.np.unsafe.ndarray import to_fixed_tuple

from crmsim.model.market.word_of_mouth import RARE
from crmsim.model.theory.satisfaction import LEAST_EXPECTATION

_M0, _M1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
_W0, _W1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
_ZERO, _ONE, _QUARTER, _FIVE = (np.float32(each) for each in (0, 1, 0.25, 5))
_UINT32, _SHARE = 2**32, np.float32(2**-16)
_LEAST, _RARE32 = np.float32(LEAST_EXPECTATION), np.float32(RARE)


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


@numba.njit(cache=True)
def block(seed, cause, week, number):
    """Four draws of Philox-4x64-10, those of one counter (Salmon et al. 2011)."""
    a, b, c, d = np.uint64(number + 1), np.uint64(0), week, np.uint64(0)
    for _ in range(10):
        high, low = _product(_M0, a)
        up, down = _product(_M1, c)
        a, b, c, d = up ^ b ^ seed, down, high ^ d ^ cause, low
        seed, cause = seed + _W0, cause + _W1
    return a, b, c, d


@numba.njit(cache=True)
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


@numba.njit(cache=True)
def come(
    held,
    failed_week,
    customer,
    people,
    shop,
    shop_lot,
    rivals,
    rival_lot,
    week,
    terms,
    comes,
    buyers,
    joined,
    lost,
):
    """Who comes to buy, and buys; see :func:`crmsim.model.market.shopping.come`."""
    half_life, loyal, remembered, at_four, ratio = to_fixed_tuple(terms[:5], 5)
    opinion, valence, awareness, volume, joining = to_fixed_tuple(terms[5:], 5)
    bought = new = gone = 0
    for slot in range(len(shop)):
        one = people[shop[slot]]
        if customer[one]:
            failed = 0.5 ** ((week - failed_week[one]) / half_life)
            bent = loyal * (np.float64(held[4, one]) - 0.5) - remembered * failed
            odds = at_four * ratio ** (np.float64(held[2, one]) - 4) * math.exp(bent)
            chance = odds / (1.0 + odds)
        else:
            drawn = (np.float64(held[3, one]) / opinion) ** valence
            chance = joining * drawn * (np.float64(held[5, one]) / awareness) ** volume
        comes[shop[slot]] = buys = shop_lot[slot] < min(chance, 1.0)
        if buys:
            buyers[bought] = one
            bought += 1
            if not customer[one]:
                joined[new] = one
                new += 1
        elif customer[one]:
            lost[gone] = one
            gone += 1
    for slot in range(len(rivals)):
        one = rivals[slot]
        if customer[one] and rival_lot[slot] < np.float64(_ONE - held[4, one]):
            lost[gone] = one
            gone += 1
    return bought, new, gone


@numba.njit(cache=True)
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
        x = min(max(x, _ZERO), _ONE)
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
            felt = slope * (seen / max(promised, _LEAST) - _ONE)
        else:
            felt = slope * (seen - promised)
        felt = min(max(at_rest + felt, _ONE), _FIVE)
        level[place] = felt
        liked = _QUARTER * (felt - _ONE)
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
        if customer[one] and rest < np.float64(leave * (_ONE - loyalty[one]) * leaving[fate]):
            gone[lost] = one
            lost += 1
    return bad, sad, lost


@numba.njit(cache=True)
def talk(
    opinion,
    awareness,
    loyalty,
    ties,
    who,
    satisfaction,
    unhappy,
    lots,
    terms,
    rooms,
    speakers,
    told,
    warners,
    warned,
):
    """Fade, tell, hear; see :func:`crmsim.model.market.word_of_mouth.talk`."""
    good_at, talk_good, talk_bad, refer_from, refer_by = to_fixed_tuple(terms[:5], 5)
    keep, back, recall, fade = to_fixed_tuple(terms[5:], 4)
    for one in range(len(opinion)):
        opinion[one] = opinion[one] * keep + back
        awareness[one] = awareness[one] * recall + fade
    near = ties.shape[1]
    good, bad = np.zeros(len(opinion), np.int16), np.zeros(len(opinion), np.int16)
    praising = warning = 0
    for place in range(len(who)):
        if satisfaction[place] < good_at:
            continue
        one = who[place]
        likely = talk_good * (refer_from + refer_by * loyalty[one])
        luck = lots[place] / max(likely, _RARE32)
        if luck < _ONE:
            first = np.intp(luck * np.float32(near))
            for step in range(told.shape[1]):
                other = ties[one, (first + step) % near]
                told[praising, step] = other
                good[other] += 1
            speakers[praising] = one
            praising += 1
    for slot in range(len(unhappy)):
        one = who[unhappy[slot]]
        luck = lots[unhappy[slot]] / talk_bad
        if luck < _ONE:
            first = np.intp(luck * np.float32(near))
            for step in range(warned.shape[1]):
                other = ties[one, (first + step) % near]
                warned[warning, step] = other
                bad[other] += 1
            warners[warning] = one
            warning += 1
    for each in (told[:praising], warned[:warning]):
        for other in each.flat:
            praised, blamed = good[other], bad[other]
            if praised or blamed:
                thinks = _ONE - (_ONE - opinion[other]) * rooms[0][praised]
                opinion[other] = thinks * rooms[1][blamed]
                unaware = (_ONE - awareness[other]) * rooms[2][praised + blamed]
                awareness[other] = _ONE - unaware
                good[other] = bad[other] = 0
    return praising, warning


@numba.njit(cache=True)
def ordinary(
    held,
    failed_week,
    customer,
    weights,
    evenness,
    value,
    key,
    ties,
    lot,
    quality,
    forgiven_before,
    week,
    come_terms,
    serve_terms,
    rule,
    talk_terms,
    coming,
    lived,
    tellings,
):
    """All of it, one step after another; see ``market.customers.Customers.week``."""
    people, lots, shop, shop_lot, rivals, rival_lot = lot
    who, luck, buyers, joined, left = coming
    sales, level, disappointed, fates, unhappy = lived
    comes = np.empty(len(people), np.bool_)
    for slot in range(len(people)):
        comes[slot] = customer[people[slot]]
    bought, new, lost = come(
        held,
        failed_week,
        customer,
        people,
        shop,
        shop_lot,
        rivals,
        rival_lot,
        week,
        come_terms,
        comes,
        buyers,
        joined,
        left,
    )
    came = keys = 0
    for slot in range(len(people)):
        if comes[slot]:
            who[came] = people[slot]
            for row in range(4):
                luck[row, came] = lots[row, slot]
            keys += key[people[slot]]
            came += 1
    for one in joined[:new]:
        customer[one] = True
    who, luck = who[:came], luck[:, :came]
    bad, sad, gone = serve(
        held,
        failed_week,
        customer,
        weights,
        evenness,
        value,
        who,
        luck,
        buyers[:bought],
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
        left[lost:],
    )
    lost += gone
    for one in left[:lost]:
        customer[one] = False
    complaints = np.count_nonzero(fates[:bad])
    praising, warning = talk(
        held[3], held[5], held[4], ties, who, level, unhappy[:sad], luck[3], *talk_terms, *tellings
    )
    return came, bought, new, bad, sad, complaints, keys, lost, praising, warning
