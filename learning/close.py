"""Learning to read closely: the network learns from the marked reports, and what it is worth is measured on some apart.

Half of the layers stay as they were at first: what they make of the reports is computed once. Once sentences are strewn
among theirs all layers learn, the lower ones at half the pace.
"""

import itertools
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy
import torch
from torch import Tensor, nn
from torch.nn import functional

from backend.conventions.classification.reader import Reader, blank, load, unpacked
from backend.conventions.schema.engine import ReaderSheet
from backend.conventions.tokens import tokenise
from learning import base as bases
from learning import keeping, vocabulary
from learning import network as networks
from learning.deciding import answers, even_thresholds
from learning.examples import Example, batch_of, batches, of_report, of_sentence
from learning.material import codes_of, marks_of
from learning.network import FLOOR, Network
from learning.reports import NONE, Report, digest, reports, sentences
from learning.strewing import Strewn, cuts_of, joined, silent, strewn, with_gaps

LOWER, ROOM = 4, 2600
# Rounds through the reports as they are, then rounds in which sentences of others are strewn among theirs in so many
# of them, up to so many times as many (in a third of these up to twice that), so many are joined with another, and so
# many have gaps.
_PLAIN, _MIXED = 4, 3
_STREWN, _MOST, _LONG, _JOINED, _GAPPY = 0.5, 1.3, 0.3, 0.25, 0.5
_WARM, _DECAY = 0.06, 0.02
_LOWER_PACE = 0.5
_MARKS, _MARKED, _CHARGED = 0.5, 2.0, 1.5
Rounds = Sequence[Sequence[list[Example]]]
# So many clauses have to show a mark before they say from which score on it counts; and no score is beyond these.
_FEW, _SURE = 15, 1.5


def learn(folder: Path) -> tuple[list[Report], dict[str, list[str]]]:
    """Writes the model to `folder`; returns the reports kept apart and what it answers to each.

    Those are not learned from: they say from which chance on an offence is proposed.
    """
    torch.manual_seed(1)
    order = numpy.random.default_rng(1)
    told, apart, alone = reports("working"), reports("apart"), sentences()
    marks, codes = marks_of(told), [*codes_of(told), NONE]
    base = bases.read(bases.shipped())
    folder.mkdir(parents=True, exist_ok=True)
    kept = vocabulary.chosen(base, [report.text for report in told] + [sentence.text for sentence in alone])
    vocabulary.keep(folder, base, kept)
    reader = _blank(folder, marks, codes)
    examples = [of_report(report, reader, marks, codes) for report in told]
    single = [of_sentence(sentence, reader, marks) for sentence in alone]
    strewing = _strewing(told, examples)
    network = Network(base, unpacked(reader.vectors), len(marks), len(codes))
    everything = [*examples, *single]
    plain = [list(batches(everything, ROOM, order)) for _ in range(_PLAIN)]
    _teach(network, plain, 1.5e-4, 1.5e-3, dict(_lower(network, everything)))
    mixed = [list(_mixed(strewing, single, order)) for _ in range(_MIXED)]
    _teach(network, mixed, 1.2e-4, 6e-4, None)
    networks.keep(network, folder / "layers.onnx", base.width)
    return apart, _decide(folder, apart, marks, codes)


def _strewing(told: Sequence[Report], examples: Sequence[Example]) -> list[Strewn]:
    """Each report with the silent sentences of all reports in its language."""
    others: dict[str, list[Example]] = {}
    for report, example in zip(told, examples, strict=True):
        others.setdefault(report.language, []).extend(silent(report, example))
    return [
        Strewn(example, report.language, cuts_of(report, example), others[report.language])
        for report, example in zip(told, examples, strict=True)
    ]


def _mixed(told: Sequence[Strewn], single: Sequence[Example], order: numpy.random.Generator) -> Iterator[list[Example]]:
    """Every report, many with sentences of others or joined with another, and a third of the single sentences."""
    alike: dict[str, list[Strewn]] = {}
    for one in told:
        alike.setdefault(one.language, []).append(one)
    made = []
    for one in told:
        example = strewn(one, order, part=_STREWN, most=_MOST * (2 if order.random() < _LONG else 1))
        if order.random() < _GAPPY:
            example = with_gaps(example, order)
        if order.random() < _JOINED:
            others = alike[one.language]
            pair = [example, others[int(order.integers(len(others)))].example]
            example = joined(*(pair if order.random() < 0.5 else reversed(pair)))
        made.append(example)
    few = order.permutation(len(single))[: len(single) // 3]
    return batches([*made, *(single[number] for number in few)], ROOM, order)


def _blank(folder: Path, marks: Sequence[str], codes: Sequence[str]) -> Reader:
    """A reader that cuts words into pieces and knows nothing yet."""
    sheet = ReaderSheet(
        made_from=digest(),
        base=bases.NAME,
        marks=tuple(marks),
        codes=tuple(codes),
        thresholds={},
        shown={},
        floor=FLOOR,
        begin=vocabulary.BEGIN,
        end=vocabulary.END,
        unknown=vocabulary.UNKNOWN,
    )
    keeping.write(folder / "reader.json", sheet)
    return blank(folder)


def _teach(network: Network, rounds: Rounds, body: float, heads: float, known: dict[int, Tensor] | None) -> None:
    """Some rounds, with steps that grow, and then shrink to nothing; `known` is what the lower layers make of all
    where these stay as they are."""
    lower, upper = network.layers[:LOWER], network.layers[LOWER:]
    learned = [row for name, row in network.named_parameters() if row.requires_grad and not name.startswith("layers")]
    paces = [{"params": list(upper.parameters()), "lr": body}, {"params": learned, "lr": heads}]
    if known is None:
        paces.append({"params": list(lower.parameters()), "lr": body * _LOWER_PACE})
    steps = torch.optim.AdamW(paces, weight_decay=_DECAY)
    every = sum(len(part) for part in rounds)
    pace = torch.optim.lr_scheduler.LambdaLR(
        steps, lambda step: min(step / (_WARM * every), max(0.02, (every - step) / ((1 - _WARM) * every)))
    )
    start = time.monotonic()
    network.train()
    for done, part in enumerate(itertools.chain.from_iterable(rounds), 1):
        loss = _loss(network, part, known)
        steps.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        steps.step()
        pace.step()
        if done % 50 == 0:
            gone = (time.monotonic() - start) / 60
            print(f"{done} of {every} steps, {gone:.0f} min, loss {loss.item():.2f}", flush=True)


def _lower(network: Network, examples: Sequence[Example]) -> Iterator[tuple[int, Tensor]]:
    """What the layers that stay make of each example, by its `id`."""
    network.eval()
    with torch.no_grad():
        for part in batches(examples, 8000, None):
            batch = batch_of(part, vocabulary.END)
            there = batch.there[:, None, None]
            told = network.through(network.vectors(batch.rows), there, network.layers[:LOWER])
            for one, row in zip(part, told, strict=True):
                yield id(one), row[: len(one.rows)].half()


def _loss(network: Network, part: Sequence[Example], known: dict[int, Tensor] | None) -> Tensor:
    batch = batch_of(part, vocabulary.END)
    if known is None:
        told = network.through(network.vectors(batch.rows), batch.there[:, None, None], network.layers[:LOWER])
    else:
        told = nn.utils.rnn.pad_sequence([known[id(one)].float() for one in part], batch_first=True)
    for layer in network.layers[LOWER:]:
        told = layer(told, batch.there[:, None, None])
    marks, codes = network.clauses_and_codes(told, batch)
    marked = torch.zeros_like(marks)
    for number, one in enumerate(part):
        marked[number, : len(one.marks)] = torch.from_numpy(one.marks).float()
    loss = functional.binary_cross_entropy_with_logits(
        marks, marked, pos_weight=torch.tensor(_MARKED), reduction="none"
    )
    found = _MARKS * loss.sum(2)[batch.clauses].mean()
    charged = [number for number, one in enumerate(part) if one.codes is not None]
    if charged:
        truth = torch.from_numpy(numpy.array([part[number].codes for number in charged])).float()
        said = torch.from_numpy(numpy.array([part[number].said for number in charged])).float()
        weight = torch.full((codes.shape[1],), _CHARGED)
        weight[-1] = 1.0
        cost = functional.binary_cross_entropy_with_logits(codes[charged], truth, pos_weight=weight, reduction="none")
        found = found + (cost * said).sum(1).mean()
    return found


def _decide(folder: Path, apart: Sequence[Report], marks: list[str], codes: list[str]) -> dict[str, list[str]]:
    """Writes thresholds to the sheet of the model; returns its answers to the reports kept apart."""
    reader = load(folder)
    chances, scores, labels = [], [], []
    for report in apart:
        reading = reader.read(report.text, tokenise(report.text))
        if reading is None:
            raise ValueError(f"{report.id} is too long to be read closely")
        found = reading.chances()
        chances.append([found[code] for code in codes])
        example = of_report(report, reader, marks, codes)
        scores.append(reading.scores[numpy.unique(reading.pieces.clause[reading.pieces.clause >= 0])])
        labels.append(example.marks)
    every = numpy.array(chances)
    best = even_thresholds(apart, every, codes)
    marked = numpy.concatenate(labels)
    # A threshold that rests on few passages is no better than none.
    shown = {
        mark: min(_SURE, max(-_SURE, score)) if enough else 0.0
        for (mark, score), enough in zip(
            keeping.shown(marks, marked, numpy.concatenate(scores)).items(), marked.sum(axis=0) >= _FEW, strict=True
        )
    }
    keeping.write(folder / "reader.json", msgspec.structs.replace(reader.decision, thresholds=best, shown=shown))
    return answers(apart, every, codes, best)
