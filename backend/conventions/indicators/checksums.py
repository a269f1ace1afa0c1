"""Check digits and checksums by which a string is known to be what it looks like. Sources stand at each function."""

import functools
import hashlib
import operator

_DOUBLED = (0, 2, 4, 6, 8, 1, 3, 5, 7, 9)
_BASE58 = {c: i for i, c in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {c: i for i, c in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
# What the five top bits of the running value add, for each of their 32 states.
_BECH32_TAPS = [
    functools.reduce(operator.xor, (tap for bit, tap in enumerate(_BECH32_GENERATOR) if top >> bit & 1), 0)
    for top in range(32)
]
_KECCAK_BITS = 256


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, Annex B: card numbers and IMEIs."""
    # Each second digit from the right counts double, its own digits added up.
    return (sum(map(int, digits[-1::-2])) + sum(map(_DOUBLED.__getitem__, map(int, digits[-2::-2])))) % 10 == 0


def base58_payload(text: str) -> bytes | None:
    """The 21 bytes (version and hash) of a Base58Check address, or None where the checksum fails."""
    number = 0
    for char in text:
        if char not in _BASE58:
            return None
        number = number * 58 + _BASE58[char]
    if number >> 200:
        return None
    raw = number.to_bytes(25, "big")
    leading = len(text) - len(text.lstrip("1"))
    if len(raw) - len(raw.lstrip(b"\0")) != leading:
        return None
    payload, check = raw[:21], raw[21:]
    return payload if hashlib.sha256(hashlib.sha256(payload).digest()).digest()[:4] == check else None


def segwit(text: str, prefix: str) -> bool:
    """BIP 173 and BIP 350: whether this is a segwit address of `prefix`: its checksum, version and length hold."""
    lower = text.lower()
    if text not in {lower, text.upper()} or not lower.startswith(prefix + "1"):
        return False
    data = [_BECH32.get(char, -1) for char in lower[len(prefix) + 1 :]]
    if -1 in data or len(data) < 8:
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    # Version 0 has the constant of BIP 173, later ones that of BIP 350; the last six values are the checksum.
    if data[0] > 16 or _polymod(expanded + data) != (1 if data[0] == 0 else 0x2BC830A3):
        return False
    size, rest = divmod((len(data) - 7) * 5, 8)
    padding_is_zero = rest < 5 and data[-7] & ((1 << rest) - 1) == 0
    return padding_is_zero and (size in {20, 32} if data[0] == 0 else 2 <= size <= 40)


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        check = (check & 0x1FFFFFF) << 5 ^ value ^ _BECH32_TAPS[check >> 25]
    return check


def eip55(address: str) -> bool:
    """EIP-55: whether the capitals of `0x` + 40 hex digits are its checksum; all lower or all upper carries none."""
    digits = address[2:]
    lower = digits.lower()
    if digits in {lower, digits.upper()}:
        return True
    digest = keccak256(lower.encode()).hex()
    return all(c.isupper() == (d > "7") for c, d in zip(digits, digest, strict=False) if c.isalpha())


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the padding of before FIPS 202, as Ethereum has it; hashlib's SHA3-256 is another."""
    from Crypto.Hash import keccak  # imported late: a twentieth of a second, and few texts have such an address

    return bytes(keccak.new(data=data, digest_bits=_KECCAK_BITS).digest())
