"""What the pages show of the register of confirmed references."""

from collections.abc import Iterable, Set
from dataclasses import dataclass
from datetime import datetime

from django.http import Http404

from backend.accounts.models import User
from backend.conventions.catalogue import Catalogue
from backend.conventions.provisions import Provision, provisions_of, sources
from referral import access
from referral.models import ProvisionConfirmation
from referral.services.register import law_on, provision_with, register_lines

# Where a reference or a line stands: nobody confirmed it; somebody did; what the data said earlier; withdrawn again.
OPEN, CONFIRMED, EARLIER, WITHDRAWN = "open", "confirmed", "earlier", "withdrawn"


@dataclass(frozen=True)
class ShownLine:
    """A line of the register: whether it counts for what the data say now."""

    row: ProvisionConfirmation
    standing: str


@dataclass(frozen=True)
class ShownProvision:
    """A reference that the data have as unverified, with the lines of the register about it, the newest first.

    `title` is the reference as people read it: an instrument, which a State's file names by its id, by its short title.
    """

    provision: Provision
    title: str
    standing: str
    lines: tuple[ShownLine, ...]

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists of the file in which its rows stand, each once: keys of words.LISTS."""
        return tuple(dict.fromkeys(row.part.partition(".")[0] for row in self.provision.rows))


@dataclass(frozen=True)
class SourceLine:
    """A State or instrument, and how many of its unverified references wait and how many are confirmed."""

    source: str
    name: str
    waiting: int
    confirmed: int


@dataclass(frozen=True)
class SourcePage:
    """The unverified references of one State or instrument; `doubtful` ones are corrected in the data."""

    source: str
    name: str
    provisions: tuple[ShownProvision, ...]
    doubtful: int


def source_list(user: User, *, at: datetime) -> tuple[tuple[SourceLine, ...], tuple[SourceLine, ...]]:
    """States and instruments that have references nobody has verified; Http404 without the right to see them."""
    access.require(user, access.Action.SEE_LAW, at=at)
    law, counting = law_on(at), set(register_lines().filter(withdrawal=None).values_list("digest", flat=True))
    return _source_lines(law.state_codes, counting, law), _source_lines(law.instrument_ids, counting, law)


def _source_lines(listed: Iterable[str], counting: Set[str], law: Catalogue) -> tuple[SourceLine, ...]:
    found = []
    for source in listed:
        if unverified := _unverified(source, law):
            confirmed = sum(one.digest in counting for one in unverified)
            found.append(SourceLine(source, short_name(source, law), len(unverified) - confirmed, confirmed))
    return tuple(found)


def source_page(user: User, source: str, *, at: datetime) -> SourcePage:
    """The unverified references of one State or instrument; Http404 for another name or another person."""
    access.require(user, access.Action.SEE_LAW, at=at)
    law = law_on(at)
    if source not in sources(law):
        raise Http404
    lines: dict[str, list[ProvisionConfirmation]] = {}
    for row in register_lines().filter(source=source):
        lines.setdefault(row.ref, []).append(row)
    shown = tuple(_shown(one, lines.get(one.ref, []), law) for one in _unverified(source, law))
    doubtful = sum(one.doubtful for one in provisions_of(law, source).values())
    return SourcePage(source, short_name(source, law), shown, doubtful)


def provision_page(user: User, source: str, digest: str, *, at: datetime) -> ShownProvision:
    """One reference with what the data say; Http404 where they say something else by now, or for another person."""
    access.require(user, access.Action.SEE_LAW, at=at)
    provision = provision_with(source, digest, at=at)
    if provision is None or provision.verified or provision.doubtful:
        raise Http404
    return _shown(provision, list(register_lines().filter(source=source, ref=provision.ref)), law_on(at))


def line_for(user: User, provision: Provision, pk: str, *, at: datetime) -> ProvisionConfirmation:
    """A line of the register about this reference, to be withdrawn; Http404 where there is none."""
    access.require(user, access.Action.CONFIRM_LAW, at=at)
    for row in register_lines().filter(source=provision.source, ref=provision.ref):
        if str(row.pk) == pk:
            return row
    raise Http404


def short_name(source: str, law: Catalogue) -> str:
    """A State by its name, an instrument by its short title, in English as the data have it. Raises UnknownName."""
    return law.state(source).name.en if source in law.state_codes else law.instrument(source).short_title


def _unverified(source: str, law: Catalogue) -> list[Provision]:
    return [one for one in provisions_of(law, source).values() if not one.verified and not one.doubtful]


def _shown(provision: Provision, rows: list[ProvisionConfirmation], law: Catalogue) -> ShownProvision:
    lines = tuple(ShownLine(row, _standing(provision, row)) for row in rows)
    standings = {line.standing for line in lines}
    standing = next((one for one in (CONFIRMED, EARLIER) if one in standings), OPEN)
    title = short_name(provision.ref, law) if provision.ref in law.instrument_ids else provision.ref
    return ShownProvision(provision, title, standing, lines)


def _standing(provision: Provision, row: ProvisionConfirmation) -> str:
    if row.is_withdrawn:
        return WITHDRAWN
    return CONFIRMED if row.digest == provision.digest else EARLIER
