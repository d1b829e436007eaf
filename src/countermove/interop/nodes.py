"""A tree as plain data: its nodes, its players' information sets, and what the public saw."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from countermove.interop.numbers import Branch


@dataclass(frozen=True, slots=True)
class Decision:
    """An information set: who decides, when and where.

    ``player`` is the number of the tree's player; ``history`` tells public histories apart.
    ``rate`` is what the payoffs of this moment are discounted by; ``type`` is -1 where the mover
    has none; ``actions`` are the positions of the legal ones.
    """

    player: int
    period: int
    step: int
    mover: int
    state: int
    type: int
    own: tuple[int, ...]
    history: int
    rate: float
    actions: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Event:
    """What the public saw last: the actions ``chosen`` at a step, and how chance turned out.

    ``before`` numbers the public history before it (0: the start), ``state`` is the state there.
    """

    before: int
    period: int
    step: int
    state: int
    chosen: tuple[int, ...]
    outcome: Branch


@dataclass(frozen=True, slots=True)
class Node:
    """A node; its subtrees follow it, one after another.

    ``infoset`` numbers the decisions, from 0; ``odds`` are of chance, one an action; ``pays`` are
    of a leaf, one a player of the tree that has come in so far.
    """

    kind: Literal["chance", "move", "end"]
    label: str = ""
    actions: tuple[str, ...] = ()
    odds: tuple[float, ...] = ()
    infoset: int = -1
    pays: tuple[float, ...] = ()


@dataclass(slots=True)
class Tree:
    """Nodes in the order of their writing, parents first; the players and information sets.

    ``events[h - 1]`` is what the public history number h ends with.
    """

    players: list[str]
    nodes: list[Node] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
