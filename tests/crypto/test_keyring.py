"""The file keyring: private, durable, never overwritten."""

import os
import stat
from pathlib import Path

import pytest

from crypto.keyholder.keyring import FileKeyring, KeyExists, KeyMissing, KeyringError, KeyringUnsafe


@pytest.fixture
def keyring(tmp_path: Path) -> FileKeyring:
    ring = FileKeyring(tmp_path / "keys" / "worker")
    ring.create("root.key", "intake/0123456789abcdef.age")
    return ring


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_new_keys_are_random_and_private_whatever_the_umask(tmp_path: Path):
    before = os.umask(0)
    try:
        ring = FileKeyring(tmp_path / "worker")
        ring.create("a.key", "b/c.key")
    finally:
        os.umask(before)

    assert ring.names() == ["a.key", "b/c.key"]
    assert len(ring.read("a.key")) == 32
    assert ring.read("a.key") != ring.read("b/c.key")
    assert [mode(ring.folder / name) for name in ("a.key", "b/c.key", "b", "")] == [0o600, 0o600, 0o700, 0o700]


def test_what_is_written_is_read(keyring: FileKeyring):
    keyring.write("transport.pem", b"secret")

    assert keyring.read("transport.pem") == b"secret"
    keyring.check()


def test_a_key_is_never_overwritten(keyring: FileKeyring):
    secret = keyring.read("root.key")

    with pytest.raises(KeyExists, match=r"root\.key"):
        keyring.create("root.key")

    assert keyring.read("root.key") == secret
    assert sorted(path.name for path in keyring.folder.iterdir()) == ["intake", "root.key"]


def test_a_missing_key_is_named(keyring: FileKeyring):
    for act in (keyring.read, keyring.destroy):
        with pytest.raises(KeyMissing, match=r"other\.key"):
            act("other.key")


def test_a_missing_keyring_is_named(tmp_path: Path):
    ring = FileKeyring(tmp_path / "none")

    assert ring.names() == []
    with pytest.raises(KeyMissing, match="none"):
        ring.check()


def test_a_destroyed_key_is_gone(keyring: FileKeyring):
    keyring.destroy("root.key")

    assert keyring.names() == ["intake/0123456789abcdef.age"]


def test_a_destroyed_keys_bytes_are_overwritten(keyring: FileKeyring):
    other_name = keyring.folder / "held"
    os.link(keyring.folder / "root.key", other_name)
    secret = other_name.read_bytes()

    keyring.destroy("root.key")

    assert len(other_name.read_bytes()) == len(secret)
    assert other_name.read_bytes() != secret


def test_a_link_in_a_keys_place_is_not_followed_to_be_overwritten(keyring: FileKeyring, tmp_path: Path):
    outside = tmp_path / "outside"
    outside.write_bytes(b"something else")
    (keyring.folder / "root.key").unlink()
    (keyring.folder / "root.key").symlink_to(outside)

    with pytest.raises(KeyringUnsafe):
        keyring.destroy("root.key")
    assert outside.read_bytes() == b"something else"


def test_drafts_that_were_cut_off_are_destroyed_and_a_key_with_two_names_stays(keyring: FileKeyring):
    secret = keyring.read("root.key")
    alone, linked = keyring.folder / ".0123456789abcdef.new", keyring.folder / "intake" / ".fedcba9876543210.new"
    alone.write_bytes(b"half a key")
    alone.chmod(0o600)
    os.link(keyring.folder / "root.key", linked)

    assert keyring.remove_drafts(before=alone.stat().st_mtime - 60) == 0
    assert keyring.remove_drafts(before=alone.stat().st_mtime + 60) == 2
    assert not alone.exists()
    assert not linked.exists()
    assert keyring.read("root.key") == secret


@pytest.mark.parametrize("name", ["root.key", "intake/0123456789abcdef.age"])
@pytest.mark.parametrize("wrong", [0o640, 0o604, 0o660, 0o622])
def test_a_key_open_to_others_is_refused(keyring: FileKeyring, name: str, wrong: int):
    assert keyring.read(name)
    (keyring.folder / name).chmod(wrong)

    for act in (lambda: keyring.read(name), keyring.check):
        with pytest.raises(KeyringUnsafe, match=f"{wrong:04o}.*chmod"):
            act()


@pytest.mark.parametrize("folder", ["", "intake"])
def test_a_folder_open_to_others_is_refused(keyring: FileKeyring, folder: str):
    (keyring.folder / folder).chmod(0o755)

    for act in (
        lambda: keyring.read("intake/0123456789abcdef.age"),
        lambda: keyring.write("intake/new.age", b"x"),
        keyring.check,
    ):
        with pytest.raises(KeyringUnsafe, match="0755"):
            act()


def test_links_and_folders_are_no_keys(keyring: FileKeyring, tmp_path: Path):
    (tmp_path / "elsewhere").write_bytes(b"x")
    (keyring.folder / "link.key").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KeyringUnsafe):
        keyring.read("link.key")
    with pytest.raises(KeyringUnsafe):
        keyring.check()
    with pytest.raises(KeyringUnsafe):
        keyring.read("intake")


def test_a_linked_folder_is_refused(keyring: FileKeyring, tmp_path: Path):
    (tmp_path / "other").mkdir(mode=0o700)
    (keyring.folder / "linked").symlink_to(tmp_path / "other")

    with pytest.raises(KeyringUnsafe):
        keyring.write("linked/a.key", b"x")


def test_a_file_too_large_for_a_key_is_refused(keyring: FileKeyring):
    keyring.write("large.key", bytes(70_000))

    with pytest.raises(KeyringUnsafe, match="at most"):
        keyring.read("large.key")


@pytest.mark.parametrize("name", ["", "../x", "/etc/passwd", "a/../b", ".hidden", "A.key", "a//b", "a\n", "a/b/c/d/e"])
def test_names_that_could_lead_elsewhere_are_refused(keyring: FileKeyring, name: str):
    for act in (keyring.read, keyring.create, keyring.destroy):
        with pytest.raises(KeyringError):
            act(name)
