"""The Merkle tree of RFC 6962, section 2.1 (algorithms of RFC 9162, section 2.1), over SHA-256.

A tree is kept as its complete nodes: node (level, i) is the hash over leaves i·2^level up to (i+1)·2^level. Functions
that read a stored tree take a look-up `node(level, i)`, so that they work over a database table as over a list.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Sequence

from crypto.errors import InvalidProof, Reason

Node = Callable[[int, int], bytes]
MAX_SIZE = 2**62
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(data: bytes) -> bytes:
    """Return the 32-byte hash of a leaf."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the 32-byte hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaf_hashes: Sequence[bytes]) -> bytes:
    """Return the root over all of `leaf_hashes`, in order, by recomputing the whole tree."""
    nodes = {(level, index): value for level, index, value in complete_nodes(0, leaf_hashes, _nothing_stored)}
    return root_of(len(leaf_hashes), lambda level, index: nodes[level, index])


def root_of(size: int, node: Node) -> bytes:
    """Return the root of the stored tree's first `size` leaves, from at most 62 look-ups."""
    return _range_hash(0, size, node) if size else EMPTY_ROOT


def complete_nodes(size: int, new_leaf_hashes: Iterable[bytes], node: Node) -> list[tuple[int, int, bytes]]:
    """Return the nodes (level, index, hash), leaves included, that become complete when leaves follow the first `size`.

    `node` is asked only for nodes that were complete before.
    """
    added: dict[tuple[int, int], bytes] = {}
    for index, value in enumerate(new_leaf_hashes, start=size):
        level, i, current = 0, index, value
        added[level, i] = current
        while i & 1:
            left = added[level, i - 1] if (level, i - 1) in added else node(level, i - 1)
            level, i, current = level + 1, i >> 1, node_hash(left, current)
            added[level, i] = current
    return [(level, index, value) for (level, index), value in added.items()]


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """Return the hashes from the sibling of leaf `index` up to a child of the root of the first `size` leaves.

    Raises `ValueError` unless 0 ≤ index < size.
    """
    if not 0 <= index < size:
        raise ValueError(f"leaf {index} of a tree of {size}: expected 0 ≤ index < size")
    path: list[bytes] = []
    begin, end = 0, size
    while end - begin > 1:
        middle = begin + _split(end - begin)
        if index < middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node))
            begin = middle
    return path[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes) -> None:
    """Return if `path` leads from hash `leaf` at `index` to the root of a tree of `size`, or raise `InvalidProof`."""
    if not 0 <= index < size <= MAX_SIZE:
        raise InvalidProof from Reason("the index is outside the tree")
    current, fn, sn = leaf, index, size - 1
    for sibling in path:
        if sn == 0:
            raise InvalidProof from Reason("the path is too long")
        if fn & 1 or fn == sn:
            current = node_hash(sibling, current)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            current = node_hash(current, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0 or not hmac.compare_digest(current, expected_root):
        raise InvalidProof from Reason("the path does not lead to the root")


def consistency_path(old_size: int, new_size: int, node: Node) -> list[bytes]:
    """Return the proof that the tree of `old_size` leaves is the beginning of that of `new_size`.

    Raises `ValueError` unless 0 ≤ old_size ≤ new_size. For an empty old tree, or equal sizes, the proof is empty.
    """
    if not 0 <= old_size <= new_size:
        raise ValueError(f"sizes {old_size} and {new_size}: expected 0 ≤ old ≤ new")
    if old_size in (0, new_size):
        return []
    path: list[bytes] = []
    begin, end = 0, new_size
    while end != old_size:
        middle = begin + _split(end - begin)
        if old_size <= middle:
            path.append(_range_hash(middle, end, node))
            end = middle
        else:
            path.append(_range_hash(begin, middle, node))
            begin = middle
    if begin:
        path.append(_range_hash(begin, end, node))
    return path[::-1]


def verify_consistency(old_size: int, new_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes]) -> None:
    """Return if `path` shows that the old tree is the beginning of the new one; else raise `InvalidProof`."""
    if not 0 <= old_size <= new_size <= MAX_SIZE:
        raise InvalidProof from Reason("the tree shrank")
    if old_size in (0, new_size):
        _compare_trivial(old_size, old_root, new_root, path, same=old_size == new_size)
        return
    hashes = list(path)
    if old_size & (old_size - 1) == 0:
        hashes.insert(0, old_root)  # A complete old tree is itself a node of the new one: RFC 9162, section 2.1.4.2.
    if not hashes:
        raise InvalidProof from Reason("the path is empty")
    old, new = _fold_consistency(old_size, new_size, hashes)
    if not (hmac.compare_digest(old, old_root) and hmac.compare_digest(new, new_root)):
        raise InvalidProof from Reason("the path does not lead to both roots")


def _compare_trivial(old_size: int, old_root: bytes, new_root: bytes, path: Sequence[bytes], *, same: bool) -> None:
    wrong_empty = old_size == 0 and old_root != EMPTY_ROOT
    if path or wrong_empty or (same and old_root != new_root):
        raise InvalidProof from Reason("the roots of equal or empty trees differ, or a path was given for them")


def _fold_consistency(old_size: int, new_size: int, hashes: list[bytes]) -> tuple[bytes, bytes]:
    fn, sn = old_size - 1, new_size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    old = new = hashes[0]
    for sibling in hashes[1:]:
        if sn == 0:
            raise InvalidProof from Reason("the path is too long")
        if fn & 1 or fn == sn:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            new = node_hash(new, sibling)
        fn, sn = fn >> 1, sn >> 1
    if sn != 0:
        raise InvalidProof from Reason("the path is too short")
    return old, new


def _split(count: int) -> int:
    """Return the largest power of two smaller than `count` (at least 2)."""
    return 1 << ((count - 1).bit_length() - 1)


def _range_hash(begin: int, end: int, node: Node) -> bytes:
    count = end - begin
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, begin >> level)
    middle = begin + _split(count)
    return node_hash(_range_hash(begin, middle, node), _range_hash(middle, end, node))


def _nothing_stored(level: int, index: int) -> bytes:
    raise KeyError((level, index))
