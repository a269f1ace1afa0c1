"""Types that only a check can produce: holding an instance is the evidence that the check passed."""

from typing import Any, NoReturn, TypeVar

C = TypeVar("C", bound="Checked")


class Checked:
    """Base of such types. They have no constructor; the checking function makes them with `checked()`."""

    def __init__(self) -> None:
        raise TypeError(f"{type(self).__name__} is made by its verifying function only, never directly; call that.")

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} cannot be changed once it is checked; verify the new bytes.")

    def __repr__(self) -> str:
        # Content may be sealed or personal: it stays out of logs and tracebacks.
        return f"<{type(self).__name__}>"


def checked(kind: type[C], /, **fields: Any) -> C:
    """Return a `kind` that holds `fields`. For verifying functions, after their last check."""
    instance = object.__new__(kind)
    for name, value in fields.items():
        object.__setattr__(instance, name, value)
    return instance
