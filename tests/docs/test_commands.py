"""Commands, options, targets and files that the documents name are there."""

import re

import click
import pytest

from backend.cli.main import cli
from backend.cli.node.home import CHECKOUT
from tests.docs.pages import code, name_of, pages, section

USED = re.compile(r"(?:^|[\s;&/(])comity ((?:[a-z][a-z-]* ?)+)([^|#;]*)")
NOT_YET = "What works today, and what does not yet"


def find(words: list[str]) -> tuple[click.Command | None, str]:
    """The command that words lead to, and the first word that leads nowhere ("" where all are arguments)."""
    command: click.Command = cli
    context = click.Context(cli)
    for word in words:
        if not isinstance(command, click.Group):
            break
        found = command.get_command(context, word)
        if found is None:
            return None, word
        command = found
    return command, ""


def named(text: str) -> list[tuple[str, click.Command | None, set[str]]]:
    """Each use of `comity` in code: as written, the command, the options."""
    found = []
    for line in code(text):
        for words, rest in USED.findall(line):
            command, _ = find(words.split())
            found.append((f"comity {words}{rest}".strip(), command, set(re.findall(r"(?<!\S)--[a-z][a-z-]*", rest))))
    return found


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_commands_and_their_options_exist(page):
    text = page.read_text()
    not_yet = code(section(text, NOT_YET).partition("Not yet:")[2]) if name_of(page) == "README.md" else []
    for written, command, options in named(text):
        if written in not_yet and command is None:
            continue
        assert command is not None, f"{written}: there is no such command"
        known = {name for parameter in command.params for name in parameter.opts} | {"--help", "--version"}
        assert options <= known, f"{written}: no option {options - known}"


def test_what_is_said_not_to_exist_does_not():
    later = section((CHECKOUT / "README.md").read_text(), NOT_YET).partition("Not yet:")[2]
    missing = [written for written, command, _ in named(later) if command is None]
    there = {"comity submit", "comity law check"}  # named there for what does the same today
    assert {written for written, _, _ in named(later)} - set(missing) <= there


def test_every_command_is_described_in_a_document():
    text = "\n".join(page.read_text() for page in pages())
    described = {words.split()[0] for line in code(text) for words, _ in USED.findall(line)}
    # For those who work on Comity itself; `comity manage --help` says so.
    assert set(cli.list_commands(click.Context(cli))) - described == {"manage"}


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_targets_of_make_exist(page):
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), re.MULTILINE))
    used = {word for line in code(page.read_text()) for word in re.findall(r"(?:^|[\s$])make ([a-z-]+)", line)}
    assert used <= targets


@pytest.mark.parametrize("page", pages(), ids=name_of)
def test_files_of_the_checkout_that_are_named_exist(page):
    roots = "backend|crypto|referral|frontend|tests|docs|scripts|requirements|compose"
    for line in code(page.read_text()):
        for path in re.findall(rf"(?:^|[\s(/.])((?:{roots})/[\w./-]*\w)(?![\w*…-])", line):
            assert (CHECKOUT / path).exists(), path
