"""The sentences of the engine's notices, in English. Pages show them in the reader's language, by their places."""


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the translators' tools; the engine knows no language but this."""
    return sentence


PERMISSION_UNCLEAR = gettext_noop(
    "The narrative speaks both of permission and of its absence: ask the owner who had agreed to what."
)
READ_IN_PART = gettext_noop("Only the first %(most)s clauses of the narrative were read for offences: shorten it.")
READ_BY_WORDS = gettext_noop(
    "The narrative is too long to be read closely, and was judged by its words alone: classify its parts, too."
)
PASSAGES_LEFT_OUT = gettext_noop("Of an element for which more passages speak only the first %(most)s are listed.")
INDICATORS_LEFT_OUT = gettext_noop(
    "Only the first %(most)s indicators are listed: give the rest as a narrative of its own."
)
NO_TREATY = gettext_noop("No treaty of the data has an offence of its own for %(offence)s. %(note)s")
LACKS_BUT_NEAR = gettext_noop("%(instrument)s has no offence of its own for %(offence)s; nearest: %(nearest)s.")
LACKS = gettext_noop("%(instrument)s has no offence of its own for %(offence)s; the data name no near article.")
UNVERIFIED = gettext_noop("Not verified, to be confirmed before a letter relies on it: %(names)s.")
ANSWERS_CLASH = gettext_noop(
    "Two answers cannot both hold, '%(first)s' %(one)s and '%(second)s' %(two)s (%(why)s): "
    "ask again and correct one; until then both count."
)
AGAINST_NARRATIVE = gettext_noop(
    "The answer %(answer)s to '%(fact)s' is against what the narrative says (%(matter)s): "
    "ask which is right, and correct the answer or supplement the narrative; until then the answer counts."
)
SENTENCES = (
    PERMISSION_UNCLEAR, READ_IN_PART, READ_BY_WORDS, PASSAGES_LEFT_OUT, INDICATORS_LEFT_OUT, NO_TREATY, LACKS_BUT_NEAR,
    LACKS, UNVERIFIED, ANSWERS_CLASH, AGAINST_NARRATIVE,
)  # fmt: skip
