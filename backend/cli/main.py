"""The `comity` command. Each command is a module of its own, imported when it is called and not before."""

import sys
from collections.abc import Mapping
from importlib import import_module, util
from keyword import iskeyword

import click

from backend.cli.node.errors import NodeError

# The summaries stand here so that `comity --help` imports nothing: pyHanko alone takes 0.7 s.
SUMMARIES: Mapping[str, str] = {
    "up": "Run one node on this machine until Ctrl-C.",
    "demo": "Run the whole main job between two nodes and print each step.",
    "report": "Begin, check and finish a report before it is sent, or take one back.",
    "submit": "Seal, sign and send a report with its evidence.",
    "import": "Send past incidents from another system's files as reports.",
    "classify": "Find the offences that narratives on stdin describe.",
    "basis": "Find the legal bases for a measure between two States.",
    "law": "Check the law data; compare offences between States; the matrix of harmonisation.",
    "packet": "Verify or open a packet.",
    "audit": "Recompute the audit log and compare it with its checkpoints.",
    "receipt": "Verify and print the receipt of a submission.",
    "bench": "Measure against baselines of the same run.",
    "device": "Enrol and revoke devices.",
    "user": "Add people and appoint them.",
    "quarantine": "Show what did not open; try it again, release it, or give it up.",
    "retention": "Set for how long incidents are kept; show what is due, held and erased.",
    "card": "Export and import key cards.",
    "keys": "List, publish, rotate, destroy and copy keys, add authorities, restore.",
    "serve": "Run one process of a node, told by its environment.",
    "migrate": "Migrate the database and apply the grants.",
    "roles": "Print the SQL that makes the roles on a PostgreSQL server of your own.",
    "manage": "Run one of Django's own commands as the owner.",
}


def _module(name: str) -> str:
    return f"backend.cli.{name}_" if iskeyword(name) else f"backend.cli.{name}"


class LazyGroup(click.Group):
    """A group whose commands are `backend.cli.<name>.command`, with an underscore where a name is a word of Python."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands that are there, in the order of SUMMARIES."""
        return [name for name in SUMMARIES if util.find_spec(_module(name)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Imports the one command that is called."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = import_module(_module(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, from SUMMARIES and without an import."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, SUMMARIES[name]) for name in self.list_commands(ctx)])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="comity")
def cli() -> None:
    """Carries a cybercrime incident from a unit's report to a letter of request that another State can execute."""


def main() -> None:
    """The console script: exit code 0 fine, 1 a check or a start failed, 2 wrong usage; an error is one sentence."""
    try:
        cli(prog_name="comity")
    except NodeError as error:
        click.echo(f"comity: {error}", err=True)
        sys.exit(1)
    except Exception as error:
        # Django's own error of settings, without importing Django for it.
        if type(error).__name__ != "ImproperlyConfigured":
            raise
        click.echo(f"comity: {error}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
