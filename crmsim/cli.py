"""The command ``crmsim``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from crmsim.lab import open_lab, system_language


def main(arguments: Sequence[str] | None = None) -> None:
    """Run ``crmsim lab``; options that are not the course's own go on to JupyterLab."""
    parser = argparse.ArgumentParser(prog="crmsim", allow_abbrev=False)
    commands = parser.add_subparsers(required=True)
    lab = commands.add_parser(
        "lab",
        allow_abbrev=False,
        help="open the course in JupyterLab",
        epilog="Any other option goes on to JupyterLab, as in: crmsim lab --no-browser --port=8890",
    )
    lab.add_argument("--lang", help="en or zh; left out, the language of the system")
    chosen, options = parser.parse_known_args(arguments)
    open_lab(chosen.lang or system_language(), options)


if __name__ == "__main__":
    main()
