"""What can be wrong with the law data or with a question put to them. Each message is one sentence."""

from collections.abc import Iterable


class LawError(Exception):
    """Root of every error of this part."""


class LawDataError(LawError):
    """A data file cannot be read, or does not fit its schema; names the file and the place in it."""

    def __init__(self, file: str, path: str, problem: str) -> None:
        self.file, self.path, self.problem = file, path, problem
        super().__init__(f"{file}: {path or 'the file'}: {problem}")


class UnknownName(LawError):
    """The question names something that the data do not know."""

    def __init__(self, kind: str, got: str, known: Iterable[str], advice: str) -> None:
        self.kind, self.got = kind, got
        listed = ", ".join(sorted(known))
        super().__init__(f"unknown {kind} {got[:60]!r}: expected one of {listed}; {advice}")


class BadQuestion(LawError):
    """The question cannot be answered as it was put; the message says what to change."""
