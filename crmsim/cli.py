"""The command ``crmsim``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from crmsim.lab import open_lab, system_language

Options = list[str]
TO_JUPYTERLAB = "Any other option goes on to JupyterLab, as in: --no-browser --port=8890"


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command; ``lab`` and ``play`` hand options that are not theirs on to JupyterLab."""
    parser = argparse.ArgumentParser(prog="crmsim", allow_abbrev=False)
    commands = parser.add_subparsers(required=True, metavar="lab|new|lint|play")
    lab = _command(commands, _lab, "open the course in JupyterLab", TO_JUPYTERLAB)
    new = _command(commands, _new, "lay down a case of your own, to be written over")
    new.add_argument("name", help="small letters, digits and hyphens, such as my-shop")
    new.add_argument("--like", default="buick", help="the case of the course to start from")
    new.add_argument("--only", metavar="LANG", help="words in one language, for your own class")
    lint = _command(commands, _lint, "tell every mistake of a case, then let a bot play it")
    play = _command(commands, _play, "play a case in JupyterLab", TO_JUPYTERLAB)
    for command in (lint, play):
        command.add_argument("file", type=Path)
    for command in (lab, new, lint, play):
        command.add_argument("--lang", help="en or zh; left out, the language of the system")
    chosen, options = parser.parse_known_args(arguments)
    if options and chosen.run not in (_lab, _play):
        parser.error(f"unknown: {' '.join(options)}")
    chosen.lang = chosen.lang or system_language()
    chosen.run(chosen, options)


def _command(commands, run, told: str, more: str = "") -> argparse.ArgumentParser:  # type: ignore[no-untyped-def]
    command = commands.add_parser(run.__name__[1:], allow_abbrev=False, help=told, epilog=more)
    command.set_defaults(run=run)
    return command


def _lab(chosen: argparse.Namespace, options: Options) -> None:
    open_lab(chosen.lang, options)


def _new(chosen: argparse.Namespace, options: Options) -> None:
    from crmsim import authoring

    sys.exit(authoring.new(chosen.name, chosen.like, chosen.only, chosen.lang))


def _lint(chosen: argparse.Namespace, options: Options) -> None:
    from crmsim import authoring

    sys.exit(authoring.lint(chosen.file, chosen.lang))


def _play(chosen: argparse.Namespace, options: Options) -> None:
    from crmsim import authoring

    sys.exit(authoring.play(chosen.file, chosen.lang, options))


if __name__ == "__main__":
    main()
