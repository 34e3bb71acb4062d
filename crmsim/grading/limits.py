"""How much of the machine a submission may use while it runs."""

from __future__ import annotations

from pydantic import Field

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

    cell_s: float = Field(default=30, gt=0, le=DAY_S)
    lesson_s: float = Field(default=120, gt=0, le=DAY_S)
    submission_s: float = Field(default=300, gt=0, le=DAY_S)
    cpu_s: float = Field(default=120, gt=0, le=DAY_S)
    memory_mb: int = Field(default=2048, ge=256)
    processes: int = Field(default=64, ge=8)
    files: int = Field(default=128, ge=64)
    written_mb: int = Field(default=64, ge=1)
    output_mb: int = Field(default=4, ge=1)
    handed_in_mb: int = Field(default=64, ge=1)
