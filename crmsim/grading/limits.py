"""How much of the machine a submission may use while it runs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from crmsim.scenario.parts import Part

DAY_S = 24 * 3600


class Limits(Part):
    """What a submission may use.

    Attributes
    ----------
    cell_s, lesson_s, submission_s
        Wall clock of one cell, of one lesson and of the whole submission.
    cpu_s
        Processor time of each process.
    memory_mb
        Address space of each process.
    processes, files
        At a time.
    written_mb
        Written to disk.
    output_mb
        Printed and shown in one lesson.
    handed_in_mb
        The submission itself, unpacked.
    """

    cell_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 30.0
    lesson_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 120.0
    submission_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 300.0
    cpu_s: Annotated[float, Meta(gt=0, le=DAY_S)] = 120.0
    memory_mb: Annotated[int, Meta(ge=256)] = 2048
    processes: Annotated[int, Meta(ge=8)] = 64
    files: Annotated[int, Meta(ge=64)] = 128
    written_mb: Annotated[int, Meta(ge=1)] = 64
    output_mb: Annotated[int, Meta(ge=1)] = 4
    handed_in_mb: Annotated[int, Meta(ge=1)] = 64
