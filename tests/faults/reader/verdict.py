"""The checks: every receipt has its incident or its quarantine entry, exactly once, and the log agrees with all."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.reader import formats
from tests.faults.reader.formats import DoesNotHold, Proof
from tests.faults.reader.rows import (
    Connection,
    Incident,
    Item,
    Leaf,
    Rows,
    Submission,
    read_leaves,
    read_rows,
    snapshot,
)
from tests.faults.reader.sent import Sent

RECEIVED = "submission:received"


@dataclass(frozen=True)
class Node:
    """Where a node lies that is read: its card, how its owner logs in, the keyring root, its folders of files."""

    card: bytes
    conninfo: str
    keyring_root: bytes
    sealed: Path
    evidence: Path


@dataclass
class Verdict:
    """What was counted, and a sentence for each thing that is not as promised."""

    counted: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found wrong."""
        return not self.faults

    def check(self, what: str, check: Callable[[], object]) -> None:
        """Run a check; what it raises is a fault of `what`."""
        try:
            check()
        except DoesNotHold as wrong:
            self.faults.append(f"{what}: {wrong}")


def judge(node: Node, sent: Iterable[Sent]) -> Verdict:
    """Compare what the senders hold with what the node has."""
    with snapshot(node.conninfo) as connection:
        return judge_by(connection, node, sent)


def judge_by(connection: Connection, node: Node, sent: Iterable[Sent]) -> Verdict:
    """As `judge`, by what this connection sees."""
    verdict, sent = Verdict(), list(sent)
    card = formats.statement(node.card, "comity/key-card/v1")
    rows = read_rows(connection)
    proofs = _receipts(verdict, sent, str(card["log"]["origin"]), str(card["log"]["key"]))
    roots = _log(verdict, read_leaves(connection), proofs)
    _newest(verdict, connection.execute("SELECT note FROM audit_checkpoint ORDER BY size DESC LIMIT 1"), card, roots)
    if rows.waiting or rows.unlogged:
        verdict.faults.append(f"the log lacks {rows.unlogged} events, and {rows.waiting} wait for it")
    _submissions(verdict, node, rows, sent, proofs)
    _strangers(verdict, rows, sent)
    return verdict


def _receipts(verdict: Verdict, sent: list[Sent], origin: str, key: str) -> dict[str, Proof]:
    """The proof of each submission whose receipt verifies and is for what was sent, by submission id."""
    proofs: dict[str, Proof] = {}
    for one in sent:
        if one.receipt is None:
            verdict.faults.append(f"{one.kind} {one.submission}: it was never acknowledged")
            continue
        verdict.counted["receipts"] += 1

        def check(one: Sent = one, text: str = one.receipt) -> None:
            proof = formats.receipt(text.encode(), origin, key)
            said = {"sender": one.sender, "submission": one.submission, "kind": one.kind, "sha256": one.sha256,
                    "size": one.size}  # fmt: skip
            if proof.event["event"] != RECEIVED or proof.event["detail"] != said:
                raise DoesNotHold("its receipt is for something else than was sent")
            proofs[one.submission] = proof

        verdict.check(f"{one.kind} {one.submission}", check)
    return proofs


def _log(verdict: Verdict, leaves: Iterable[Leaf], proofs: Mapping[str, Proof]) -> dict[int, bytes]:
    """Recompute the log; each receipt's checkpoint must be of this very tree. Returns the roots by size."""
    wanted: dict[int, list[tuple[str, Proof]]] = defaultdict(list)
    places = {proof.index: (submission, proof) for submission, proof in proofs.items()}
    if len(places) != len(proofs):
        verdict.faults.append("two receipts name the same place of the log")
    for submission, proof in proofs.items():
        wanted[proof.size].append((submission, proof))
    hashes: list[bytes] = []
    for expected, (index, stored, event) in enumerate(leaves):
        leaf = b"" if event is None else formats.LEAF + formats.canonical(event)
        if index != expected or event is None or formats.leaf_hash(leaf) != stored:
            verdict.faults.append(f"entry {expected} of the log is not the event that is stored")
        if index in places and places[index][1].leaf != leaf:
            verdict.faults.append(f"submission {places[index][0]}: its receipt's leaf is not that of the log")
        hashes.append(stored)
    roots = dict(enumerate(formats.roots(hashes), start=1))
    for size, of in wanted.items():
        for submission, proof in of:
            if roots.get(size) != proof.root:
                verdict.faults.append(f"submission {submission}: its receipt was signed over another history")
    verdict.counted["entries of the log"] = len(hashes)
    return roots


def _newest(
    verdict: Verdict, found: Iterable[tuple[object, ...]], card: Mapping[str, object], roots: Mapping[int, bytes]
) -> None:
    log: Mapping[str, str] = card["log"]  # type: ignore[assignment]
    for (note,) in found:
        size, root = formats.checkpoint(str(note), log["origin"], log["key"])
        if size != len(roots) or roots.get(size) != root:
            verdict.faults.append("the newest checkpoint is not over the stored log")


def _submissions(verdict: Verdict, node: Node, rows: Rows, sent: list[Sent], proofs: Mapping[str, Proof]) -> None:
    stored: dict[tuple[str, str], list[Submission]] = defaultdict(list)
    for row in rows.submissions:
        stored[row.sender, row.submission].append(row)
    incidents: dict[str, list[Incident]] = defaultdict(list)
    for incident in rows.incidents:
        incidents[incident.submission].append(incident)
    items: dict[tuple[str, str], list[Item]] = defaultdict(list)
    for item in rows.items:
        items[item.sender, item.evidence].append(item)
    for one in sent:
        if one.receipt is None:
            continue

        def check(one: Sent = one) -> None:
            mine = stored[one.sender, one.submission]
            if len(mine) != 1:
                raise DoesNotHold(f"acknowledged, and stored {len(mine)} times")
            row = mine[0]
            _row(one, row, rows, proofs.get(one.submission), node)
            if one.kind == "report":
                _report(one, row, incidents[row.id], node)
            else:
                _evidence(one, row, items[one.sender, one.submission], node)
            verdict.counted[f"{one.kind}s {one.ends}"] += 1

        verdict.check(f"{one.kind} {one.submission}", check)


def _row(one: Sent, row: Submission, rows: Rows, proof: Proof | None, node: Node) -> None:
    """The row is what was sent, its event is the receipt's, and it has come to its one end."""
    if (row.kind, row.sha256, row.size) != (one.kind, one.sha256, one.size):
        raise DoesNotHold("another body is stored than was acknowledged")
    if proof is not None and proof.event["id"] != row.id:
        raise DoesNotHold("its receipt is of another row's event")
    ends = {"kept": "opened", "quarantined": "quarantined"}[one.ends]
    if row.stage != ends:
        raise DoesNotHold(f"it stands as {row.stage} ({row.reason or 'no reason'}), expected {ends}")
    counts = {name: rows.events[f"submission:{name}", row.id] for name in ("received", "opened", "quarantined")}
    # Evidence that is received has an event of its own item instead.
    opened = one.ends == "kept" and one.kind == "report"
    if counts != {"received": 1, "opened": int(opened), "quarantined": int(one.ends == "quarantined")}:
        raise DoesNotHold(f"the log tells of it {counts}")
    if row.stage == "quarantined" and not row.reason:
        raise DoesNotHold("it is in quarantine without a reason")
    sealed = row.sealed_sha256 or _digest_of(node.sealed, row.stored_as)
    if sealed not in (row.sha256, *([None] if row.stage == "opened" else [])):
        raise DoesNotHold("its sealed bytes are gone or changed")


def _digest_of(folder: Path, name: str | None) -> str | None:
    path = folder / (name or "-")
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else None


def _report(one: Sent, row: Submission, found: list[Incident], node: Node) -> None:
    """One incident, which reads as the device signed it; of what is in quarantine none."""
    if len(found) != int(one.ends == "kept"):
        raise DoesNotHold(f"it has {len(found)} incidents")
    for incident in found:
        key = _data_key(node, incident.data_key, incident.wrapped)
        title, body, signed = (
            formats.decrypt(key, getattr(incident, column), ("incidents_incident", incident.id, column))
            for column in ("title_ct", "report_ct", "statement_ct")
        )
        said = formats.statement(signed, "comity/report-statement/v1", key=incident.device_key)
        expected = (one.submission, one.sender, incident.device, hashlib.sha256(body).hexdigest(), one.title)
        if (said["submission"], said["device"], one.sender, said["report_sha256"], title.decode()) != expected:
            raise DoesNotHold("its incident is not what the device signed and sent")


def _evidence(one: Sent, row: Submission, found: list[Item], node: Node) -> None:
    """One item, received once, whose payload opens to the very file."""
    if len(found) != 1 or found[0].submission != row.id:
        raise DoesNotHold(f"it has {len(found)} items, or one of another submission")
    item = found[0]
    if (item.stage, item.times_received) != ("received", 1) or item.file_key_ct is None:
        raise DoesNotHold(f"its item stands as {item.stage} and was received {item.times_received} times")
    key = _data_key(node, item.data_key, item.wrapped)
    place = ("incidents_evidenceitem", item.id, "file_key_ct")
    file_key = formats.decrypt(key, item.file_key_ct, place, context=formats.WRAPPED)
    path = node.evidence / item.stored_as
    if not path.is_file():
        raise DoesNotHold("its payload is gone")
    if formats.payload_digests(file_key, path.read_bytes()) != (item.payload_sha256, one.plaintext_sha256):
        raise DoesNotHold("its payload is not the file that was sealed")


def _data_key(node: Node, id_: str, wrapped: bytes | None) -> bytes:
    if wrapped is None:
        raise DoesNotHold("its data key is destroyed")
    return formats.decrypt(node.keyring_root, wrapped, ("vault_datakey", id_, "wrapped"), context=formats.WRAPPED)


def _strangers(verdict: Verdict, rows: Rows, sent: list[Sent]) -> None:
    """Nothing is there that nobody sent, and nothing twice."""
    known = {(one.sender, one.submission) for one in sent}
    for row in rows.submissions:
        if (row.sender, row.submission) not in known:
            verdict.faults.append(f"{row.kind} {row.submission}: nobody sent it")
    ids = {row.id for row in rows.submissions}
    for incident in rows.incidents:
        if incident.submission not in ids:
            verdict.faults.append(f"incident {incident.reference}: it has no submission")
        if rows.events["incident:opened", incident.id] != 1:
            verdict.faults.append(f"incident {incident.reference}: the log does not tell once that it was opened")
    for reference, times in Counter(incident.reference for incident in rows.incidents).items():
        if times > 1:
            verdict.faults.append(f"incident {reference}: {times} incidents have this reference")
