"""The law of a day: the same catalogue, with only those rows of States and instruments that hold on it."""

import functools
from datetime import date
from typing import Any, TypeVar, cast

import msgspec

from backend.conventions.catalogue import Catalogue
from backend.conventions.schema.common import DatedRow
from backend.conventions.schema.instruments import Instrument
from backend.conventions.schema.states import AssistanceStatute, State

T = TypeVar("T")
_NOT_ESTABLISHED = AssistanceStatute(
    title=None, year=None, citation=None, confidence="low", verified=False, source=None
)
# Views kept at once: enough for the days that letters under work are judged by, and bounded whoever asks.
_VIEWS = 32


def as_of(catalogue: Catalogue, day: date) -> Catalogue:
    """The catalogue as the law stood on `day`; the same object where no row of the data is dated.

    Of the rows of a State or instrument only those valid on the day are left; `mla_statute` and `rules` are taken
    from their earlier wordings where one of these held. Where none did, the statute is not established and the
    rule is left out.
    """
    whole = catalogue.whole if isinstance(catalogue, _View) else catalogue
    return _view(whole, day) if _is_dated(whole) else whole


@functools.lru_cache(maxsize=_VIEWS)
def _is_dated(catalogue: Catalogue) -> bool:
    """Whether any row of a State, an instrument or a national offence names a day on which it begins or ends.

    Looked up once, as the data are read once; by their bytes, since to parse every file would cost a second.
    """
    folder = catalogue.folder
    listed = [*folder.glob("states/*.yaml"), *folder.glob("instruments/*.yaml"), folder / "state-elements.yaml"]
    return any(_names_a_day(path.read_bytes()) for path in listed if path.is_file())


def _names_a_day(content: bytes) -> bool:
    return b"valid_from" in content or b"valid_until" in content


@functools.lru_cache(maxsize=_VIEWS)
def _view(catalogue: Catalogue, day: date) -> Catalogue:
    return _View(catalogue, day)


class _View(Catalogue):
    """A catalogue that reads through another one and leaves out what does not hold on its day."""

    def __init__(self, whole: Catalogue, day: date) -> None:
        super().__init__(whole.folder)
        self.whole, self._day = whole, day

    def _file(self, name: str, kind: type[T]) -> T:
        if name not in self._read:
            self._read[name] = _file_on(self.whole._file(name, kind), self._day)
        kept: T = self._read[name]
        return kept


def _file_on(content: T, day: date) -> T:
    if isinstance(content, State):
        return cast(T, _rows_on(_statute_on(content, day), day))
    if isinstance(content, Instrument):
        return cast(T, _rows_on(_rules_on(content, day), day))
    return _rows_on(content, day)


def _statute_on(state: State, day: date) -> State:
    wordings = (state.mla_statute, *state.mla_statute_earlier)
    held = next((row for row in wordings if row.valid_on(day)), _NOT_ESTABLISHED)
    return state if held is state.mla_statute else msgspec.structs.replace(state, mla_statute=held)


def _rules_on(instrument: Instrument, day: date) -> Instrument:
    found = {}
    for name in dict.fromkeys((*instrument.rules, *instrument.rules_earlier)):
        newest = [instrument.rules[name]] if name in instrument.rules else []
        wordings = (*newest, *instrument.rules_earlier.get(name, ()))
        if held := next((row for row in wordings if row.valid_on(day)), None):
            found[name] = held
    return instrument if found == instrument.rules else msgspec.structs.replace(instrument, rules=found)


def _rows_on(value: T, day: date) -> T:
    """A struct or a list of them without the rows that do not hold; the same object where all do."""
    found: Any = value
    if isinstance(value, tuple):
        kept = tuple(_rows_on(row, day) for row in value if not isinstance(row, DatedRow) or row.valid_on(day))
        same = len(kept) == len(value) and all(new is old for new, old in zip(kept, value, strict=True))
        found = value if same else kept
    elif isinstance(value, msgspec.Struct):
        fields = {name: getattr(value, name) for name in value.__struct_fields__}
        new = {name: _rows_on(content, day) for name, content in fields.items()}
        changed = {name: content for name, content in new.items() if content is not fields[name]}
        found = msgspec.structs.replace(value, **changed) if changed else value
    return cast(T, found)
