"""The vectors of tests/vectors/comity, and the published keys that made them."""

import json
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from crypto.keyholder.signing import SigningKey

FOLDER = Path(__file__).parents[1] / "vectors" / "comity"


def load(name: str) -> dict[str, Any]:
    """Return the vector file `name`."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def signing_key(name: str) -> SigningKey:
    """Return a key of keys.json."""
    entry = next(entry for entry in load("keys")["signature"] if entry["name"] == name)
    private = bytes.fromhex(entry["private"])
    if entry["algorithm"] == "ed25519":
        return SigningKey(ed25519.Ed25519PrivateKey.from_private_bytes(private))
    return SigningKey(ec.derive_private_key(int.from_bytes(private, "big"), ec.SECP256R1()))


def flipped(data: bytes, position: int, bit: int = 0) -> bytes:
    """Return `data` with one bit changed."""
    changed = bytearray(data)
    changed[position % len(data)] ^= 1 << bit
    return bytes(changed)
