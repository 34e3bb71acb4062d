"""How much of the machine a submission may use while it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
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

    cell_s: float = 30
    lesson_s: float = 120
    submission_s: float = 300
    cpu_s: float = 120
    memory_mb: int = 2048
    processes: int = 64
    files: int = 128
    written_mb: int = 64
    output_mb: int = 4
    handed_in_mb: int = 64
