"""The command ``crmsim``."""

from __future__ import annotations

import argparse
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path

from crmsim.common.errors import CrmsimError, WordsError
from crmsim.common.extras import ExtraError
from crmsim.common.files import expanded, reason
from crmsim.common.words import language, words
from crmsim.course.lab import open_lab, system_language

Arguments = list[str]
DONE, REFUSED, OUR_MISTAKE, STOPPED = 0, 2, 70, 130
TO_JUPYTERLAB = "Any other option goes on to JupyterLab, as in: --no-browser --port=8890"
EXIT_CODES = (
    "Exit codes: 0 all graded; 1 some could not be read or graded; 2 wrong usage, options or "
    "tables; 3 all graded, a person has to look at something; 70 a mistake of the course itself; "
    "130 stopped, go on with --resume"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command and end with its exit code.

    ``lab`` and ``play`` hand options that are not theirs on to JupyterLab.
    """
    _open_streams()
    chosen, options = _parsed(sys.argv[1:] if arguments is None else arguments)
    try:
        try:
            code = chosen.run(chosen, options)
        finally:
            sys.stdout.flush()
    except BrokenPipeError:
        # The reader at the other end of the pipe has gone, as in `crmsim lint … | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    except KeyboardInterrupt as stopped:
        code = _refuse(str(stopped) or words(chosen.lang)("house.stopped"), STOPPED)
    except ExtraError as error:
        code = _refuse(error.said(chosen.lang))
    except CrmsimError as error:
        code = _refuse(str(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        code = _refuse(f"{place}{reason(error, chosen.lang)}")
    except Exception:
        traceback.print_exc()
        code = OUR_MISTAKE
    sys.exit(code)


def _open_streams() -> None:
    """Make the streams take every text: a letter that the terminal lacks becomes ``?``."""
    for name in ("stdout", "stderr"):
        # A stream is None where the terminal is gone or never was, as under pythonw.
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        stream = getattr(sys, name)
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _parsed(arguments: Sequence[str]) -> tuple[argparse.Namespace, Arguments]:
    """Return what was asked for, and the options that are JupyterLab's."""
    parser = argparse.ArgumentParser(prog="crmsim", allow_abbrev=False)
    commands = parser.add_subparsers(
        required=True, metavar="lab|handin|new|lint|play|survey|sensitivity|grade|validate"
    )
    lab = _command(commands, _lab, "open the course in JupyterLab", TO_JUPYTERLAB)
    hand = _command(commands, _handin, "make the one file that you give to your teacher")
    hand.add_argument("--number", help="your student number, if lesson 00 doesn't know it yet")
    hand.add_argument("--name", help="your name")
    hand.add_argument("--out", type=_path, metavar="FOLDER", help="left out, the work folder")
    new = _command(commands, _new, "lay down a case of your own, to be written over")
    new.add_argument("name", help="small letters, digits and hyphens, such as my-shop")
    new.add_argument("--like", default="buick", help="the case of the course to start from")
    new.add_argument("--only", metavar="LANG", help="words in one language, for your own class")
    lint = _command(commands, _lint, "tell every mistake of a case, then let a bot play it")
    play = _command(commands, _play, "play a case in JupyterLab", TO_JUPYTERLAB)
    asked = _command(
        commands, _survey, "read the answers of a satisfaction survey, write its report"
    )
    asked.add_argument(
        "answers",
        type=_path,
        nargs="?",
        help="CSV or Excel; left out, the questionnaire is written",
    )
    asked.add_argument("--out", type=_path, required=True, metavar="FOLDER", help="for the files")
    moved = _command(commands, _sensitivity, "which parameters the conclusions hang on")
    moved.add_argument("--scenario", default="buick-market", help="a market")
    moved.add_argument("--policy", default="balanced", help="what is compared with doing nothing")
    moved.add_argument("--method", choices=("morris", "sobol"), default="morris")
    moved.add_argument("--size", type=int, default=6, help="trajectories, or base points of Sobol")
    moved.add_argument("--people", type=int, default=1000, help="how many stand for the market")
    moved.add_argument("--workers", type=int, default=1, help="processes to share the work")
    moved.add_argument("--out", type=_path, help="a CSV file for the whole table")
    graded = _command(commands, _grade, "grade a folder of what students handed in", EXIT_CODES)
    graded.add_argument("submissions", type=_path, help="a zip, a notebook or a folder for each")
    graded.add_argument("--out", type=_path, required=True, help="a folder for the results")
    graded.add_argument("--options", type=_path, metavar="FILE", help="points, lateness, limits …")
    graded.add_argument("--resume", action="store_true", help="leave what is graded already")
    graded.add_argument("--workers", type=int, metavar="N", help="left out, one for each core")
    valid = _command(commands, _validate, "look whether a notebook or zip is fit to hand in")
    for command in (lint, play, valid):
        command.add_argument("file", type=_path)
    for command in (lab, hand, new, lint, play, asked, moved, graded, valid):
        command.add_argument("--lang", help="en or zh; left out, the language of the system")
    chosen, options = parser.parse_known_args(_case_first(arguments))
    if options and chosen.run not in (_lab, _play):
        parser.error(f"unknown: {' '.join(options)}")
    chosen.lang = chosen.lang or system_language()
    try:
        language(chosen.lang)
    except WordsError as error:
        parser.error(str(error))
    return chosen, options


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    run: Callable[[argparse.Namespace, Arguments], int],
    summary: str,
    more: str = "",
) -> argparse.ArgumentParser:
    command = commands.add_parser(run.__name__[1:], allow_abbrev=False, help=summary, epilog=more)
    command.set_defaults(run=run)
    return command


def _case_first(arguments: Sequence[str]) -> list[str]:
    """Move the case to the front, so that ``play --port 8123 my-shop.toml`` finds it.

    Examples
    --------
    >>> _case_first(["play", "--port", "8123", "my-shop.toml"])
    ['play', 'my-shop.toml', '--port', '8123']
    """
    command, rest = list(arguments[:1]), list(arguments[1:])
    if command == ["play"]:
        cases = [word for word in rest if word[0:1] != "-" and word.lower().endswith(".toml")]
        for case in cases[:1]:
            rest.remove(case)
            rest.insert(0, case)
    return command + rest


def _path(text: str) -> Path:
    """Return a path as it is meant, with ``~`` for the home folder."""
    try:
        return expanded(text)
    except CrmsimError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _refuse(why: str, code: int = REFUSED) -> int:
    print(why, file=sys.stderr)
    return code


def _lab(chosen: argparse.Namespace, options: Arguments) -> int:
    open_lab(chosen.lang, options)
    return DONE


def _handin(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim.course.handin import run_handin

    return run_handin(chosen.number, chosen.name, chosen.out, chosen.lang)


def _new(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim import authoring

    return authoring.new(chosen.name, chosen.like, chosen.only, chosen.lang)


def _lint(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim import authoring

    return authoring.lint(chosen.file, chosen.lang)


def _play(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim import authoring

    return authoring.play_in_lab(chosen.file, chosen.lang, options)


def _survey(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim.survey.command import run_survey

    return run_survey(chosen.answers, chosen.out, chosen.lang)


def _sensitivity(chosen: argparse.Namespace, options: Arguments) -> int:
    from concurrent.futures import ProcessPoolExecutor
    from contextlib import nullcontext

    from crmsim.runs.sensitivity import sensitivity

    if chosen.workers < 1:
        return _refuse(f"--workers = {chosen.workers}: must be a whole number from 1 up")
    if chosen.out and not chosen.out.parent.is_dir():
        return _refuse(f"--out = {chosen.out}: its folder does not exist")
    several = chosen.workers > 1
    with ProcessPoolExecutor(chosen.workers) if several else nullcontext() as pool:
        found = sensitivity(
            chosen.scenario,
            chosen.policy,
            chosen.method,
            chosen.size,
            people=chosen.people,
            executor=pool,
        )
    if chosen.out:
        found.table.to_csv(chosen.out, index=False, float_format="%.4g")
    print(found.table.head(15).to_string(index=False, float_format="{:.3g}".format))
    share = f"{100 * found.share_positive:.0f}"
    done, planned = len(found.outcomes), found.planned
    print(words(chosen.lang)("figures.sensitivity.found", share=share, done=done, planned=planned))
    return DONE


def _grade(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim.grading.command import run_grade

    places = (chosen.submissions, chosen.out, chosen.options)
    return run_grade(*places, chosen.resume, chosen.workers, chosen.lang)


def _validate(chosen: argparse.Namespace, options: Arguments) -> int:
    from crmsim.grading.command import run_validate

    return run_validate(chosen.file, chosen.lang)


if __name__ == "__main__":
    main()
