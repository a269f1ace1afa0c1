"""Files sealed here open elsewhere, and files sealed elsewhere open here, at every size around the edges of a chunk."""

import os
import subprocess
from pathlib import Path

import pytest

from crypto.keyholder.identities import generate_pq, generate_x25519, recipient_of
from crypto.keyholder.opening import open_sealed
from crypto.sealing import seal
from tests.crypto.vectors import flipped

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
SIZES = [0, 1, 65_535, 65_536, 65_537, 131_072, 200_001]
KEYS = {"hybrid": generate_pq(), "x25519": generate_x25519()}


def run(command: list[str], data: bytes) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, input=data, cwd=ROOT, capture_output=True, check=False, timeout=60)


def output(command: list[str], data: bytes) -> bytes:
    done = run(command, data)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def identity_file(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    path = tmp_path / "identity"
    path.write_text(f"# an identity for a test\n\n{KEYS[request.getfixturevalue('kind')]}\n", encoding="ascii")
    return path


@pytest.mark.node
@pytest.mark.parametrize("kind", KEYS)
@pytest.mark.parametrize("size", SIZES)
class TestNpmAgeEncryption:
    def test_opens_what_is_sealed_here(self, node: str, identity_file: Path, kind: str, size: int):
        plaintext = os.urandom(size)

        sealed = seal(plaintext, [recipient_of(KEYS[kind])])

        assert output([node, "scripts/age-open.mjs", str(identity_file)], sealed) == plaintext

    def test_seals_what_opens_here(self, node: str, kind: str, size: int):
        plaintext = os.urandom(size)

        sealed = output([node, "scripts/age-seal.mjs", str(recipient_of(KEYS[kind]))], plaintext)

        assert open_sealed(sealed, [KEYS[kind]]) == plaintext


@pytest.mark.node
@pytest.mark.parametrize("kind", ["hybrid"])
def test_the_script_that_opens_refuses_a_changed_file(node: str, identity_file: Path, kind: str):
    sealed = seal(b"content", [recipient_of(KEYS[kind])])

    done = run([node, "scripts/age-open.mjs", str(identity_file)], flipped(sealed, -1))

    assert done.returncode == 1
    assert b"does not open" in done.stderr
    assert b"content" not in done.stdout


@pytest.mark.parametrize("kind", ["x25519"])
@pytest.mark.parametrize("size", SIZES)
class TestDebianAge:
    def test_opens_what_is_sealed_here(self, debian_age: str, identity_file: Path, kind: str, size: int):
        plaintext = os.urandom(size)

        sealed = seal(plaintext, [recipient_of(KEYS[kind])])

        assert output([debian_age, "--decrypt", "--identity", str(identity_file)], sealed) == plaintext

    def test_seals_what_opens_here(self, debian_age: str, kind: str, size: int):
        plaintext = os.urandom(size)

        sealed = output([debian_age, "--encrypt", "--recipient", str(recipient_of(KEYS[kind]))], plaintext)

        assert open_sealed(sealed, [KEYS[kind]]) == plaintext
