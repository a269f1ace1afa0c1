"""The independent reader by the vectors of crypto/SPEC.md, and what it imports."""

import ast
import json
import sys
from pathlib import Path

import pytest

from backend.cli.node.home import CHECKOUT
from tests.faults.reader import formats
from tests.faults.reader.formats import DoesNotHold

VECTORS = CHECKOUT / "tests" / "vectors" / "comity"
LOG = json.loads((VECTORS / "log.json").read_text())
AT_REST = json.loads((VECTORS / "datakeys.json").read_text())
READER = Path(formats.__file__).parent


def test_it_imports_nothing_of_the_node():
    imported = set()
    for path in READER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add(node.module or "")
    strange = {name for name in imported if name.split(".")[0] not in sys.stdlib_module_names}
    assert strange - {name for name in strange if name.startswith("tests.faults.reader")} <= {
        "psycopg", "cryptography.exceptions",
        "cryptography.hazmat.primitives.asymmetric.ec", "cryptography.hazmat.primitives.asymmetric.ed25519",
        "cryptography.hazmat.primitives.asymmetric.utils", "cryptography.hazmat.primitives.ciphers.aead",
        "cryptography.hazmat.primitives.hashes", "cryptography.hazmat.primitives.kdf.hkdf",
    }  # fmt: skip


def log_key() -> str:
    raw = LOG["vkey"].split("+", 2)[2]
    public = formats.base64.b64decode(raw)[1:]
    return "ed25519:" + formats.base64.urlsafe_b64encode(public).decode().rstrip("=")


def test_leaves_and_roots_are_those_of_the_vectors():
    leaves = [formats.leaf_hash(formats.LEAF + formats.canonical(event)) for event in LOG["events"]]
    assert [leaf.hex() for leaf in leaves] == LOG["leaf_hashes"]
    assert [root.hex() for root in formats.roots(leaves)] == LOG["roots"][1 : len(leaves) + 1]


def test_the_receipt_of_the_vectors_holds():
    proof = formats.receipt(LOG["receipt"].encode(), LOG["origin"], log_key())
    assert proof.index == int(LOG["receipt_index"])
    assert proof.event == LOG["events"][proof.index]
    assert proof.root.hex() == LOG["roots"][proof.size]


@pytest.mark.parametrize("refused", LOG["refused"], ids=lambda one: one["why"].replace(" ", "-")[:40])
def test_what_the_vectors_refuse_is_refused(refused):
    with pytest.raises((DoesNotHold, ValueError, IndexError, KeyError)):
        formats.receipt(refused["receipt"].encode(), LOG["origin"], log_key())


def test_columns_and_keys_open_at_their_place_alone():
    place, wrapped_place = (
        tuple(AT_REST[name][part] for part in ("table", "row", "column")) for name in ("place", "wrapped_place")
    )
    key, field = bytes.fromhex(AT_REST["key"]), bytes.fromhex(AT_REST["field"])
    assert formats.decrypt(key, field, place).decode() == AT_REST["plaintext"]
    root, wrapped = bytes.fromhex(AT_REST["root"]), bytes.fromhex(AT_REST["wrapped_key"])
    assert formats.decrypt(root, wrapped, wrapped_place, context=formats.WRAPPED) == key
    for moved in ((place[0], "43", place[2]), (place[0], place[1], "title")):
        with pytest.raises(DoesNotHold):
            formats.decrypt(key, field, moved)
