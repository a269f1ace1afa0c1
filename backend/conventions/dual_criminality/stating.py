"""What a conduct says of every concept: proven, excluded, or nothing, with the stated concepts that decide it."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.conventions.dual_criminality.answer import Conduct
from backend.conventions.dual_criminality.vocabulary import Vocabulary
from backend.conventions.errors import BadQuestion

_Why = dict[str, frozenset[str]]
# A conduct states a few dozen concepts; more than all of them together is a mistake.
MAX_STATED = 500


@dataclass
class Stated:
    """`proven` and `excluded` lead from a concept to the stated ones that decide it.

    `choices` are sets of concepts of which one is true, each with what states it.
    """

    words: Vocabulary
    proven: _Why = field(default_factory=dict)
    excluded: _Why = field(default_factory=dict)
    choices: dict[frozenset[str], frozenset[str]] = field(default_factory=dict)

    def choice_for(self, members: frozenset[str]) -> frozenset[str]:
        """What states that one of `members` is true without saying which; empty where nothing does."""
        for choice, why in self.choices.items():
            if all(self.words.wider[name] & members for name in choice - self.excluded.keys()):
                return why
        return frozenset()

    def prove(self, names: Iterable[str], why: frozenset[str]) -> bool:
        """Enter concepts with all that they prove; whether any was new."""
        return _enter(self.proven, (wide for name in names for wide in self.words.wider[name]), why)

    def exclude(self, names: Iterable[str], why: frozenset[str]) -> bool:
        """Enter exclusions with all that would prove the concepts; whether any was new."""
        return _enter(self.excluded, (narrow for name in names for narrow in self.words.narrower[name]), why)


def state(conduct: Conduct, words: Vocabulary) -> Stated:
    """All that follows from the conduct. Raises UnknownName or, where it contradicts itself, BadQuestion."""
    _check(conduct, words)
    stated = Stated(words)
    for name in sorted(conduct.established):
        stated.prove((name,), frozenset({name}))
    for name in sorted(conduct.absent):
        stated.exclude((name,), frozenset({name}))
    for choice in sorted(conduct.one_of, key=sorted):
        stated.choices[choice] = choice
    while _infer(stated):
        pass
    _refuse_contradiction(stated)
    return stated


def _check(conduct: Conduct, words: Vocabulary) -> None:
    names = [*conduct.established, *conduct.absent, *(name for choice in conduct.one_of for name in choice)]
    if len(names) > MAX_STATED:
        raise BadQuestion(f"the conduct states {len(names)} concepts: expected at most {MAX_STATED}; state it once")
    words.check(names)
    if frozenset() in conduct.one_of:
        raise BadQuestion("the conduct has an empty choice under one_of: name at least two concepts, or leave it out")
    for name in sorted(conduct.established & conduct.absent):
        raise BadQuestion(f"the conduct has {name!r} as established and as absent: take it out of one of the two")


def _infer(stated: Stated) -> bool:
    """One round of what the concepts say of each other; whether it added anything."""
    words, proven, excluded = stated.words, stated.proven, stated.excluded
    new = False
    for name in [name for name in words.disjoint if name in proven and words.disjoint[name]]:
        new |= stated.exclude(words.disjoint[name], proven[name])
    for name, parts in words.wholes:
        if name not in proven and parts <= proven.keys():
            new |= stated.prove((name,), _all(proven, parts))
    for name, parts in words.partitions:
        if name in proven:
            stated.choices.setdefault(parts, proven[name])
        if name not in excluded and parts <= excluded.keys():
            new |= stated.exclude((name,), _all(excluded, parts))
    for choice, why in stated.choices.items():
        left = [words.wider[name] for name in choice if name not in excluded]
        if left:
            shared = frozenset.intersection(*left) - proven.keys()
            new |= _enter(proven, sorted(shared), why)
    return new


def _refuse_contradiction(stated: Stated) -> None:
    for name in stated.words.concepts:
        if name in stated.proven and name in stated.excluded:
            first, second = (", ".join(sorted(side[name])) for side in (stated.proven, stated.excluded))
            raise BadQuestion(
                f"the conduct contradicts itself on {name!r}: {first} shows it and {second} excludes it; correct one"
            )
    for choice in sorted(stated.choices, key=sorted):
        if choice <= stated.excluded.keys():
            listed = ", ".join(sorted(choice))
            raise BadQuestion(f"the conduct says that one of {listed} is true and excludes them all: correct one")


def _enter(side: _Why, names: Iterable[str], why: frozenset[str]) -> bool:
    new = False
    for name in names:
        if name not in side:
            side[name] = why
            new = True
    return new


def _all(side: _Why, names: frozenset[str]) -> frozenset[str]:
    return frozenset(stated for name in names for stated in side[name])
