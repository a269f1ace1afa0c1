"""What parts that know no Django refuse: written in English there, shown in the language of whoever acts."""

from collections.abc import Callable

from django.utils.translation import gettext_noop as _

from backend.incidents.sentences import Sentences
from referral.words import word


def _worded(group: str) -> Callable[[str], str]:
    """How names of a group are shown that stand alone, or in a list."""
    return lambda names: ", ".join(str(word(name, group)) for name in names.split(", "))


_WORDS = {
    **dict.fromkeys(("stage", "same", "to", "allowed"), _worded("stage")),
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
    ),
    _WORDS,
)


def shown(refusal: str) -> str:
    """The sentence in the language of now; one that is none of these as it was written."""
    return _EVERY.shown(refusal)
