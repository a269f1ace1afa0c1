"""`comity classify`: narratives in, offences with their elements and indicators out; needs no database."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NoReturn

import click

from backend.cli.explaining import explain, visible
from backend.conventions.classification import Classification, classify
from backend.conventions.errors import LawDataError, LawError

# A narrative may have ten million characters, which JSON may write with several bytes each.
LONGEST_LINE = 50_000_000
_CHUNK = 1_000_000


class _BadLine(Exception):
    """A line that is no request; the message says what was expected."""


@dataclass(frozen=True, slots=True)
class _Request:
    id: Any
    narrative: str
    lang: str | None
    facts: dict[str, str]
    states: list[str]


@click.command("classify")
@click.option(
    "--explain",
    "explained",
    is_flag=True,
    help="Instead of JSON: the narrative with the words that count marked, the elements, articles, questions.",
)
@click.option(
    "--colour",
    type=click.Choice(["auto", "always", "never"]),
    default="auto",
    help="With --explain: colours instead of «marks»; auto (default) where the output is a terminal.",
)
def command(explained: bool, colour: str) -> None:
    """Find the offences that narratives describe, with the elements of each and the words that speak for it.

    Reads one JSON object a line from stdin and writes one a line, in the same order. Reads no database, sends nothing.

    \b
      narrative  what was reported, at most 10,000,000 characters (required)
      id         anything; it is given back
      lang       en, es, fr or nl; detected where it is left out
      facts      answers to the questions of facts.yaml: {"property-lost": "yes"}; yes, no or unknown
      states     States whose statutes are looked up: ["gd", "cr"]; the first gives telephone numbers their country

    A line that cannot be read, or is longer than 50,000,000 bytes, is answered by {"id", "line", "error"} (with
    --explain on stderr), stops nothing, and makes the exit code 1 at the end.

    \b
    Examples:
      echo '{"id": 1, "narrative": "The mailbox was hacked."}' | comity classify
      comity classify --explain < reports.jsonl
    """
    failed = False
    coloured = colour == "always" or (colour == "auto" and sys.stdout.isatty())
    for number, line in enumerate(_lines(sys.stdin.buffer), 1):
        if line is not None and not line.strip():
            continue
        asked_id: Any = None
        try:
            content = _content(line)
            asked_id = content.get("id")
            request = _request(content)
            answer = classify(request.narrative, lang=request.lang, facts=request.facts, states=request.states)
        except LawDataError as fault:
            raise click.ClickException(str(fault)) from None
        except (_BadLine, LawError) as fault:
            failed = True
            _report(asked_id, number, str(fault), explained)
            continue
        _answer(request, answer, explained, coloured)
    if failed:
        raise SystemExit(1)


def _answer(request: _Request, answer: Classification, explained: bool, coloured: bool) -> None:
    if not explained:
        click.echo(json.dumps({"id": request.id} | answer.to_json()))
        return
    for line in explain(_named(request.id), request.narrative, answer, colour=coloured):
        click.echo(_writable(line), color=coloured)


def _report(asked_id: Any, number: int, error: str, explained: bool) -> None:
    if explained:
        click.echo(f"line {number}: {visible(error)}", err=True)
    else:
        click.echo(json.dumps({"id": asked_id, "line": number, "error": error}))


def _named(asked_id: Any) -> str:
    """The id as one short line: it comes from outside too."""
    text = asked_id if isinstance(asked_id, str) else json.dumps(asked_id)
    return visible(text[:200]).replace("\n", " ")


def _writable(line: str) -> str:
    """The line without what the encoding of the output has no character for."""
    encoding = sys.stdout.encoding or "utf-8"
    return line.encode(encoding, "backslashreplace").decode(encoding)


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """Every line; None for one that is too long, of which no more than the bound is ever held."""
    while line := stream.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE or line.endswith(b"\n"):
            yield line
            continue
        del line
        while (rest := stream.readline(_CHUNK)) and not rest.endswith(b"\n"):
            pass
        yield None


def _content(line: bytes | None) -> dict[str, Any]:
    if line is None:
        raise _BadLine(f"the line is longer than {LONGEST_LINE:,} bytes: expected one report a line; shorten it")
    try:
        content = json.loads(line.decode("utf-8"), parse_constant=_no_constant)
    except UnicodeDecodeError:
        raise _BadLine("the line is not UTF-8: expected one JSON object a line in UTF-8") from None
    except (ValueError, RecursionError):
        raise _BadLine(
            'the line is not JSON: expected one object a line, such as {"id": 1, "narrative": "…"}'
        ) from None
    if not isinstance(content, dict):
        raise _BadLine(f"the line is a JSON {type(content).__name__}: expected an object with a narrative")
    return content


def _no_constant(name: str) -> NoReturn:
    """NaN and Infinity are no JSON, and would come back in the answer."""
    raise ValueError(name)


def _request(content: dict[str, Any]) -> _Request:
    return _Request(
        content.get("id"),
        _field(content, "narrative", str, "a text", required=True),
        _field(content, "lang", str, "en, es, fr or nl"),
        _texts(_field(content, "facts", dict, "an object of question ids and answers") or {}),
        _list_of_texts(_field(content, "states", list, "a list of State codes") or []),
    )


def _field(content: dict[str, Any], name: str, kind: type, expected: str, *, required: bool = False) -> Any:
    value = content.get(name)
    if (value is None and required) or (value is not None and not isinstance(value, kind)):
        raise _BadLine(f"{name!r} is {'missing' if value is None else type(value).__name__}: expected {expected}")
    return value


def _texts(facts: dict[str, Any]) -> dict[str, str]:
    for name, answer in facts.items():
        if not isinstance(answer, str):
            raise _BadLine(
                f"the fact {name[:60]!r} is answered by a {type(answer).__name__}: expected yes, no or unknown"
            )
    return facts


def _list_of_texts(states: list[Any]) -> list[str]:
    if not all(isinstance(code, str) for code in states):
        raise _BadLine("'states' holds something that is no text: expected a list of State codes such as \"gd\"")
    return states
