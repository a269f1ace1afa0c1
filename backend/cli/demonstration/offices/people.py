"""The people of the offices, and the authorities that a named role stands by."""

from backend.cli.demonstration.offices.acts import Answer, act, now, person_in_role


@act
def people(names: list[list[str]]) -> Answer:
    """Adds people: [user name, full name, role]."""
    from backend.accounts.services import add_user
    from backend.audit.subjects import System

    for username, full_name, role in names:
        add_user(username, full_name, roles=[role], acting=System("demonstration"), at=now())
    return {"people": len(names)}


@act
def confirm_authorities(by: str, source: str) -> Answer:
    """A named role stands by the exercise entries of the directory."""
    from django.db import transaction

    from backend.audit import recording
    from backend.audit.events import Event
    from backend.directory.models import Authority

    at, person = now(), person_in_role(by, "administrator")
    titles = []
    with transaction.atomic():
        for authority in Authority.objects.filter(exercise=True, confirmed_at=None).order_by("id"):
            authority.confirmed_at, authority.confirmed_by, authority.confirmed_source = at, by, source
            authority.save(update_fields=["confirmed_at", "confirmed_by", "confirmed_source"])
            recording.record(Event.AUTHORITY_CONFIRMED, authority, acting=person, at=at, detail={"source": source})
            titles.append(authority.title)
    return {"titles": titles}
