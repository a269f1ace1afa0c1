"""Names of users as reports give them: `@name`, `username x_y`, `pseudo « abc9 »`, `Canal: x_y`, `u/name`."""

import re

from backend.conventions.indicators.domains import is_known
from backend.conventions.indicators.text import Taken
from backend.conventions.schema.engine import IndicatorWords
from backend.conventions.tokens import plain

_AT = re.compile(r"@(?<![\w@.].)([A-Za-z0-9_](?:[\w.-]{1,38}\w))(?![@])(?:@((?:[\w-]+\.)+[a-z]{2,20}))?")
# A digit, a line, an inner point or an inner capital: what an ordinary word has not.
# A digit or line beside a letter, a capital after a small letter, a point inside a word.
_SHAPE = re.compile(r"[0-9_A-Z.](?:(?<=[a-zß-ÿ][0-9_A-Z])|(?<=[A-Z][0-9_])|(?<=[0-9_])(?=[A-Za-z_])|(?<=\w\.)(?=\w))")
_JOINED = frozenset("@/\\#$€£&=+")
_SAID = re.compile(r"[:=][ ]?[\"'(]{0,2}@?([\w](?:[\w.-]{1,38}[\w])?)(?![\w@/])")
_QUOTED = re.compile(r"([\"'])(?<!\w.)[ ]?(@?[\w][\w.-]{1,38}[\w])[ ]?\1(?!\w)")
_PATH = re.compile(r"(?<![\w.])/?u/([A-Za-z0-9_-]{3,30})(?![\w/])")
_SKYPE = re.compile(r"(?<![\w.])live:[\w.-]{3,50}\w")
_TAG = re.compile(r"#[0-9]{4}(?![0-9])")
_WORD = re.compile(r"[^\W\d_](?<!\w.)[^\W\d_]*+(?!\w)(?:/[^\W\d_])?(?:['’](?=[^\W\d_]))?")
_LIST = re.compile(r"[\"')]*(?:[ ]?[,/;][ ]?|[ ])(?:(?:and|or|y|e|o|et|ou|en|of|&)[ ])?[\"'(@]*")
_SURNAME = re.compile(r"(?:Mc|Mac|De|Di|Du|La|Le|Van|O')[A-Z][a-z]+")
# Letters running into digits after a line, all lower case: nobody names anything else so.
_SELF_EVIDENT = re.compile(r"[a-z][a-z.]{1,20}_[a-z._]{0,20}[a-z][0-9]{1,4}")
# In quotation marks, letters with digits among them: a name even where no word says so.
_QUOTED_NAME = re.compile(r"(?=.*[0-9])(?!.*-)[^\W\d_][\w.]{3,}(?<![0-9]{5})")
_OPENED = re.compile(r"[\"'][ ]?$")
_TAGGED = re.compile(r"(?<![\w@./#-])[\w.]{2,32}#[0-9]{4}(?![\w])")
_DIGIT_OR_LINE = re.compile(r"[\d_]")
_FILE = re.compile(r"\.(?:[a-z]{2,4}[0-9]?)$", re.IGNORECASE)
_REACH, _MOST_FILLERS, _MOST_STRANGE = 72, 6, 3


def find_handles(taken: Taken, words: IndicatorWords) -> None:
    """Every name of a user: with its sign, or after a word that says so."""
    text = taken.text
    for match in _AT.finditer(text) if "@" in text else ():
        _take_at(taken, match, words)
    for match in _PATH.finditer(text) if "u/" in text else ():
        _take(taken, match.start(), match.end(), match[1])
    for match in _SKYPE.finditer(text) if "live:" in text else ():
        _take(taken, match.start(), match.end(), match[0])
    for match in _TAGGED.finditer(text) if "#" in text else ():
        if taken.once(_said, (taken.before(match.start(), _REACH), False), words):
            _take(taken, match.start(), match.end(), match[0])
    last_end = -1
    for start, end, marked in _candidates(taken):
        name = taken.text[start:end].lstrip("@")
        if not taken.free(start, end) or not taken.once(_is_name, (name,), words):
            continue
        in_list = 0 <= last_end < start and _LIST.fullmatch(taken.text[last_end:start]) is not None
        if _is_handle(taken, start, name, marked, in_list, words):
            tag = _TAG.match(taken.text, end)
            end = tag.end() if tag else end
            _take(taken, start, end, taken.text[start:end].lstrip("@"))
            last_end = end


def _take(taken: Taken, start: int, end: int, name: str) -> None:
    if taken.free(start, end):
        taken.take("username", name.lower(), start, end)


def _take_at(taken: Taken, match: re.Match[str], words: IndicatorWords) -> None:
    name = match[1].rstrip(".-")
    if match[2]:
        _take(taken, match.start(), match.end(), f"{name}@{match[2]}")
    elif not any(char.isalpha() for char in name) or plain(name) in words.no_handles:
        return
    elif re.search(r"\.(?:com|net|org|info|[a-z]+\.[a-z]{2})$", name.lower()) and is_known(name.lower()):
        # `addresses ending in @example.com`: a domain.
        if name.lower() not in words.common_domains and taken.free(match.start(), match.start() + 1 + len(name)):
            taken.take("domain", name.lower(), match.start() + 1, match.start() + 1 + len(name))
    else:
        _take(taken, match.start(), match.start() + 1 + len(name), name)


def _candidates(taken: Taken) -> list[tuple[int, int, bool]]:
    """Places of what may be a name, in order, and whether it is marked: in quotation marks or after a colon."""
    text = taken.text
    found = (
        {m.start(2): (m.start(2), m.end(2), True) for m in _QUOTED.finditer(text)} if '"' in text or "'" in text else {}
    )
    for match in _SAID.finditer(text):
        found.setdefault(match.start(1), (match.start(1), match.end(1), True))
    done = 0
    for match in _SHAPE.finditer(text):
        if match.start() < done:
            continue
        first, done = taken.token_around(match.start())
        name = text[first:done].strip(".-")
        start = first + len(text[first:done]) - len(text[first:done].lstrip(".-"))
        if name and text[start - 1 : start] not in _JOINED:
            found.setdefault(start, (start, start + len(name), False))
    return [found[start] for start in sorted(found)]


def _is_name(name: str, words: IndicatorWords) -> bool:
    """Whether this could be a name at all: letters in it, no product, no file, no domain, no surname."""
    folded = plain(name)
    if (
        not 3 <= len(name) <= 40
        or {folded, folded.rstrip("0123456789")} & words.no_handles
        or not any(char.isalpha() for char in name)
    ):
        return False
    if _SURNAME.fullmatch(name) or (_FILE.search(name) and is_file(folded, words)):
        return False
    return not all(len(part) <= 1 for part in name.split("."))


def is_file(name: str, words: IndicatorWords) -> bool:
    """Whether a name ends as files do."""
    ending = name.rpartition(".")[2]
    return ending in words.file_endings or ending in words.only_file_endings


def _is_handle(taken: Taken, start: int, name: str, marked: bool, in_list: bool, words: IndicatorWords) -> bool:
    shaped = _has_shape(name)
    if in_list and shaped:
        return True
    said = taken.once(_said, (taken.before(start, _REACH), marked), words)
    if said == "name":
        return shaped or (marked and name == name.lower() and not name.isdecimal())
    if said == "account":
        return _has_plain_shape(name, marked)
    if marked and _QUOTED_NAME.fullmatch(name) and _OPENED.search(taken.text, max(0, start - 2), start):
        before = taken.words_before(start, 40)[-3:]
        return not any(
            word in words.no_handles or word in words.not_name_words or word in words.file_words for word in before
        )
    return bool(_SELF_EVIDENT.fullmatch(name))


def _has_shape(name: str) -> bool:
    inside = name[1:-1]
    return (
        _DIGIT_OR_LINE.search(name) is not None
        or "." in inside
        or any(c.isupper() for c in inside)
        and not name.isupper()
    )


def _has_plain_shape(name: str, marked: bool) -> bool:
    """A shape that neither a reference, a plate nor an abbreviation has."""
    letters = sum(char.isalpha() for char in name)
    if (
        letters < 2
        or ("-" in name and not marked)
        or (name[0].isdecimal() and not marked)
        or not name[0].isalnum()
        and name[0] != "_"
    ):
        return False
    if any(c.isdecimal() or c == "_" for c in name):
        return not (name.upper() == name and not marked) and letters * 2 >= sum(c.isdecimal() for c in name)
    if "." in name[1:-1]:
        return name == name.lower() and all(len(part) > 1 for part in name.split("."))
    return marked and any(c.isupper() for c in name[1:]) and not name.isupper()


def _said(before: str, marked: bool, words: IndicatorWords) -> str:
    """What the words before call it: `name` of a user, `account` and the like, or nothing (empty)."""
    if _STOPPED.search(before):
        return ""
    said, strange = "", 0
    near = list(_WORD.finditer(before))[-_MOST_FILLERS:]
    may_be_far = marked or (bool(near) and near[-1][0].lower() in _IS)
    for match in reversed(near):
        word = plain(match[0].rstrip("'"))
        if before[match.end() : match.end() + 1] in _STOPS:
            break
        if word in words.handle_words:
            return "name" if not strange else "account"
        if word in words.account_words or word in words.handle_services:
            said = said or ("" if strange else "account")
        elif word not in words.handle_fillers:
            # `his nickname in the game was x_77`: a few other words may stand before the verb or the quotation mark.
            strange += 1
            if not may_be_far or strange > _MOST_STRANGE:
                break
    return said


_IS = frozenset({"is", "was", "es", "era", "est", "était", "fue"})
_STOPPED = re.compile(r"[.,;][^\w]*$")
_STOPS = frozenset(",;.0123456789")
