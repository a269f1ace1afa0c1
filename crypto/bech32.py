"""Bech32 as age uses it: BIP 173 without the length limit. Failures are `ValueError` without content."""

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)}
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM = 6
MAX_TEXT = 4096  # The longest text of ours, a hybrid recipient, has 1,959 characters.


def encode(hrp: str, data: bytes) -> str:
    """Return the Bech32 text of `data` under the prefix `hrp`: upper case if `hrp` is, else lower case."""
    lower = hrp.lower()
    values = _regroup(data, 8, 5, pad=True)
    polymod = _polymod([*_expand(lower), *values, *[0] * _CHECKSUM]) ^ 1
    checksum = [polymod >> 5 * (_CHECKSUM - 1 - i) & 31 for i in range(_CHECKSUM)]
    text = lower + "1" + "".join(_ALPHABET[value] for value in [*values, *checksum])
    return text.upper() if hrp.isupper() else text


def decode(text: str) -> tuple[str, bytes]:
    """Return the prefix, in the case in which it is written, and the bytes of `text`, or raise `ValueError`."""
    if len(text) > MAX_TEXT or not text.isascii():
        raise ValueError("too long or not ASCII")
    if text not in (text.lower(), text.upper()):
        raise ValueError("mixed case")
    hrp, separator, encoded = text.rpartition("1")
    if not hrp or not separator or len(encoded) < _CHECKSUM or not all(33 <= ord(c) <= 126 for c in hrp):
        raise ValueError("no prefix, no separator or no checksum")
    try:
        values = [_VALUES[character] for character in encoded.lower()]
    except KeyError:
        raise ValueError("a character outside the alphabet") from None
    if _polymod([*_expand(hrp.lower()), *values]) != 1:
        raise ValueError("wrong checksum")
    return hrp, bytes(_regroup(values[:-_CHECKSUM], 5, 8, pad=False))


def _expand(hrp: str) -> list[int]:
    return [ord(c) >> 5 for c in hrp] + [0] + [ord(c) & 31 for c in hrp]


def _polymod(values: list[int]) -> int:
    state = 1
    for value in values:
        top = state >> 25
        state = (state & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATORS):
            if top >> i & 1:
                state ^= generator
    return state


def _regroup(values: bytes | list[int], size_in: int, size_out: int, *, pad: bool) -> list[int]:
    accumulator = bits = 0
    result: list[int] = []
    for value in values:
        accumulator = accumulator << size_in | value
        bits += size_in
        while bits >= size_out:
            bits -= size_out
            result.append(accumulator >> bits & (1 << size_out) - 1)
        accumulator &= (1 << bits) - 1
    if pad and bits:
        result.append(accumulator << size_out - bits & (1 << size_out) - 1)
    elif not pad and (bits >= size_in or accumulator):
        raise ValueError("bits left over")
    return result
