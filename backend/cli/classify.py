"""`comity classify`: narratives in, offences with their elements and indicators out; needs no database."""

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

import click

from backend.conventions.classification import Classification, OffenceFound, Standing, classify
from backend.conventions.errors import LawDataError, LawError

_LONGEST_LINE = 50_000_000
_COLOURS = {Standing.ESTABLISHED: "green", Standing.INDICATED: "yellow", Standing.CONTRADICTED: "red"}


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
@click.option("--explain", is_flag=True, help="Print the elements and mark the words for each, instead of JSON.")
def command(explain: bool) -> None:
    """Classify narratives: JSON lines {id, narrative, lang?, facts?, states?} in, JSON lines out, in the same order.

    A line that cannot be read gives an object with its number and an error, and exit code 1 at the end.
    """
    failed = False
    for number, line in enumerate(_lines(sys.stdin.buffer), 1):
        if not line.strip():
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
            click.echo(json.dumps({"id": asked_id, "line": number, "error": str(fault)}))
            continue
        if explain:
            _explain(request, answer)
        else:
            click.echo(json.dumps({"id": request.id} | answer.to_json()))
    if failed:
        raise SystemExit(1)


def _lines(stream: BinaryIO) -> Iterator[bytes]:
    while line := stream.readline(_LONGEST_LINE):
        yield line


def _content(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        raise _BadLine("the line is not UTF-8: expected one JSON object a line in UTF-8") from None
    except (ValueError, RecursionError):
        raise _BadLine(
            'the line is not JSON: expected one object a line, such as {"id": 1, "narrative": "…"}'
        ) from None
    if not isinstance(content, dict):
        raise _BadLine(f"the line is a JSON {type(content).__name__}: expected an object with a narrative")
    return content


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


def _explain(request: _Request, answer: Classification) -> None:
    click.secho(f"{request.id}: {', '.join(answer.codes) or 'nothing found'}", bold=True)
    for offence in answer.offences:
        _explain_offence(request.narrative, offence)
    for indicator in answer.indicators:
        click.echo(f"  {indicator.type}: {indicator.value}")
    for warning in answer.warnings:
        click.echo(f"  ! {warning.text}")


def _explain_offence(narrative: str, offence: OffenceFound) -> None:
    refs = [f"{article.instrument} {article.ref}" for article in offence.articles]
    refs += [f"{section.state} {section.ref or section.title}" for section in offence.sections]
    click.secho(f"  {offence.code} ({offence.score:.2f}): {'; '.join(refs) or 'no article of a treaty'}", bold=True)
    for element in offence.elements:
        words = [narrative[start:end] for start, end in (*element.spans, *element.denied_spans)]
        told = " | ".join(dict.fromkeys(" ".join(word.split()) for word in words))
        standing = click.style(f"{element.standing:12}", fg=_COLOURS.get(element.standing))
        click.echo(f"    {standing} {element.id}{'' if element.required else ' (optional)'}: {told}".rstrip(": "))
