"""A preservation is bound to the letter of request that follows it: from then on it lasts until that is decided."""

from datetime import datetime

from backend.audit import recording
from backend.audit.events import Event
from backend.audit.subjects import Acting
from referral.lifecycle import PreservationStage, move_preservation
from referral.models import LetterOfRequest, Preservation


def bind_preservations(letter: LetterOfRequest, *, acting: Acting, at: datetime) -> None:
    """Bind what is preserved in the letter's referral, in the caller's transaction (Budapest 29(7))."""
    held = (PreservationStage.PRESERVED, PreservationStage.EXTENDED)
    preserved = Preservation.objects.select_for_update().filter(
        letter__referral=letter.referral, letter__direction=letter.direction, stage__in=held
    )
    for preservation in preserved:
        preservation.stage = move_preservation(PreservationStage(preservation.stage), PreservationStage.BOUND_TO_LETTER)
        preservation.bound_to, preservation.moved_at = letter, at
        preservation.save(update_fields=["stage", "bound_to", "moved_at"])
        recording.record(
            Event.PRESERVATION_MOVED,
            preservation,
            acting=acting,
            at=at,
            detail={"to": str(preservation.stage), "letter": letter.reference},
        )
