"""The worker: sealed reports become incidents."""

from datetime import UTC, datetime

from backend.cli.benchmarks.measuring import BenchmarkFailed, Result, rates
from backend.cli.benchmarks.node import TemporaryNode
from backend.cli.benchmarks.registry import Place
from backend.cli.benchmarks.reports import Reporter, SealedReport, enrol_devices
from crypto.signer import Signer

MILLION = 1_000_000
_ACCEPT = "SELECT outcome FROM accept(%s, %s, %s, %s, %s, %s, %s, %s)"


def open_reports(place: Place, size: int, rounds: int) -> Result:
    """Incidents made in a second by one process with the worker's role and keys, against opening the files alone."""
    node = place.node
    (device,) = enrol_devices(node, 1)
    reports = Reporter.to(node).seal([device], size * rounds + 1)
    _store(node, device, reports)
    _work_off(1)  # reads the law data, once in a process's life
    from backend.intake.models import Submission
    from backend.vault.receiving import open_report

    result = rates(
        "incidents/s",
        size,
        lambda: _work_off(size),
        lambda: [open_report(report.sealed, key_id=report.key_id) for report in reports[:size]],
        rounds=rounds,
    )
    opened = Submission.objects.filter(sender=device.verifying_key.fingerprint, stage=Submission.Stage.OPENED).count()
    if opened != len(reports):
        raise BenchmarkFailed(f"of {len(reports)} reports {opened} became incidents; expected all: report this.")
    return result


def open_reports_among_a_million(place: Place, size: int, rounds: int) -> Result:
    """The same in a node that has a million incidents already."""
    from backend.cli.benchmarks import lookup

    with place.node.connect("comity_owner") as owner:
        lookup.filled(place.node, owner, MILLION)
    return open_reports(place, size, rounds)


def _work_off(count: int) -> None:
    from backend.incidents.opening import TOGETHER, open_waiting

    while count > 0:
        count -= open_waiting(at=datetime.now(UTC), most=min(TOGETHER, count))


def _store(node: TemporaryNode, device: Signer, reports: list[SealedReport]) -> None:
    """What the edge does with them, at once."""
    count = len(reports)
    with node.connect("comity_edge") as edge:
        outcomes = edge.execute(
            _ACCEPT,
            (
                [device.verifying_key.fingerprint] * count,
                [report.submission for report in reports],
                ["report"] * count,
                [report.key_id for report in reports],
                [report.sha256 for report in reports],
                [len(report.sealed) for report in reports],
                [report.sealed for report in reports],
                [None] * count,
            ),
        ).fetchall()
    if set(outcomes) != {("stored",)}:
        raise BenchmarkFailed("the database did not take every report; report this.")
