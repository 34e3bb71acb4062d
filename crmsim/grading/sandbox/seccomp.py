"""A filter of system calls: what holds memory or keys where no other limit of a jail sees them.

The program is one of the kernel's classic packet filters (see ``man 2 seccomp``), which
``bwrap --seccomp`` takes as a file. A refused call ends in an error, not in the end of the process.
"""

from __future__ import annotations

import platform
import struct
from errno import EPERM

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
"""Number of each architecture in the kernel, and the column of its numbers below."""

REFUSED = {
    # memory that belongs to no process: neither its address space nor its resident set shows it
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "msgget": (68, 186),
    "semget": (64, 190),
    # keyrings go through every name space: they may hold the tickets of the grader's own session
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    # doors into the kernel that no exercise needs
    "bpf": (321, 280),
    "io_uring_setup": (425, 425),
    "perf_event_open": (298, 241),
    "ptrace": (101, 117),
    "userfaultfd": (323, 282),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsmount": (432, 432),
}
MMAP = (9, 222)
SHARED_ANONYMOUS = 0x01 | 0x20
"""Such a mapping outlives the process that filled it, and is in the resident set of none."""

_LOAD, _JUMP_IF_EQUAL, _JUMP_IF_LARGER, _AND, _RETURN = 0x20, 0x15, 0x25, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _FLAGS = 0, 4, 16 + 8 * 3
_ALLOW, _ERROR, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_X32 = 0x3FFFFFFF


def program(machine: str = "") -> bytes:
    """Return the filter for a machine, ``platform.machine()`` if left out; empty if there is none.

    Examples
    --------
    >>> len(program("x86_64")) % 8, program("a machine from the future")
    (0, b'')
    """
    known = _ARCHITECTURES.get(machine or platform.machine())
    if known is None:
        return b""
    architecture, column = known
    lines = [
        (_LOAD, 0, 0, _ARCHITECTURE),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
        # numbers of the x32 interface would pass by all comparisons below
        (_JUMP_IF_LARGER, 0, 1, _X32),
        (_RETURN, 0, 0, _ERROR | EPERM),
    ]
    for numbers in REFUSED.values():
        lines += [(_JUMP_IF_EQUAL, 0, 1, numbers[column]), (_RETURN, 0, 0, _ERROR | EPERM)]
    lines += [
        (_JUMP_IF_EQUAL, 0, 4, MMAP[column]),
        (_LOAD, 0, 0, _FLAGS),
        (_AND, 0, 0, SHARED_ANONYMOUS),
        (_JUMP_IF_EQUAL, 0, 1, SHARED_ANONYMOUS),
        (_RETURN, 0, 0, _ERROR | EPERM),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
