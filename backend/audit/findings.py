"""What the verification of a log can find, each as one sentence with the first entry that it concerns."""

from dataclasses import dataclass

from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Finding:
    """Something wrong. ``index`` is that of the first bad entry, counted from 0; None where no entry is concerned."""

    index: int | None
    sentence: str


def changed(index: int, event: object) -> Finding:
    return Finding(
        index,
        _("Entry %(index)d does not match its event %(event)s: the event or the entry was changed after it was logged.")
        % {"index": index, "event": event},
    )


def removed(index: int, event: object) -> Finding:
    return Finding(
        index,
        _("Entry %(index)d names the event %(event)s, which is not stored: the event was removed after it was logged.")
        % {"index": index, "event": event},
    )


def missing(index: int, following: int) -> Finding:
    return Finding(
        index,
        _("Entry %(index)d is missing and the log goes on with entry %(following)d: entries were removed.")
        % {"index": index, "following": following},
    )


def truncated(size: int, signed: int) -> Finding:
    return Finding(
        size,
        _("Entry %(index)d is missing: the log has %(size)d entries, but a checkpoint of %(signed)d was signed.")
        % {"index": size, "size": size, "signed": signed},
    )


def cut_off(size: int, reached: int) -> Finding:
    return Finding(
        size,
        _("Entry %(index)d is missing: the log has %(index)d entries, but its stored tree reached to %(reached)d.")
        % {"index": size, "reached": reached},
    )


def unsigned(signed: int, size: int) -> Finding:
    return Finding(
        signed,
        _("Entry %(index)d stands after the newest checkpoint, of %(index)d entries; the log has %(size)d.")
        % {"index": signed, "size": size},
    )


def forged(size: int, begin: int) -> Finding:
    return Finding(
        begin,
        _(
            "The checkpoint of %(size)d entries is not signed by the log's key: nobody vouches for entries from "
            "%(begin)d on."
        )
        % {"size": size, "begin": begin},
    )


def replaced(index: int) -> Finding:
    return Finding(
        index,
        _("Entry %(index)d is another than the one that was signed: entries were reordered or replaced.")
        % {"index": index},
    )


def replaced_between(begin: int, end: int) -> Finding:
    return Finding(
        begin,
        _("Entries do not lead to the signed root: the first bad one is entry %(begin)d or a later one below %(end)d.")
        % {"begin": begin, "end": end},
    )


def rebuilt(begin: int, end: int) -> Finding:
    return Finding(
        begin,
        _(
            "The log was rebuilt: it does not lead to the root of the exported checkpoint of %(end)d entries; the "
            "first bad one is entry %(begin)d or a later one."
        )
        % {"begin": begin, "end": end},
    )


def wrong_node(level: int, index: int) -> Finding:
    return Finding(
        index << level,
        _(
            "The stored tree is wrong from entry %(begin)d, at node %(index)d of level %(level)d, but the entries lead "
            "to the signed root."
        )
        % {"level": level, "index": index, "begin": index << level},
    )


def past_the_queue(count: int, event: object) -> Finding:
    return Finding(
        None,
        _(
            "Events stand in the database that are neither logged nor waiting (%(count)d, the first is %(event)s): "
            "they were put there past the trigger, or their entries were removed."
        )
        % {"count": count, "event": event},
    )


def removed_while_waiting(count: int, event: object) -> Finding:
    return Finding(
        None,
        _("Events were removed while they waited to be logged (%(count)d, the first is %(event)s).")
        % {"count": count, "event": event},
    )


def without_receipt(count: int, event: object) -> Finding:
    return Finding(
        None,
        _("Logged events have lost the receipt that was signed for them (%(count)d, the first is %(event)s).")
        % {"count": count, "event": event},
    )
