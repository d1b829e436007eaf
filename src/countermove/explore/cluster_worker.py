"""What workers of a local cluster load first: they leave Ctrl-C to the process that has them."""

from __future__ import annotations

import signal
import threading


def dask_setup(worker: object) -> None:
    """Called by dask in each worker's process: a terminal sends Ctrl-C to all of them."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_IGN)
