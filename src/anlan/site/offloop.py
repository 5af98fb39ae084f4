"""What may wait – for the database, the disk, a long decode – runs beside the event loop, in a thread."""

from django.db import close_old_connections
from starlette.concurrency import run_in_threadpool


async def run_beside(function, *arguments, **words):
    """Run a function in a thread; a connection that it took from the pool is given back when it is done.

    A thread of the loop's pool lives on: without this each would keep a connection, and twelve of them all there are.
    """
    return await run_in_threadpool(_run_and_let_go, function, *arguments, **words)


def _run_and_let_go(function, *arguments, **words):
    try:
        return function(*arguments, **words)
    finally:
        close_old_connections()
