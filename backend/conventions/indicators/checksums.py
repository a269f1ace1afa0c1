"""Check digits and checksums by which a string is known to be what it looks like. Sources stand at each function."""

import hashlib

_BASE58 = {c: i for i, c in enumerate("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz")}
_BECH32 = {c: i for i, c in enumerate("qpzry9x8gf2tvdw0s3jn54khce6mua7l")}
_BECH32_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_BECH32_CONSTANTS = {1, 0x2BC830A3}  # BIP 173 for version 0, BIP 350 for later versions
_MASK = (1 << 64) - 1


def luhn(digits: str) -> bool:
    """ISO/IEC 7812-1, Annex B: card numbers and IMEIs."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


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


def bech32(text: str, prefix: str) -> bool:
    """BIP 173 and BIP 350: whether the checksum of a segwit address of `prefix` holds."""
    lower = text.lower()
    if text not in {lower, text.upper()} or not lower.startswith(prefix + "1"):
        return False
    data = [_BECH32.get(char, -1) for char in lower[len(prefix) + 1 :]]
    if -1 in data or len(data) < 8:
        return False
    expanded = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    return _polymod(expanded + data) in _BECH32_CONSTANTS


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for bit, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> bit & 1 else 0
    return check


def eip55(address: str) -> bool:
    """EIP-55: whether the capitals of `0x` + 40 hex digits are its checksum; all lower or all upper carries none."""
    digits = address[2:]
    if digits in {digits.lower(), digits.upper()}:
        return True
    digest = keccak256(digits.lower().encode()).hex()
    return all(c.upper() == c if int(d, 16) >= 8 else c.lower() == c for c, d in zip(digits, digest, strict=False))


def keccak256(data: bytes) -> bytes:
    """Keccak-256 with the padding of before FIPS 202, as Ethereum has it; hashlib has only the later SHA3-256."""
    rate = 136
    padded = bytearray(data + b"\x01")
    padded += bytes(-len(padded) % rate)
    padded[-1] |= 0x80
    lanes = [0] * 25
    for start in range(0, len(padded), rate):
        for lane in range(rate // 8):
            offset = start + lane * 8
            lanes[lane] ^= int.from_bytes(padded[offset : offset + 8], "little")
        _permute(lanes)
    return b"".join(lane.to_bytes(8, "little") for lane in lanes[:4])


def _permute(lanes: list[int]) -> None:
    """Keccak-f[1600]: theta, rho with pi, chi, iota (the round constant from its shift register), 24 times."""
    register = 1
    for _ in range(24):
        columns = [lanes[x] ^ lanes[x + 5] ^ lanes[x + 10] ^ lanes[x + 15] ^ lanes[x + 20] for x in range(5)]
        for x in range(5):
            parity = columns[(x - 1) % 5] ^ _rotate(columns[(x + 1) % 5], 1)
            for y in range(0, 25, 5):
                lanes[x + y] ^= parity
        x, y, kept = 1, 0, lanes[1]
        for step in range(24):
            x, y = y, (2 * x + 3 * y) % 5
            lanes[x + 5 * y], kept = _rotate(kept, (step + 1) * (step + 2) // 2 % 64), lanes[x + 5 * y]
        for row in range(0, 25, 5):
            old = lanes[row : row + 5]
            for x in range(5):
                lanes[row + x] = old[x] ^ (~old[(x + 1) % 5] & _MASK & old[(x + 2) % 5])
        for power in range(7):
            register = (register << 1 ^ (register >> 7) * 0x71) % 256
            if register & 2:
                lanes[0] ^= 1 << ((1 << power) - 1)


def _rotate(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK
