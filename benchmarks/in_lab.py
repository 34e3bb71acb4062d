"""JupyterLab and a headless Chromium in which a benchmark shows its cells."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

READING_MS = 4000
"""Milliseconds for which a student looks at what is shown before she does something."""

READY = ".jp-Notebook-ExecutionIndicator[data-status='idle']"
"""The mark that JupyterLab shows when the kernel waits for a cell to run."""

Show = Callable[[str, Sequence[str], str], Page]
"""Shows a notebook of that name with these cells, the first ones run, when a place is there."""


@contextmanager
def shown() -> Iterator[Show]:
    """A function that shows cells in a JupyterLab of its own, in a window of 1366 × 768."""
    folder, port = Path(tempfile.mkdtemp()), free_port()
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    lab = start_lab(folder, port)
    try:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium, args=["--no-sandbox"])

            def show(name: str, cells: Sequence[str], place: str) -> Page:
                code = [nbformat.v4.new_code_cell(source.strip()) for source in cells]
                kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
                notebook = nbformat.v4.new_notebook(cells=code, metadata={"kernelspec": kernel})
                nbformat.write(notebook, folder / f"{name}.ipynb")
                page = browser.new_page(viewport={"width": 1366, "height": 768})
                page.goto(f"http://127.0.0.1:{port}/doc/tree/{name}.ipynb?reset")
                page.wait_for_selector(".jp-CodeCell")
                page.wait_for_selector(READY, timeout=60_000)
                page.wait_for_timeout(3000)
                page.locator(".jp-CodeCell").first.focus()
                for _ in cells[1:]:
                    page.keyboard.press("Shift+Enter")
                page.keyboard.press("Control+Enter")
                page.wait_for_selector(place, state="attached", timeout=60_000)
                page.wait_for_timeout(READING_MS)
                return page

            yield show
    finally:
        lab.terminate()
        lab.wait()
        shutil.rmtree(folder, ignore_errors=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_lab(folder: Path, port: int) -> subprocess.Popen[bytes]:
    """JupyterLab in `folder`, ready to answer."""
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", f"--port={port}",
        "--allow-root", "--IdentityProvider.token=", f"--ServerApp.root_dir={folder}",
    ]  # fmt: skip
    environment = os.environ | {"CRMSIM_WORK": str(folder)}
    quiet = subprocess.DEVNULL
    lab = subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet)
    for _ in range(240):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/api").close()
            return lab
        except urllib.error.URLError:
            time.sleep(0.25)
    raise TimeoutError("JupyterLab did not start")
