"""Worlds as points of the unit cube, drawn once: every policy and view meets the same ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np

from countermove.errors import InvalidRequest, unknown
from countermove.explore.space_draws import Floats

Method = Literal["sobol", "lhs", "random", "saltelli", "morris"]
METHODS: tuple[Method, ...] = get_args(Method)
EXTENDABLE: tuple[Method, ...] = ("sobol", "random")  # more worlds leave the first ones as they are
DESIGNED: tuple[Method, ...] = ("saltelli", "morris")  # of a sensitivity analysis, sized by it
_BLOCK = 8192  # points drawn at a time; a power of two keeps Sobol's points balanced
_MOST_SOBOL = 2**30


@dataclass(frozen=True, slots=True)
class Sample:
    """Points of the unit cube as asked for: so many worlds, by a method, from a seed.

    The world of number w is the w-th point, whoever asks. By ``sobol`` (scrambled; Owen 1998) and
    ``random`` the first points are the same however many are drawn, so that an exploration can be
    extended; by ``lhs`` (McKay et al. 1979) and the designs of sensitivity analyses they are not.
    """

    method: Method
    worlds: int
    dimensions: int
    seed: int = 0

    @property
    def extendable(self) -> bool:
        """Whether more worlds leave the first ones as they are."""
        return self.method in EXTENDABLE


def sample(method: str, worlds: int, dimensions: int, *, seed: int = 0) -> Sample:
    """A sample as asked for; ``InvalidRequest`` or ``UnknownName`` where it cannot be drawn."""
    if method not in METHODS:
        raise unknown("way of drawing worlds", method, METHODS)
    if worlds < 1:
        raise InvalidRequest(f"an exploration has at least one world, not {worlds}")
    if method == "sobol" and worlds > _MOST_SOBOL:
        raise InvalidRequest(
            f"Sobol's sequence gives at most {_MOST_SOBOL:,} worlds, not {worlds:,}; draw fewer, "
            "or draw them by --method random"
        )
    if seed < 0:
        raise InvalidRequest(f"a seed is a whole number from 0, not {seed}")
    wanted: Method = next(known for known in METHODS if known == method)
    if wanted in DESIGNED:
        worlds = len(_design(Sample(wanted, worlds, dimensions, seed)))
    return Sample(wanted, worlds, dimensions, seed)


def notes(drawn: Sample, asked: int) -> tuple[str, ...]:
    """What whoever asked for so many worlds should know of the sample."""
    if drawn.method in DESIGNED and drawn.worlds != asked:
        return (
            f"a {drawn.method} design of {drawn.dimensions} parameters has {drawn.worlds:,} "
            f"worlds, not {asked:,}",
        )
    if drawn.method == "sobol" and drawn.worlds & (drawn.worlds - 1):
        below = 2 ** (drawn.worlds.bit_length() - 1)
        return (
            f"Sobol points are balanced at powers of two: {below:,} or {2 * below:,} worlds would "
            f"do better than {drawn.worlds:,}",
        )
    return ()


def points(drawn: Sample) -> Iterator[Floats]:
    """The sample's points in order, in blocks ``(up to 8192, D)`` of numbers in [0, 1].

    Sobol and random points are drawn as they are needed; Latin hypercubes and designs at once.
    """
    generator = np.random.default_rng(drawn.seed)
    match drawn.method:
        case "sobol":
            return _blocks(_sobol(drawn, generator).random, drawn.worlds)
        case "random":
            return _blocks(lambda n: generator.random((n, drawn.dimensions)), drawn.worlds)
        case "lhs":
            return _cut(_latin(drawn, generator))
        case _:
            return _cut(_design(drawn))


def _sobol(drawn: Sample, generator: np.random.Generator) -> Any:
    from scipy.stats import qmc

    if drawn.dimensions > qmc.Sobol.MAXDIM:
        raise InvalidRequest(
            f"Sobol's sequence has at most {qmc.Sobol.MAXDIM:,} parameters, not "
            f"{drawn.dimensions:,}; draw by --method random"
        )
    return qmc.Sobol(drawn.dimensions, scramble=True, seed=generator)


def _latin(drawn: Sample, generator: np.random.Generator) -> Floats:
    from scipy.stats import qmc

    found = qmc.LatinHypercube(drawn.dimensions, seed=generator).random(drawn.worlds)
    return np.asarray(found, dtype=np.float64)


def _design(drawn: Sample) -> Floats:
    from countermove.explore.sensitivity import design

    assert drawn.method in DESIGNED
    found = design(drawn.method, drawn.dimensions, drawn.worlds, seed=drawn.seed)
    return np.asarray(found, dtype=np.float64)


def _blocks(draw: Any, worlds: int) -> Iterator[Floats]:
    """Whole blocks, the last cut short: so the points never depend on how many are wanted."""
    for first in range(0, worlds, _BLOCK):
        yield np.asarray(draw(_BLOCK), dtype=np.float64)[: worlds - first]


def _cut(whole: Floats) -> Iterator[Floats]:
    for first in range(0, len(whole), _BLOCK):
        yield whole[first : first + _BLOCK]
