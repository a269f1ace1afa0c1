"""Errors of the law part as those of a command: a question put wrongly is wrong usage, faulty data are not."""

import functools
from collections.abc import Callable
from typing import ParamSpec

import click

from backend.conventions.errors import LawDataError, LawError

P = ParamSpec("P")


def told(command: Callable[P, None]) -> Callable[P, None]:
    """The command with errors of the law part told in one sentence: exit 2 for a wrong question, 1 for faulty data."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            command(*args, **kwargs)
        except LawDataError as fault:
            raise click.ClickException(str(fault)) from None
        except LawError as fault:
            raise click.UsageError(str(fault)) from None

    return wrapped
