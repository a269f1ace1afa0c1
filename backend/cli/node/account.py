"""The account PostgreSQL runs as: the caller's, or for root (whom it refuses) an unprivileged one."""

import os
import pwd
from dataclasses import dataclass
from typing import Any

from backend.cli.node.errors import NodeError

# `comity` where the administrator made such an account; else `nobody`, which every Debian has. initdb refuses a uid
# that is not in passwd, and a start-up that creates accounts would surprise: docs/decisions/postgresql-as-root.md
PREFERRED = ("comity", "nobody")


@dataclass(frozen=True)
class Account:
    """Who a child runs as; `drop` is what subprocess.Popen needs for it, empty where nothing changes."""

    uid: int
    gid: int

    @property
    def drop(self) -> dict[str, Any]:
        """Arguments of subprocess.Popen that give up root's rights, its groups among them."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


def postgres_account() -> Account:
    """The caller itself, or the first of PREFERRED where the caller is root."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    for name in PREFERRED:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise NodeError(
        f"PostgreSQL does not run as root and this machine has no account {' or '.join(PREFERRED)}; "
        "create one (useradd --system comity) or start the node as an ordinary user."
    )
