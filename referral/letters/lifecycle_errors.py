"""What the lifecycle refuses, each with what to do."""

from collections.abc import Iterable
from enum import StrEnum

from referral.letters.stages import Role, Step


class LifecycleError(Exception):
    """An act that the lifecycle does not permit."""


class TransitionNotPermitted(LifecycleError):
    """The stage does not lead there."""

    def __init__(self, stage: StrEnum, to: StrEnum, allowed: Iterable[StrEnum]) -> None:
        self.stage, self.to = stage, to
        permitted_names = ", ".join(sorted(allowed)) or "nothing"
        super().__init__(f"A move from {stage} to {to} is not permitted; from {stage} it may go to: {permitted_names}.")


class ApprovalMissing(LifecycleError):
    """The letter has not been approved, and its form needs approval."""

    def __init__(self) -> None:
        super().__init__("The letter is not approved; have it approved by a second person before it is signed.")


class RoleMissing(LifecycleError):
    """The person holds none of the roles that the step needs."""

    def __init__(self, step: Step, needed: frozenset[Role]) -> None:
        self.step, self.needed = step, needed
        super().__init__(
            f"The step {step} needs one of the roles {', '.join(sorted(needed))}; the acting person has none."
        )


class SecondPersonNeeded(LifecycleError):
    """Four eyes: the same person may not do both acts."""

    def __init__(self, step: Step, earlier: str) -> None:
        self.step, self.earlier = step, earlier
        super().__init__(f"The step {step} must be taken by another person than the one who {earlier} the letter.")


class UrgentFormNotOpen(LifecycleError):
    """The urgent form was chosen without one of its grounds."""

    def __init__(self) -> None:
        super().__init__(
            "The urgent form needs a ground: expedited means allowed by the legal basis, life at risk, or data that"
            " would be lost; state one, or have the letter approved by a second person."
        )
