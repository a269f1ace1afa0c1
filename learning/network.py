"""The network that learns to read: the lower layers of the base model, and what is asked of them.

Of every piece of a word: how much it speaks for each mark. Of the report: each offence, from its clauses (each code
attends to those that matter to it), from the two strongest clauses of every mark, and from the whole.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional

from learning.base import Base

# The upper third of the twelve layers judges whether two texts are alike, which nobody asks here.
LAYERS = 8
FLOOR = -6.0
_DROPPED = 0.1


class Layer(nn.Module):
    """A layer of the base model (BERT: attention, then a wider line and back, each added and evened)."""

    def __init__(self, base: Base, number: int) -> None:
        super().__init__()
        width = base.width
        self.heads = base.heads

        def line(name: str, out: int, into: int) -> nn.Linear:
            found = nn.Linear(into, out)
            found.weight.data = torch.from_numpy(base.numbers(f"l{number}.{name}.w").reshape(out, into))
            found.bias.data = torch.from_numpy(base.numbers(f"l{number}.{name}.b"))
            return found

        self.query, self.key, self.value = (line(name, width, width) for name in "qkv")
        self.joined = line("ao", width, width)
        wide = len(base.numbers(f"l{number}.fi.b"))
        self.wider, self.back = line("fi", wide, width), line("fo", width, wide)
        self.even_first, self.even_last = _evening(base, f"l{number}.aln"), _evening(base, f"l{number}.oln")

    def forward(self, told: Tensor, there: Tensor | None) -> Tensor:
        """`told[reports, pieces, width]`; `there[reports, 1, 1, pieces]` is false beyond the end of a report."""
        many, count, width = told.shape
        parts = [
            line(told).view(many, count, self.heads, width // self.heads).transpose(1, 2)
            for line in (self.query, self.key, self.value)
        ]
        if there is None:
            # Spelled out for the file that a node reads: one report, all of it there.
            query, key, value = parts
            weights = (query @ key.transpose(2, 3) / math.sqrt(width // self.heads)).softmax(-1)
            seen = weights @ value
        else:
            seen = functional.scaled_dot_product_attention(*parts, attn_mask=there)
        seen = seen.transpose(1, 2).reshape(many, count, width)
        told = self.even_first(told + functional.dropout(self.joined(seen), _DROPPED, self.training))
        wide = functional.gelu(self.wider(told))
        return self.even_last(told + functional.dropout(self.back(wide), _DROPPED, self.training))


def _evening(base: Base, name: str) -> nn.LayerNorm:
    found = nn.LayerNorm(base.width, eps=base.epsilon)
    found.weight.data = torch.from_numpy(base.numbers(f"{name}.w"))
    found.bias.data = torch.from_numpy(base.numbers(f"{name}.b"))
    return found


@dataclass
class Batch:
    """Reports side by side: `rows[reports, pieces]`, `there` likewise; `pool[reports, clauses, pieces]` has the share
    of each piece in its clause, `clauses[reports, clauses]` is true where there is one."""

    rows: Tensor
    there: Tensor
    pool: Tensor
    clauses: Tensor


class Network(nn.Module):
    """All of it. `vectors[pieces, width]` are those of the pieces that are kept; they are not learned anew."""

    def __init__(self, base: Base, vectors: numpy.ndarray, marks: int, codes: int) -> None:
        super().__init__()
        self.vectors = nn.Embedding.from_pretrained(torch.from_numpy(vectors))
        places = base.numbers("emb.pos").reshape(-1, base.width) + base.numbers("emb.type").reshape(-1, base.width)[:1]
        self.places = nn.Parameter(torch.from_numpy(places), requires_grad=False)
        self.even = _evening(base, "emb.ln")
        self.even.requires_grad_(False)
        self.layers = nn.ModuleList([Layer(base, number) for number in range(LAYERS)])
        self.mark = nn.Linear(base.width, marks)
        nn.init.constant_(self.mark.bias, -3.0)
        self.look, self.say = nn.Linear(base.width, codes), nn.Linear(base.width, codes)
        self.whole = nn.Linear(2 * base.width, codes)
        self.strongest = nn.Linear(2 * marks, codes)
        nn.init.zeros_(self.strongest.weight)

    def through(self, vectors: Tensor, there: Tensor | None, layers: Sequence[nn.Module]) -> Tensor:
        """What the layers make of the vectors of the pieces."""
        told = self.even(vectors + self.places[: vectors.shape[1]])
        for layer in layers:
            told = layer(told, there)
        return told

    def clauses_and_codes(self, told: Tensor, batch: Batch) -> tuple[Tensor, Tensor]:
        """Scores `[reports, clauses, marks]` and `[reports, codes]`, as logarithms of odds."""
        said = batch.pool @ told
        marks = self.mark(said)
        here = batch.clauses[:, :, None]
        silent = marks.new_full((len(marks), 2, marks.shape[2]), FLOOR)
        counting = torch.cat([marks.masked_fill(~here, FLOOR).clamp(FLOOR, -FLOOR), silent], 1)
        two = counting.topk(2, 1).values.flatten(1)
        looked = self.look(said).masked_fill(~here, -1e4).softmax(1)
        there = batch.there[:, :, None]
        mean = (told * there).sum(1) / there.sum(1)
        most = told.masked_fill(~there, -1e4).max(1).values
        whole = functional.dropout(torch.cat([mean, most], 1), _DROPPED, self.training)
        return marks, (looked * self.say(said)).sum(1) + self.whole(whole) + self.strongest(two / 3)


class OneReport(nn.Module):
    """The network as a node runs it: `vectors[1, pieces, width]` and `pool[clauses, pieces]` of one report."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, vectors: Tensor, pool: Tensor) -> tuple[Tensor, Tensor]:
        """`[pieces, marks]` and `[codes]`."""
        told = self.network.through(vectors, None, self.network.layers)
        there = torch.ones_like(vectors[:, :, 0], dtype=torch.bool)
        batch = Batch(there, there, pool[None], pool.sum(1)[None] > 0)
        _, codes = self.network.clauses_and_codes(told, batch)
        return self.network.mark(told[0]), codes[0]


def keep(network: Network, path: Path, width: int) -> None:
    """Writes the network as ONNX, its large weights as whole numbers of eight bits with a scale for each column.

    They are made numbers of 32 bits again when a node reads the file, so that any processor gives the same answers.
    """
    network.eval()
    torch.onnx.export(
        OneReport(network),
        (torch.zeros(1, 5, width), torch.full((2, 5), 0.2)),
        str(path),
        input_names=["vectors", "pool"],
        output_names=["marks", "codes"],
        dynamic_axes={"vectors": {1: "pieces"}, "pool": {0: "clauses", 1: "pieces"}, "marks": {0: "pieces"}},
        opset_version=17,
        dynamo=False,
    )
    model = onnx.load(str(path))
    _pack(model.graph, width)
    onnx.save(model, str(path))


def _pack(graph: onnx.GraphProto, width: int) -> None:
    """Replaces each weight that is `width` wide at least by whole numbers and what makes them weights again."""
    known = {row.name: row for row in graph.initializer}
    for name in {name for node in graph.node if node.op_type == "MatMul" for name in node.input if name in known}:
        weights = numpy_helper.to_array(known[name])
        if weights.ndim != 2 or min(weights.shape) < width:
            continue
        scale = (numpy.abs(weights).max(axis=0) / 127).astype(numpy.float32)
        steps = numpy.round(weights / scale).astype(numpy.int8)
        graph.initializer.remove(known[name])
        parts = [numpy_helper.from_array(steps, f"{name}.steps"), numpy_helper.from_array(scale, f"{name}.scale")]
        graph.initializer.extend(parts)
        graph.node.insert(0, helper.make_node("DequantizeLinear", [part.name for part in parts], [name], axis=1))
