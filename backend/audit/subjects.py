"""What an event is about and who acted, as protocols: the log stands below every app and points up to none."""

from dataclasses import dataclass
from typing import Protocol


class Subject(Protocol):
    """Whatever an event can be about: an incident, a referral, a device, …"""

    @property
    def audit_kind(self) -> str: ...

    @property
    def audit_id(self) -> str: ...


class Acting(Protocol):
    """Whoever can act: a person in a role, or a process."""

    @property
    def audit_role(self) -> str: ...

    @property
    def audit_id(self) -> str: ...


@dataclass(frozen=True)
class Reference:
    """A subject known only by kind and id, for callers that hold no object."""

    kind: str
    id: str

    @property
    def audit_kind(self) -> str:
        return self.kind

    @property
    def audit_id(self) -> str:
        return self.id


@dataclass(frozen=True)
class System:
    """A process of the node acting by itself: ``System("worker")``."""

    process: str

    @property
    def audit_role(self) -> str:
        return "system"

    @property
    def audit_id(self) -> str:
        return self.process
