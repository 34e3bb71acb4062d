"""From a slider's message to five changed curves, through a real kernel."""

from __future__ import annotations

import statistics
import time
from uuid import uuid4

from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

SHOWN = ("evaluation", "word_of_mouth", "sales", "profit", "attitude")
PATIENCE_S = 60

ANSWER = f"""
import numpy as np
from crmsim import load, simulate
market = load("buick-market").change(people={{people}}, years=3)

def opened(comm, message):
    @comm.on_msg
    def moved(message):
        share = message["content"]["data"]["value"]
        series = simulate(market, lambda seen: {{{{"capacity": share}}}}, seed=1).series
        comm.send({{{{}}}}, buffers=[series[name].astype(np.float32) for name in {SHOWN}])

get_ipython().kernel.comm_manager.register_target("slider", opened)
"""


def round_trip_ms(people: int, moves: int = 15) -> float:
    """Median milliseconds by the clock, from the message sent to the curves received."""
    manager, client = start_new_kernel()
    try:
        client.execute_interactive(ANSWER.format(people=people), timeout=PATIENCE_S)
        comm = uuid4().hex
        _send(client, "comm_open", {"comm_id": comm, "target_name": "slider", "data": {}})
        took = [_move(client, comm, 0.8 + 0.02 * move) for move in range(moves)]
        return 1000 * statistics.median(took[2:])
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def _move(client: BlockingKernelClient, comm: str, value: float) -> float:
    start = time.perf_counter()
    _send(client, "comm_msg", {"comm_id": comm, "data": {"value": value}})
    while True:
        message = client.get_iopub_msg(timeout=PATIENCE_S)
        if message["msg_type"] == "error":
            raise RuntimeError(message["content"]["evalue"])
        if message["msg_type"] == "comm_msg" and len(message["buffers"]) == len(SHOWN):
            return time.perf_counter() - start


def _send(client: BlockingKernelClient, kind: str, content: dict[str, object]) -> None:
    client.shell_channel.send(client.session.msg(kind, content))
