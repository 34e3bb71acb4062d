"""Settings of the kernels of the course's own installation, read by IPython when one starts.

Errors of a student's cells are explained from the first cell on. The module is imported here,
before the folder of the notebook is searched: a file ``crmsim.py`` in it must not run instead.
"""

import contextlib

with contextlib.suppress(ImportError):
    import crmsim.widgets.cell_errors  # noqa: F401

    get_config().InteractiveShellApp.extensions = ["crmsim.widgets.cell_errors"]  # noqa: F821
