"""Logging: to standard error, with exception texts of the database driver cut, because they quote rows."""

import logging
from types import TracebackType
from typing import Any


class NoRowContents(logging.Formatter):
    """
    Formats a record without the texts of exceptions.

    PostgreSQL's messages quote values ("Key (email)=(…) already exists"), and an exception raised around a report
    may quote the report. What remains is the chain of exception types and where each was raised.
    """

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        """The chain of types and places, outermost last, without a single argument of an exception."""
        return " <- ".join(_named(exception) for exception in _chain(ei[1]))

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback prepared by another formatter is not reused."""
        record.exc_text = None
        if isinstance(record.args, tuple):
            record.args = tuple(_without_text(argument) for argument in record.args)
        if isinstance(record.msg, BaseException):
            record.msg = type(record.msg).__name__
        return super().format(record)


def logging_settings() -> dict[str, Any]:
    """A configuration for `logging.config.dictConfig`: everything at INFO to standard error, SQL never."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": NoRowContents,
                "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
            }
        },
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": "INFO"},
        "loggers": {
            # Statements carry parameters.
            "django.db.backends": {"level": "WARNING"},
            "django": {"level": "INFO", "handlers": [], "propagate": True},
            "django.server": {"handlers": [], "propagate": True},
            # A line every ten seconds that a sweep was due.
            "celery.beat": {"level": "WARNING"},
        },
    }


def _chain(exception: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while exception is not None and exception not in found:
        found.append(exception)
        exception = exception.__cause__ or (None if exception.__suppress_context__ else exception.__context__)
    return found


def _named(exception: BaseException) -> str:
    kind = type(exception)
    return f"{kind.__module__}.{kind.__qualname__} at {_place(exception.__traceback__)}"


def _place(traceback: TracebackType | None) -> str:
    if traceback is None:
        return "an unknown place"
    while traceback.tb_next is not None:
        traceback = traceback.tb_next
    return f"{traceback.tb_frame.f_globals.get('__name__', '?')}:{traceback.tb_lineno}"


def _without_text(argument: object) -> object:
    return type(argument).__name__ if isinstance(argument, BaseException) else argument
