"""Where it happened, or where data lie: a typed block for each kind of place (docs/report.md)."""

from typing import Annotated

from msgspec import Meta

from backend.incidents.blocks import Block, Chain, IpAddress, Line, Long, Note, Port, State


class Place(Block, frozen=True, tag_field="kind"):
    """What every place has: `value` identifies it, `provider` keeps it, `state` is where the provider or owner is."""

    value: Line
    provider: Line | None = None
    state: State | None = None
    note: Note | None = None

    @property
    def kind(self) -> str:
        """The kind: `web`, `mail` …"""
        return str(self.__struct_config__.tag)

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """Further identifiers: member, type of indicator (`ip` for an address of either version), value."""
        return ()


class WebPlace(Place, frozen=True, tag="web"):
    """A page or site: `value` is its address or host, `ip` the address that it resolved to."""

    ip: IpAddress | None = None

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """The address that it resolved to."""
        return (("ip", "ip", self.ip),) if self.ip else ()


class MailPlace(Place, frozen=True, tag="mail"):
    """A mailbox: `value` is its address; `message_id` of the message meant."""

    message_id: Line | None = None


class ChatPlace(Place, frozen=True, tag="chat"):
    """An account of a messenger: `value` is its name or number; `room` the group or channel."""

    account_id: Line | None = None
    room: Line | None = None


class SocialPlace(Place, frozen=True, tag="social-network"):
    """An account of a social network: `value` is its name, `profile` the address of its page."""

    account_id: Line | None = None
    profile: Long | None = None

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """The page of the profile."""
        return (("profile", "url", self.profile),) if self.profile else ()


class PhonePlace(Place, frozen=True, tag="phone"):
    """A telephone number, best with its country (`+1 473 …`); `imei` of the telephone, `imsi` of the card."""

    imei: Line | None = None
    imsi: Annotated[str, Meta(pattern=r"^[0-9]{14,15}$")] | None = None

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """The telephone itself."""
        return (("imei", "imei", self.imei),) if self.imei else ()


class BankPlace(Place, frozen=True, tag="bank"):
    """A bank account: `value` is its IBAN or number, `provider` the bank."""

    holder: Line | None = None
    bic: Annotated[str, Meta(pattern=r"^[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?$")] | None = None


class WalletPlace(Place, frozen=True, tag="wallet"):
    """A wallet: `value` is its address, `chain` where it lives; `transactions` are those meant."""

    chain: Chain | None = None
    transactions: Annotated[list[Line], Meta(max_length=100)] = []


class DevicePlace(Place, frozen=True, tag="device"):
    """A device: `value` is its IMEI, serial number or name."""

    mac: Annotated[str, Meta(pattern=r"^[0-9A-Fa-f]{2}([:-][0-9A-Fa-f]{2}){5}$")] | None = None
    model: Line | None = None

    @property
    def typed(self) -> tuple[tuple[str, str, str], ...]:
        """Its address on the local network."""
        return (("mac", "mac", self.mac),) if self.mac else ()


class NetworkPlace(Place, frozen=True, tag="network"):
    """A network: `value` is an address or a range of them (`198.51.100.0/24`)."""

    port: Port | None = None
    asn: Annotated[int, Meta(ge=1, le=2**32 - 1)] | None = None


Where = (
    WebPlace | MailPlace | ChatPlace | SocialPlace | PhonePlace | BankPlace | WalletPlace | DevicePlace | NetworkPlace
)
