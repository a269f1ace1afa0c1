"""Why an act is refused: written in English where it is refused, shown in the language of whoever acts."""

import re
from collections.abc import Callable

from django.utils.translation import gettext_noop as _

from backend.incidents.sentences import Sentences
from referral.words import word


def _worded(group: str) -> Callable[[str], str]:
    """How names of a group are shown that stand alone, or in a list."""
    return lambda names: ", ".join(str(word(name, group)) for name in re.split(r", | or ", names))


_WORDS = {
    **dict.fromkeys(("stage", "same", "to", "allowed", "stages"), _worded("stage")),
    "kind": _worded("kind"),
    "roles": _worded("role"),
}
_EVERY = Sentences(
    (
        _("A move from %(stage)s to %(to)s is not permitted; from %(same)s it may go to: %(allowed)s."),
        _("The letter is not approved; have it approved by a second person before it is signed."),
        _("The step %(step)s needs one of the roles %(roles)s; the acting person has none."),
        _("The step %(step)s must be taken by another person than the one who drafted the letter."),
        _("The step %(step)s must be taken by another person than the one who completed the letter."),
        _("The step %(step)s must be taken by another person than the one who signed the letter."),
        _(
            "The urgent form needs a ground: expedited means allowed by the legal basis, life at risk, or data that"
            " would be lost; state one, or have the letter approved by a second person."
        ),
        _("The letter lacks mandatory contents: %(named)s; write them, then complete it."),
        _("Nobody has verified %(names)s; a person must see the source and confirm it first."),
        _(
            "The confirmation of %(names)s was withdrawn; return the letter to the drafter, save it anew and have the "
            "reference confirmed again."
        ),
        _(
            "The letter is not to be signed so: %(said)s Mend it, or have a person of the authority override it "
            "(%(rules)s)."
        ),
        _("%(authority)s has no certificate on this node; make or import one with `comity keys authority`."),
        _("The authority's key or certificate is not an unencrypted PEM file; install the pair again."),
        _("The private key is not the one of the authority's certificate; install the pair again."),
        _(
            "The authority's certificate is valid from %(first)s to %(last)s, not at the time of signing; install the "
            "current one."
        ),
        _(
            "The letter does not become a PDF/A-3a and PDF/UA-1 file; use only Latin, Greek and Cyrillic letters and "
            "common signs in its texts (Typst: %(problem)s)."
        ),
        _("The letter is a %(kind)s; only a preservation request is answered so."),
        _("The day %(until)s has passed; name the day until which the data are preserved."),
        _("This letter was sent by this node; the other State answers it."),
        _("The letter is a %(kind)s, itself an answer; only a request is answered."),
        _(
            "No instrument of the data carries the measure %(measure)s from %(requesting)s to %(requested)s on "
            "%(day)s; see `comity basis` for what remains."
        ),
        _("%(authority)s is not an authority of this node; choose one of %(node)s."),
        _("%(authority)s is not an authority of the requested State; choose another."),
        _("An evidence item is not of this referral's incidents or not received yet; choose among those received."),
        _("The letter is %(stage)s; only one in stage %(stages)s can be written on."),
        _("The letter has no such reference that waits for a confirmation; choose one that it shows."),
        _("This confirmation was withdrawn before; look at the reference again."),
        _("The data say something else under this reference by now; look at it again."),
        _("The data have this reference as verified; it needs no confirmation."),
        _("There is a reason to think that this reference is wrong; have the data corrected first."),
        _("Somebody has confirmed this reference already; look at it again."),
        _("No finding of this rule waits for an answer; choose one that the letter shows."),
    ),
    _WORDS,
)


def shown(refusal: str) -> str:
    """The sentence in the language of now; one that is none of these as it was written."""
    return _EVERY.shown(refusal)
