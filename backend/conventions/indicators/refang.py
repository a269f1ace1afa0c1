"""A text with what hides addresses undone (`hxxp`, `[.]`, `(at)`, zero-width characters), and the way back to it.

The finders work on the refanged text with plain patterns. Every place they find is led back to the text as it came,
so that a span is one of what the officer wrote.
"""

import re
from bisect import bisect_right
from dataclasses import dataclass

# Characters that show nothing or only turn the direction of writing: a filter evaded with them reads as before.
_HIDDEN = re.compile("[\u00ad\u034f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]+")
# Forms of a character as text programs and input methods make them, each for the one it stands for.
_FORMS: dict[int, str] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " "),
    **dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63], "-"),
    **dict.fromkeys(map(ord, "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033"), '"'),
    **dict.fromkeys(map(ord, "\u2018\u2019\u201a\u201b\u2039\u203a\u02bc\u2032"), "'"),
    **{0x3002: ".", 0x2024: ".", 0xFE6B: "@", 0x2215: "/", 0x2044: "/", 0xA789: ":"},
}
_FORMED = re.compile(f"[{re.escape(''.join(map(chr, _FORMS)))}]")
_MANY_FORMS = 16

_DOT_WORD = r"(?:dot|d0t|punto|point|punt)"
_AT_WORD = r"(?:at|arroba|arobase|apenstaart(?:je)?)"
_ENDING = (
    r"(?:com|net|org|info|biz|xyz|top|online|shop|site|live|club|io|co|es|fr|nl|mx|cr|gt|hn|sv|pa|ve|cu|pe|gd|jm|tt|ht)"
)
_BRACKETED = re.compile(
    rf"[\[({{<](?:[ ]?(?:(?P<dot>\.|{_DOT_WORD})|(?P<at>@|{_AT_WORD}))[ ]?[\])}}>][ ]?"
    r"|(?P<sign>://|:|//?|-)[\])}]|(?P<half>\.)(?=\w)|(?P<a>(?<=\w.)a[\])](?=[\w-]+\.\w)))",
    re.IGNORECASE,
)
# The search leaps to a first character; what has to stand before it is looked at after that.
_OTHERWISE = re.compile(
    r"[.\\ hH:](?:"
    rf"(?P<dot>(?<=\w\.)\](?=\w)|(?<=\w\\)\.(?=\w)|(?<=[\w-]{{4}}\w[ ])\.[ ]?(?={_ENDING}\b))"
    r"|(?P<scheme>(?<=[hH])(?<!\w.)(?i:xx|\*\*|tx|xt|__)[pP](?=[sS]?\b))"
    r"|(?P<slashes>(?:(?<=[tT][tT][pP]:)|(?<=[tT][tT][pP][sS]:))(?:\\\\|/[ ]/)))"
)
_NEW = {"dot": ".", "half": ".", "at": "@", "a": "@", "scheme": "http", "slashes": "://"}
# Without one of these the pattern above cannot match; looking for each of them is quicker than the pattern.
_OTHERWISE_HINTS = (".]", "\\", " .", "hxxp", "h**p", "htxp", "hxtp", "h__p", ":/ /")
_SPELLED_AT = re.compile(
    rf"(?<=\w)[ ](?P<word>arroba|arobase|apenstaart(?:je)?|at)[ ](?=[\w-]+(?:\.|[ ]{_DOT_WORD}[ ])[\w-]+)",
    re.IGNORECASE,
)
_SPELLED_DOT = re.compile(rf"[ ]{_DOT_WORD}[ ](?=[\w-]+)", re.IGNORECASE)
_SPELLED_HINTS = (" arroba ", " arobase ", " apenstaart", " dot ", " d0t ", " punto ", " point ", " punt ")
_SPELLED_HOST = re.compile(
    rf"(?<![\w.-])(?P<host>[\w-]{{1,63}}+(?:[ ]{_DOT_WORD}[ ][\w-]{{1,63}}+){{0,3}}[ ]{_DOT_WORD}[ ]{_ENDING})"
    r"(?![\w-])",
    re.IGNORECASE,
)
_LOCAL_PART = re.compile(r"(?:[\w+-]+[ ](?:punto|dot|point|punt)[ ]){1,4}[\w+.-]+$", re.IGNORECASE)
_TAIL = re.compile(rf"[\w-]+(?:(?:\.|[ ]{_DOT_WORD}[ ])[\w-]+){{1,6}}", re.IGNORECASE)
_MAIL_WORD = re.compile(
    r"\b(?:e-?mails?|mails?|correos?|courriels?|adresse|address|adres|direcci[oó]n|escribi[oó]|write|wrote)\b",
    re.IGNORECASE,
)
_SITE_WORD = re.compile(
    r"\b(?:www|web|websites?|sites?|domains?|url|link|host|p[aá]gina|sitio|dominio|enlace|portal|domaine|lien|domein|adres|adresse|address)\b",
    re.IGNORECASE,
)

Edit = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Refanged:
    """`text` for the finders, `original` as it came; `edits` are (start, end) in `text` with (start, end) before it."""

    original: str
    text: str
    shown: str
    edits: tuple[tuple[int, int, int, int], ...]

    def changed(self, start: int, end: int) -> bool:
        """Whether something between two places of `text` was written so as not to be followed."""
        index = bisect_right(self.edits, (end,)) - 1
        return index >= 0 and self.edits[index][1] > start

    def origins(self, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans, in order of their start and none inside another, as spans of the text as it came."""
        shown = [(self.origin_start(start), self.origin_end(end)) for start, end in spans]
        return shown if len(self.shown) == len(self.original) else _with_hidden(self.original, shown)

    def origin_start(self, place: int) -> int:
        """Where the character at `place` begins before the edits."""
        index = bisect_right(self.edits, (place, len(self.text) + 1, 0, 0)) - 1
        if index < 0:
            return place
        _, end, was_start, was_end = self.edits[index]
        return was_start if place < end else was_end + place - end

    def origin_end(self, place: int) -> int:
        """Where what ends before `place` ends before the edits."""
        index = bisect_right(self.edits, (place - 1, len(self.text) + 1, 0, 0)) - 1
        if index < 0:
            return place
        _, end, _, was_end = self.edits[index]
        return was_end if place <= end else was_end + place - end


def refang(text: str) -> Refanged:
    """The text with every usual disguise of an address undone; linear in its length."""
    shown = text
    if not text.isascii():
        if _HIDDEN.search(shown):
            shown = _HIDDEN.sub("", shown)
        if _FORMED.search(shown):
            shown = _formed(shown)
    edits = _defanged(shown)
    refanged = _apply(shown, edits)
    if _is_spelled(refanged) and (spelled := _spelled(refanged)):
        return _both(text, shown, edits, refanged, spelled)
    return Refanged(text, refanged, shown, _places(edits))


def _formed(text: str) -> str:
    """The text with every form of a character as the one it stands for."""
    forms = set(_FORMED.findall(text))
    if len(forms) > _MANY_FORMS:
        return text.translate(_FORMS)
    # A report has an apostrophe and a dash of this kind, and a form at a time is far quicker.
    for form in forms:
        text = text.replace(form, _FORMS[ord(form)])
    return text


def _is_spelled(text: str) -> bool:
    lower = text.lower()
    return any(hint in lower for hint in _SPELLED_HINTS)


def _defanged(text: str) -> list[Edit]:
    edits = [_bracketed(text, match) for match in _BRACKETED.finditer(text)]
    lower = text.lower()
    if not any(hint in lower for hint in _OTHERWISE_HINTS):
        return edits
    edits += [(match.start(), match.end(), _NEW[match.lastgroup or ""]) for match in _OTHERWISE.finditer(text)]
    kept: list[Edit] = []
    for edit in sorted(edits):
        if not kept or kept[-1][1] <= edit[0]:
            kept.append(edit)
    return kept


def _bracketed(text: str, match: re.Match[str]) -> Edit:
    kind, start = match.lastgroup or "", match.start()
    if kind == "sign":
        return start, match.end(), match["sign"]
    # A space before the bracket belongs to the disguise as one after it does.
    return start - (kind in {"dot", "at"} and text[start - 1 : start] == " "), match.end(), _NEW[kind]


def _apply(text: str, edits: list[Edit]) -> str:
    if not edits:
        return text
    parts: list[str] = []
    last = 0
    for start, end, new in edits:
        parts += (text[last:start], new)
        last = end
    return "".join([*parts, text[last:]])


def _places(edits: list[Edit]) -> tuple[tuple[int, int, int, int], ...]:
    places, shift = [], 0
    for start, end, new in edits:
        places.append((start + shift, start + shift + len(new), start, end))
        shift += len(new) - (end - start)
    return tuple(places)


def _spelled(text: str) -> list[Edit]:
    """Addresses in words: `pagos arroba banco punto com`; `at` and a bare name only after a word that says so."""
    edits: dict[int, Edit] = {}
    for match in _SPELLED_AT.finditer(text):
        before = text[max(0, match.start() - 60) : match.start()]
        tail = _TAIL.match(text, match.end())
        spelled_dot = tail is not None and _SPELLED_DOT.search(tail[0])
        if tail is None or (match["word"].lower() == "at" and not (spelled_dot and _MAIL_WORD.search(before))):
            continue
        edits[match.start()] = (match.start(), match.end(), "@")
        local = _LOCAL_PART.search(before)
        first = match.start() - len(local[0]) if local else match.start()
        for dot in (
            *_SPELLED_DOT.finditer(text, first, match.start()),
            *_SPELLED_DOT.finditer(text, match.end(), tail.end()),
        ):
            edits[dot.start()] = (dot.start(), dot.end(), ".")
    for match in _SPELLED_HOST.finditer(text):
        host = match["host"]
        said = any(c.isdigit() or c == "-" for c in host) or _SITE_WORD.search(
            text[max(0, match.start() - 30) : match.end()]
        )
        if said:
            for dot in _SPELLED_DOT.finditer(text, match.start(), match.end()):
                edits[dot.start()] = (dot.start(), dot.end(), ".")
    return [edits[start] for start in sorted(edits)]


def _both(text: str, shown: str, first: list[Edit], middle: str, second: list[Edit]) -> Refanged:
    """Two rounds of edits as one: the later ones led back through the earlier, which none of them overlaps."""
    early = Refanged(shown, middle, shown, _places(first))
    led = [(early.origin_start(start), early.origin_end(end), new) for start, end, new in second]
    edits = sorted([*first, *led])
    return Refanged(text, _apply(shown, edits), shown, _places(edits))


def _with_hidden(original: str, spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans of the text without hidden characters as spans of the text with them; spans are in order."""
    removed, cut = _HIDDEN.finditer(original), 0
    following = next(removed, None)
    places: list[int] = []
    for place in (place for start, end in spans for place in (start, end - 1)):
        while following is not None and following.start() - cut <= place:
            cut += following.end() - following.start()
            following = next(removed, None)
        places.append(place + cut)
    return [(start, end + 1) for start, end in zip(places[::2], places[1::2], strict=True)]
