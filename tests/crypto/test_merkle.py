"""The Merkle tree: every leaf is provable, every tree is the beginning of every later one, and nothing else is."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto import merkle
from crypto.errors import InvalidProof
from tests.crypto.vectors import load

SIZE = 70
LEAVES = [merkle.leaf_hash(bytes([i])) for i in range(SIZE)]
NODES = {(level, i): value for level, i, value in merkle.complete_nodes(0, LEAVES, lambda _level, _i: b"")}


def node(level: int, index: int) -> bytes:
    return NODES[level, index]


def by_definition(leaves: list[bytes]) -> bytes:
    """The tree hash as RFC 6962, section 2.1, defines it: by recursion on the largest power of two."""
    if len(leaves) <= 1:
        return leaves[0] if leaves else hashlib.sha256().digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return merkle.node_hash(by_definition(leaves[:k]), by_definition(leaves[k:]))


def test_roots_are_those_of_the_definition():
    for size in range(SIZE + 1):
        assert merkle.root(LEAVES[:size]) == merkle.root_of(size, node) == by_definition(LEAVES[:size])


def test_every_leaf_of_every_tree_is_provable():
    for size in range(1, SIZE + 1):
        root = merkle.root_of(size, node)
        for index in range(size):
            merkle.verify_inclusion(LEAVES[index], index, size, merkle.inclusion_path(index, size, node), root)


def test_every_tree_is_shown_to_be_the_beginning_of_every_later_one():
    roots = [merkle.root_of(size, node) for size in range(SIZE + 1)]
    for new in range(SIZE + 1):
        for old in range(new + 1):
            path = merkle.consistency_path(old, new, node)
            merkle.verify_consistency(old, new, roots[old], roots[new], path)


@given(steps=st.lists(st.integers(0, 9), max_size=12))
def test_a_tree_that_grows_in_steps_has_the_same_nodes(steps: list[int]):
    stored: dict[tuple[int, int], bytes] = {}
    size = 0
    for step in steps:
        added = merkle.complete_nodes(size, LEAVES[size : size + step], lambda level, i: stored[level, i])
        assert not stored.keys() & {(level, i) for level, i, _ in added}
        stored.update({(level, i): value for level, i, value in added})
        size = min(size + step, SIZE)
    assert stored == {key: value for key, value in NODES.items() if (key[1] + 1) << key[0] <= size}


@given(size=st.integers(1, SIZE), data=st.data())
def test_another_leaf_index_size_path_or_root_is_refused(size: int, data: st.DataObject):
    index = data.draw(st.integers(0, size - 1))
    path, root = merkle.inclusion_path(index, size, node), merkle.root_of(size, node)
    merkle.verify_inclusion(LEAVES[index], index, size, path, root)

    other = data.draw(st.integers(-2, size + 2).filter(lambda i: i != index))
    wrong = [
        (merkle.leaf_hash(b"x"), index, size, path, root),
        (LEAVES[index], other, size, path, root),
        (LEAVES[index], index, size, [*path, bytes(32)], root),
        (LEAVES[index], index, size, path, bytes(32)),
        (LEAVES[index], index, 0, path, root),
    ]
    if path:
        wrong.append((LEAVES[index], index, size, path[:-1], root))
        wrong.append((LEAVES[index], index, size, [bytes(32), *path[1:]], root))
    for case in wrong:
        with pytest.raises(InvalidProof):
            merkle.verify_inclusion(*case)


@given(sizes=st.tuples(st.integers(0, SIZE), st.integers(0, SIZE)).map(sorted), data=st.data())
def test_a_tree_that_was_rewritten_is_not_consistent(sizes: list[int], data: st.DataObject):
    old, new = sizes
    path = merkle.consistency_path(old, new, node)
    roots = merkle.root_of(old, node), merkle.root_of(new, node)
    merkle.verify_consistency(old, new, *roots, path)

    wrong = [
        (old, new, bytes(32), roots[1], path),
        (old, new, *roots, [*path, bytes(32)]),
        (new + 1, new, *roots, path),
    ]
    if old:
        wrong.append((old, new, roots[0], bytes(32), path))
    if path:
        wrong.append((old, new, *roots, path[:-1]))
        position = data.draw(st.integers(0, len(path) - 1))
        wrong.append((old, new, *roots, [*path[:position], bytes(32), *path[position + 1 :]]))
    for case in wrong:
        with pytest.raises(InvalidProof):
            merkle.verify_consistency(*case)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_no_path_is_made_to_a_leaf_outside_the_tree(index: int, size: int):
    with pytest.raises(ValueError, match="index"):
        merkle.inclusion_path(index, size, node)


def test_no_path_is_made_from_a_larger_tree_to_a_smaller():
    with pytest.raises(ValueError, match="old"):
        merkle.consistency_path(6, 5, node)


def test_the_roots_and_the_consistency_of_the_vectors_hold():
    vector = load("log")
    leaves = [bytes.fromhex(leaf) for leaf in vector["leaf_hashes"]]
    roots = [bytes.fromhex(root) for root in vector["roots"]]
    old, new = vector["consistency"]["old"], vector["consistency"]["new"]

    assert [merkle.root(leaves[:size]) for size in range(len(leaves) + 1)] == roots
    path = [bytes.fromhex(value) for value in vector["consistency"]["path"]]
    merkle.verify_consistency(old, new, roots[old], roots[new], path)
