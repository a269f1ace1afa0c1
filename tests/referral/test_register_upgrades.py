"""Confirmations when the law data change: an upgrade that leaves the row, another wording, another day."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from backend.conventions.catalogue import SHIPPED, Catalogue
from referral import register
from referral.columns import content_of
from referral.composing import draft_of
from referral.drafting import references
from referral.services.contents import compose_letter
from referral.services.register import (
    confirm_provision,
    provision_with,
)
from tests.founding import NOW
from tests.referral.registering import LATER, SEEN, composed, waiting
from tests.referral.test_acts import Office

pytestmark = pytest.mark.django_db


@pytest.fixture
def upgraded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Callable[[Any], object]], None]]:
    """The node starts anew on other data: those of the repository with a change in the file of Grenada."""

    def upgrade(change: Callable[[Any], object]) -> None:
        (folder := tmp_path / "data").mkdir()
        for path in SHIPPED.iterdir():
            (folder / path.name).symlink_to(path)
        (folder / "states").unlink()
        (folder / "states").mkdir()
        for path in (SHIPPED / "states").iterdir():
            (folder / "states" / path.name).symlink_to(path)
        document = yaml.load((SHIPPED / "states/gd.yaml").read_bytes(), Loader=yaml.CSafeLoader)  # noqa: S506
        change(document)
        (folder / "states/gd.yaml").unlink()
        (folder / "states/gd.yaml").write_bytes(msgspec.json.encode(document))
        law = Catalogue(folder)
        for module in ("referral.services.register", "referral.services.contents"):
            monkeypatch.setattr(f"{module}.shipped", lambda: law)

    return upgrade


def an_office(document: Any) -> dict[str, Any]:
    return next(row for row in document["authorities"] if not row["verified"] and row["basis"])


def test_a_confirmation_survives_an_upgrade_that_leaves_the_row_as_it_is(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    # The list is sorted anew, another row changes, and somebody noted how sure the data are of this one.
    upgraded(lambda d: (d["treaties"].reverse(), d["notes"].append("New."), an_office(d).update(confidence="low")))
    shown = register.provision_page(office.prosecutor.user, "gd", one.digest, at=NOW)
    assert shown.standing == register.CONFIRMED


def test_a_confirmation_of_an_earlier_wording_is_shown_as_such_and_counts_no_longer(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    upgraded(lambda d: an_office(d).update(title="Director of Public Prosecutions"))
    assert provision_with("gd", one.digest, at=NOW) is None
    page = register.source_page(office.prosecutor.user, "gd", at=NOW)
    (shown,) = [shown for shown in page.provisions if shown.provision.ref == one.ref]
    assert shown.standing == register.EARLIER
    assert [line.standing for line in shown.lines] == [register.EARLIER]
    from referral.services.taking_over import confirmed_for_letters  # after the data were exchanged

    assert ("gd", one.ref) not in confirmed_for_letters(at=NOW)
    # Confirmed anew it counts again, and the earlier line stays.
    confirm_provision("gd", shown.provision.digest, source_seen=SEEN, acting=office.approver, at=LATER)
    assert ("gd", one.ref) in confirmed_for_letters(at=LATER)


def test_a_letter_cites_the_sections_of_its_day(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    """A penalty provision is replaced from a day: the letter of the day before is composed by the old row."""
    change = (NOW + timedelta(days=30)).date().isoformat()

    def amended(document: Any) -> None:
        rows = document["cybercrime_statute"]["offences"]
        old = next(row for row in rows if row["offence"] == "computer-fraud" and row["ref"])
        rows.append(old | {"ref": "s. 99", "valid_from": change})
        old["valid_until"] = change

    upgraded(amended)
    letter = composed(office)
    draft = draft_of(content_of(letter))
    days = (NOW, NOW + timedelta(days=31), NOW)
    cited = [{one.ref for one in references(compose_letter(letter, draft, [], at=at))} for at in days]
    assert cited[0] == cited[2]
    assert [any(ref.startswith("s. 99, ") for ref in refs) for refs in cited] == [False, True, False]
    assert cited[0] - cited[1]


def test_a_row_that_ends_on_a_day_keeps_its_confirmation_for_its_days(
    office: Office, upgraded: Callable[[Callable[[Any], object]], None]
) -> None:
    one = next(one for one in waiting("gd") if one.rows[0].part == "authorities")
    confirm_provision("gd", one.digest, source_seen=SEEN, acting=office.prosecutor, at=NOW)
    change = (NOW + timedelta(days=30)).date().isoformat()

    def amended(document: Any) -> None:
        row = an_office(document)
        document["authorities"].append(row | {"title": "Another office", "valid_from": change})
        row["valid_until"] = change

    upgraded(amended)
    standings = {
        at: next(
            shown.standing
            for shown in register.source_page(office.prosecutor.user, "gd", at=at).provisions
            if shown.provision.ref == one.ref
        )
        for at in (NOW, NOW + timedelta(days=31))
    }
    assert list(standings.values()) == [register.CONFIRMED, register.EARLIER]
