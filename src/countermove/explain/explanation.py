"""One explained decision: why this, what it tells, what would turn it, whose choice matters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from countermove.explain import words
from countermove.explain.record import Sentence, Signals, Why

if TYPE_CHECKING:
    from countermove.explain.node import Node
    from countermove.explain.stakes_record import Stakes
    from countermove.explain.turns_record import Turns
    from countermove.language.model import Claim, Scenario


@dataclass(frozen=True, slots=True)
class Explanation:
    """A decision explained.

    ``signals`` is None where the mover has no types; ``turns`` and ``stakes`` where they were not
    asked for, as they solve the game many times over.
    """

    scenario: Scenario
    view: str | None
    policy: str | None
    why: Why
    signals: Signals | None = None
    turns: Turns | None = None
    stakes: Stakes | None = None

    @property
    def node(self) -> Node:
        """The decision."""
        return self.why.node

    @property
    def place(self) -> str:
        """Where the decision is taken, in words."""
        return words.place_words(self.scenario, self.node)

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """All that is said, each with what it rests on, in the order in which it is read."""
        found = list(words.why_sentences(self.scenario, self.why))
        if self.signals is not None:
            found += words.signal_sentences(self.scenario, self.signals, self.why)
        if self.turns is not None:
            found += self.turns.sentences()
        if self.stakes is not None:
            found += self.stakes.sentences()
        return tuple(found)

    @property
    def claims(self) -> Mapping[str, Claim]:
        """The claims of sources that the sentences rest on, by name."""
        cited = dict.fromkeys(name for s in self.sentences for name in s.claims)
        return {name: self.scenario.claims[name] for name in cited}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """The parameters that the sentences rest on and that rest on no source themselves."""
        return tuple(dict.fromkeys(name for s in self.sentences for name in s.assumptions))

    def __str__(self) -> str:
        said = "\n".join(f"{s.about}: {s.text}" for s in self.sentences)
        return f"{self.place}.\n{said}"

    def _repr_html_(self) -> str:
        from countermove.explain.views import explanation_view

        return explanation_view(self)

    def __repr__(self) -> str:
        node, why = self.node, self.why
        who = f"{node.mover} ({node.type})" if node.type else node.mover
        return f"Explanation({self.scenario.name!r}: {who}, {node.when}, {why.this} > {why.other})"
