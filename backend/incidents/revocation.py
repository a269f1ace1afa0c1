"""What a revoked device sent: set aside in any case, and opened only when it was sealed before and a person lets it."""

from datetime import datetime

from backend.incidents import reasons
from backend.incidents.setting_aside import Quarantine
from backend.intake.models import Submission
from backend.units.models import Device


def check_revocation(submission: Submission, device: Device, *, signed_at: datetime) -> None:
    """Raise Quarantine for what came after its device was revoked, unless it is older and was released.

    accept() marks such a submission in the statement that stores it: what it took before the revocation is opened as
    ever, however late the worker comes to it. `signed_at` is by the device's clock, which a thief can set: hence a
    person decides on each.
    """
    if not submission.sender_revoked:
        return
    if device.revoked_at is None or signed_at >= device.revoked_at:
        raise Quarantine(reasons.SIGNED_AFTER_REVOCATION)
    if submission.released_at is None:
        raise Quarantine(reasons.SIGNED_BEFORE_REVOCATION)
