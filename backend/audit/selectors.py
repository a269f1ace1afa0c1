"""The log for pages: events with their place in it. What a reader may see is for the caller to decide."""

from django.db.models import OuterRef, QuerySet, Subquery

from backend.audit.models import AuditEvent, Checkpoint, LogLeaf


def events() -> QuerySet[AuditEvent]:
    """All events, the newest first; ``log_index`` is the place in the log, None while an event waits for it."""
    index = LogLeaf.objects.filter(event_id=OuterRef("pk")).values("index")
    return AuditEvent.objects.annotate(log_index=Subquery(index)).order_by("-at", "-id")


def newest_checkpoint() -> Checkpoint | None:
    """The newest signed checkpoint; None in an empty log."""
    return Checkpoint.objects.order_by("-size").first()
