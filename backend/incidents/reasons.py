"""Why a submission is set aside: one sentence each, kept in English as it was written, shown in the reader's language.

What the checks of a report say of its members (backend.incidents.report) comes after these, as it is.
"""

from django.utils.translation import gettext_noop as _

from backend.incidents.sentences import Sentences

ENDS_THE_WORKER = _("the worker ended each time that it was worked on")
ERASED = _("the incident that it belongs to was erased")
# What a device signed before it was revoked may be released by a person; what it signed afterwards never is opened.
SIGNED_BEFORE_REVOCATION = _("its device was revoked; by the signed statement it was sealed before that")
SIGNED_AFTER_REVOCATION = _("its device was revoked, and by the signed statement it was sealed only after that")
NO_REPORT = _("no report that was opened names it")
KEY_NOT_HELD = {
    "intake": _("the intake key that it names is not held here any more"),
    "exchange": _("the exchange key that it names is not held here any more"),
}
DOES_NOT_OPEN = {
    "intake": _("it does not open with the intake key that it names"),
    "exchange": _("it does not open with the exchange key that it names"),
}
FAILED = _("failed %(times)s times (%(failure)s)")
NO_DEVICE = _("the sender is no enrolled device of this node")
NOT_ITS_STATEMENT = _("the statement inside the seal is not signed by the device that sent it")
OTHER_EVIDENCE = _("it does not have the size and digests that the device signed for")
NAMED_BEFORE = _("it names evidence that an earlier report of the same device names")
REPORT_ERASED = _("the report that it names was erased")
MORE_THAN_ONE = _("its unit has more than one report of the id that it names")
REPORT_NOT_OPENED = _("the report that it names was not opened within a day of its arrival; try again when it is")
REPORT_SET_ASIDE = _(
    "the report that it names is in quarantine or was given up; release that one first, then try this one again"
)
REPORT_ABSENT = _("the report that it names did not come from its unit; try again when it has")
SUPPLEMENT_NOT_OPENED = _(
    "the supplement that it withdraws was not opened within a day of its arrival; try again when it is"
)
SUPPLEMENT_SET_ASIDE = _(
    "the supplement that it withdraws is in quarantine or was given up; release that one first, then try this one again"
)
SUPPLEMENT_ABSENT = _("the supplement that it withdraws did not come from its unit; try again when it has")
TOO_MANY = _("%(most)s submissions were added to the report already; report it as a further incident")
TOO_MANY_CHARACTERS = _("with it the narratives have more than %(most)s characters; report it as a further incident")
TOO_MANY_BYTES = _("with it more than %(most)s bytes were added to the report; report it as a further incident")

_EVERY = Sentences(
    (
        ENDS_THE_WORKER, ERASED, SIGNED_BEFORE_REVOCATION, SIGNED_AFTER_REVOCATION, NO_REPORT, *KEY_NOT_HELD.values(),
        *DOES_NOT_OPEN.values(), FAILED, NO_DEVICE, NOT_ITS_STATEMENT, OTHER_EVIDENCE, NAMED_BEFORE, REPORT_ERASED,
        MORE_THAN_ONE, REPORT_NOT_OPENED, REPORT_SET_ASIDE, REPORT_ABSENT, SUPPLEMENT_NOT_OPENED, SUPPLEMENT_SET_ASIDE,
        SUPPLEMENT_ABSENT, TOO_MANY, TOO_MANY_CHARACTERS, TOO_MANY_BYTES,
    )
)  # fmt: skip


def shown(reason: str) -> str:
    """The reason in the language of now; one that is none of these as it was kept."""
    return _EVERY.shown(reason)
