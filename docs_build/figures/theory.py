"""What the figures of the theory pages on strategies and beliefs show."""

from __future__ import annotations

from typing import Any

from docs_build.registry import INK, figure

LAMBDAS = (0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 50)


def _frame(rows: list[dict[str, Any]]) -> Any:
    import polars as pl

    return pl.DataFrame(rows)


@figure(
    "rationality-little-crisis",
    caption="As rationality rises, the resolved threaten for certain. Bluffers never stop: they "
    "threaten in a third of the cases, so that a threat is believed, and not quite.",
    alt="Two curves over the rationality λ from 0.5 to 50, on a logarithmic axis: the probability "
    "that the challenger of the little crisis threatens. Both begin near one half. If resolved it "
    "rises to 1; if bluffing it falls to a quarter at λ = 3 and settles at a third.",
)
def rationality_little_crisis() -> Any:
    """Threats by type over rationality."""
    import altair as alt

    import countermove as cm

    scenario = cm.load("little-crisis")
    rows: list[dict[str, Any]] = []
    for value in LAMBDAS:
        game = cm.compile(scenario, set={"rationality_all": value})
        found = cm.solve(game, others=0).measures
        for type_ in ("resolved", "bluffing"):
            threat = found[f"threat_if_{type_}"].value
            rows.append({"λ": value, "type": type_, "threat": threat})
    return (
        alt.Chart(_frame(rows))
        .mark_line(point=True)
        .encode(
            alt.X("λ:Q", title="rationality λ")
            .scale(type="log", domain=[0.5, 50])
            .axis(values=[0.5, 1, 3, 8, 20, 50]),
            alt.Y("threat:Q", title="probability of a threat").scale(domain=[0, 1]),
            alt.Color("type:N", title="the challenger is", sort=["resolved", "bluffing"]),
        )
    )


@figure(
    "selection-stag-hunt",
    caption="The path from λ = 0 (line through the dots, which are the solver's answers) leads to "
    "caution; from λ ≈ 1.6 on there are two more symmetric equilibria.",
    alt="The probability that an ally stands, over λ from 0 to 3. One curve begins at one half and "
    "falls to 0; the solver's answers lie on it. From λ of about 1.6 a second, separate curve in "
    "the shape of a C lies above it: its upper arm rises to 1, its lower arm falls to two thirds.",
)
def selection_stag_hunt() -> Any:
    """The symmetric equilibria of the stag hunt, and those that are taken."""
    import altair as alt
    import numpy as np

    import countermove as cm

    odds = np.linspace(-14, 10, 20_001)  # log-odds of standing: each equilibrium has its λ
    stands = 1 / (1 + np.exp(-odds))
    rationality = odds / (6 * stands - 4)
    branches = []
    for name, inside in (("from λ = 0", stands <= 0.5), ("others", stands > 2 / 3)):
        kept = np.flatnonzero(inside & (rationality >= 0) & (rationality <= 3))
        for at in kept[:: max(1, len(kept) // 400)]:
            branches.append({"branch": name, "λ": float(rationality[at]), "p": float(stands[at])})
    scenario = cm.load("stag-hunt")
    dots = []
    for value in (0.25, 0.5, 0.75, 1, 1.5, 2, 2.5):
        found = cm.solve(cm.compile(scenario, set={"rationality_all": value}), others=0)
        dots.append({"λ": value, "p": found.measures["north_stands"].value})
    axes = (
        alt.X("λ:Q", title="rationality λ"),
        alt.Y("p:Q", title="probability of standing together"),
    )
    lines = (
        alt.Chart(_frame(branches))
        .mark_line()
        .encode(*axes, alt.Color("branch:N", title="equilibria"), order=alt.Order("p:Q"))
    )
    solved = alt.Chart(_frame(dots)).mark_point(color=INK, filled=True, size=45, opacity=1)
    return lines + solved.encode(*axes)


@figure(
    "what-a-threat-tells",
    caption="What is believed after a threat and after waiting, by what was believed before: far "
    "above the dotted line where a threat tells much. Where nobody doubts, nothing is told.",
    alt="The belief that the challenger is resolved after its move, over the belief before it, "
    "both from 0 to 1. After a threat the curve lies above the diagonal, after waiting below it; "
    "all three meet at 0 and at 1.",
)
def what_a_threat_tells() -> Any:
    """Posterior over prior in the little crisis."""
    import altair as alt

    import countermove as cm

    solution = cm.solve(cm.compile(cm.load("little-crisis")), others=0)
    axis = solution.game.world.beliefs.axes[0]
    start = solution.game.start
    played = solution.strategies["challenger"].isel(period=0, state=start)
    rows: list[dict[str, Any]] = []
    for point, (resolved, _) in enumerate(axis.points):
        for action in ("threaten", "wait"):
            odds = played.isel(belief=point).sel(action=action).to_numpy()
            after = resolved * odds[0] / (resolved * odds[0] + (1 - resolved) * odds[1])
            rows.append({"before": float(resolved), "after": float(after), "action": action})
    lines = (
        alt.Chart(_frame(rows))
        .mark_line(point=True)
        .encode(
            alt.X("before:Q", title="belief in the resolved type before"),
            alt.Y("after:Q", title="and after the move"),
            alt.Color("action:N", title="the challenger", sort=["threaten", "wait"]),
        )
    )
    even = _frame([{"before": 0.0, "after": 0.0}, {"before": 1.0, "after": 1.0}])
    level = alt.Chart(even).mark_line(color=INK, strokeDash=[2, 3], strokeWidth=1)
    return lines + level.encode(alt.X("before:Q"), alt.Y("after:Q"))


@figure(
    "belief-grid-of-three-types",
    caption="The belief grid of three types with five points an edge, and a prior that is no point "
    "of the regular grid (large): the cell that contains it is cut into three.",
    alt="A triangle whose corners are certainty of one of three types, cut into sixteen equal "
    "small triangles. A point inside of one of them is joined to its three corners.",
)
def belief_grid_of_three_types() -> Any:
    """Freudenthal's triangulation with a named distribution inserted."""
    import altair as alt
    import numpy as np

    from countermove.game.grids import cells

    prior = (0.45, 0.35, 0.2)
    grid = cells(3, 5, [prior])
    place = grid.points @ np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
    whole = range(grid.first[0], grid.first[1])  # the cells of all three types
    edges = {
        tuple(sorted((int(grid.vertex[c, i]), int(grid.vertex[c, (i + 1) % 3]))))
        for c in whole
        for i in range(3)
    }
    ends = [(place[a], place[b]) for a, b in sorted(edges)]
    frame = _frame([{"x": a[0], "y": a[1], "x2": b[0], "y2": b[1]} for a, b in ends])
    named = np.abs(grid.points - prior).max(axis=1) < 1e-9
    corners = (("α", -0.03, -0.03), ("β", 1.03, -0.03), ("γ", 0.5, 0.91))
    names = _frame([{"name": n, "x": x, "y": y} for n, x, y in corners])
    dots = _frame(
        [
            {"x": p[0], "y": p[1], "size": 120 if own else 30}
            for p, own in zip(place, named, strict=True)
        ]
    )
    x = alt.X("x:Q", axis=None).scale(domain=[-0.08, 1.08])
    y = alt.Y("y:Q", axis=None).scale(domain=[-0.08, 0.98])
    lines = alt.Chart(frame).mark_rule(color=INK, opacity=0.5).encode(x, y, x2="x2:Q", y2="y2:Q")
    points = alt.Chart(dots).mark_point(filled=True, opacity=1)
    labels = alt.Chart(names).mark_text(fontSize=14).encode(x, y, text="name:N")
    shown = points.encode(x, y, size=alt.Size("size:Q", scale=None))
    return (lines + shown + labels).properties(width=330, height=300)
