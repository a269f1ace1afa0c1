"""STIX patterns, as far as they name values: `[url:value = '…']`, `[file:hashes.MD5 IN ('…', '…')]`, with AND and OR.

How observations follow one another, and when, is left aside: an indicator is a value to look for. Source: STIX 2.1, 9.
"""

import re
from collections.abc import Iterator

LONGEST = 100_000
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<path>[A-Za-z0-9-]+:(?:[\w-]+|'[^']*')(?:\.(?:[\w-]+|'[^']*')|\[(?:\d+|\*)\])*)
    | (?P<word>[A-Za-z]+(?:'[^']*')?)
    | (?P<sign><=|>=|!=|=|<|>|[\[\](),])
    | (?P<number>[-+]?[0-9.]+)
    )""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(.)")


def comparisons(pattern: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Path and value of each comparison that names values, and why others were left out."""
    if len(pattern) > LONGEST:
        return [], [f"its pattern is longer than {LONGEST} characters"]
    tokens = list(_tokens(pattern))
    if not tokens:
        return [], ["its pattern is not understood"]
    found: list[tuple[str, str]] = []
    missed: list[str] = []
    for place, (kind, text) in enumerate(tokens):
        if kind != "path":
            continue
        operator = [said.upper() for _, said in tokens[place + 1 : place + 3]]
        if operator[:1] == ["="]:
            found += [(_plain(text), value) for value in _texts(tokens[place + 2 : place + 3])]
        elif operator[:1] == ["IN"]:
            end = next((at for at, one in enumerate(tokens) if at > place and one[1] == ")"), len(tokens))
            found += [(_plain(text), value) for value in _texts(tokens[place + 2 : end])]
        else:
            missed.append(f"{_plain(text)} is compared by {' '.join(operator[:1]) or 'nothing'}, which names no value")
    return found, missed


def _tokens(pattern: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(pattern.rstrip()):
        found = _TOKEN.match(pattern, place)
        if not found or found.lastgroup is None:
            return
        yield found.lastgroup, found[found.lastgroup]
        place = found.end()


def _texts(tokens: list[tuple[str, str]]) -> list[str]:
    return [_ESCAPE.sub(r"\1", text[1:-1]) for kind, text in tokens if kind == "text"]


def _plain(path: str) -> str:
    """The path without quotation marks and numbers of lists; names of hashes in one form."""
    path = re.sub(r"\[(\d+|\*)\]", "", path).replace("'", "")
    head, dot, name = path.partition(":hashes.")
    return f"{head}{dot}{name.upper().replace('-', '')}" if dot else path
