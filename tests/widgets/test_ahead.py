"""Looking ahead: runs made between whiles are the runs that would be made on demand."""

import asyncio
import time
from threading import Thread

from crmsim import load, simulate
from crmsim.model.market.market import Market
from crmsim.widgets import idle
from crmsim.widgets.idle import Ahead, Idle

TOWN = load("buick-market").change(people=300, years=1)
LEVERS = (("adoption", 0.5), ("capacity", 1.1))


def test_a_run_asked_for_is_the_simulated_one():
    run = Ahead().run(TOWN, 3, LEVERS)
    simulated = simulate(TOWN, lambda seen: dict(LEVERS), 3)
    assert run == simulated
    assert run.log.equals(simulated.log)


def test_expected_runs_are_made_while_the_kernel_has_nothing_to_do():
    ahead = Ahead()
    nearest, later = LEVERS, (("adoption", 0.6),)

    async def a_student_looks() -> None:
        ahead.expect([(TOWN, 3, nearest), (TOWN, 3, later)])
        for _ in range(400):
            await asyncio.sleep(0.005)
            if len(ahead._runs) == 2:
                return

    asyncio.run(a_student_looks())
    assert list(ahead._runs) == [(id(TOWN), 3, nearest), (id(TOWN), 3, later)]
    assert ahead.run(TOWN, 3, later) is ahead._runs[id(TOWN), 3, later][1]


def test_new_expectations_replace_the_old_ones():
    ahead = Ahead()

    async def a_student_moves_on() -> None:
        ahead.expect([(TOWN, seed, LEVERS) for seed in range(50)])
        await asyncio.sleep(0.01)
        ahead.expect([(TOWN, 99, LEVERS)])
        for _ in range(400):
            await asyncio.sleep(0.005)
            if (id(TOWN), 99, LEVERS) in ahead._runs:
                return

    asyncio.run(a_student_moves_on())
    assert (id(TOWN), 99, LEVERS) in ahead._runs
    assert len(ahead._runs) < 20


def test_a_run_begun_ahead_is_gone_on_with_when_it_is_asked_for(monkeypatch):
    made = []
    monkeypatch.setattr(idle, "Market", lambda *case: made.append(Market(*case)) or made[-1])
    ahead = Ahead()

    async def a_student_moves_on() -> None:
        ahead.expect([(TOWN, 3, LEVERS)])
        while not made:
            await asyncio.sleep(0.001)

    asyncio.run(a_student_moves_on())
    run = ahead.run(TOWN, 3, LEVERS)
    assert len(made) == 1
    assert run.log.equals(simulate(TOWN, lambda seen: dict(LEVERS), 3).log)


def test_work_that_is_given_in_two_threads_in_turn_is_done_in_one_at_a_time():
    idle, done, wrong = Idle(), [], []

    def pieces(number):
        for piece in range(10):
            time.sleep(0.005)
            done.append((number, piece))
            yield

    async def give(number):
        idle.do(pieces(number))

    def loop():
        made = asyncio.new_event_loop()
        made.set_exception_handler(lambda _, told: wrong.append(told))
        threads[made] = Thread(target=made.run_forever)
        threads[made].start()
        return made

    threads = {}
    loops = loop(), loop()
    for number in range(6):
        asyncio.run_coroutine_threadsafe(give(number), loops[number % 2]).result()
        while (number, 0) not in done:  # the first piece is done, the second is begun
            time.sleep(0.001)
        time.sleep(0.002)
    while (5, 9) not in done:
        time.sleep(0.001)
    for made, thread in threads.items():
        made.call_soon_threadsafe(made.stop)
        thread.join()
        made.close()
    assert wrong == []
    assert [piece for number, piece in done if number == 5] == [*range(10)]


def test_few_runs_are_kept_that_are_made_in_part():
    ahead = Ahead()
    for seed in range(3 * idle.BEGUN):
        next(ahead._made((TOWN, seed, LEVERS)))
    assert len(ahead._begun) == idle.BEGUN
    assert ahead.run(TOWN, 0, LEVERS).log.equals(ahead.run(TOWN, 0, LEVERS).log)


def test_outside_a_kernel_nothing_is_made_ahead():
    ahead = Ahead()
    ahead.expect([(TOWN, 3, LEVERS)])
    assert ahead._runs == {}
