"""What the figures of the theory pages on outcomes, policies and worlds show."""

from __future__ import annotations

from typing import Any

from docs_build.registry import figure


def _frame(rows: list[dict[str, Any]]) -> Any:
    import polars as pl

    return pl.DataFrame(rows)


@figure(
    "forward-blockade",
    caption="Where the blockade stands at the end of each week, over all courses of events: most "
    "submissions come within two months.",
    alt="Stacked areas over 26 weeks that add up to 1. Going on falls from 1 to 0.04, submission "
    "rises to 0.89, most of it by the ninth week; shooting takes a thin band of 0.07. Settlement "
    "is too unlikely to be seen.",
)
def forward_blockade() -> Any:
    """The outcome's distribution by week."""
    import altair as alt

    import countermove as cm

    fan = cm.solve(cm.compile(cm.load("blockade")), others=0).forward().fans["outcome"]
    levels = [str(level) for level in fan["level"].to_numpy()]
    rows: list[dict[str, Any]] = [
        {
            "week": week + 1,
            "outcome": level,
            "chance": float(fan.isel(period=week).sel(level=level)),
        }
        for week in range(fan.sizes["period"])
        for level in levels
    ]
    return (
        alt.Chart(_frame(rows))
        .mark_area()
        .encode(
            alt.X("week:Q", title="end of week").scale(domain=[1, 26], nice=False),
            alt.Y("chance:Q", title="probability").scale(domain=[0, 1]),
            alt.Color("outcome:N", title="the outcome", sort=levels),
        )
    )


@figure(
    "countermove-effect-blockade",
    caption="What two policies of the blockade promise if nobody notices, and what they deliver "
    "once the others answer: the distance between the bars is the countermove effect.",
    alt="Two panels of paired bars for joint escort and for the patron looking on: the change in "
    "the probability of submission, and of shooting. Joint escort promises −0.32 and delivers "
    "−0.89 of submission; of shooting it promises +0.22 and delivers −0.03. Looking on promises "
    "what it delivers: +0.11 and −0.07.",
)
def countermove_effect_blockade() -> Any:
    """Promise and delivery, by policy and measure."""
    import altair as alt

    import countermove as cm

    policies = ["joint_escort", "stand_aside"]
    scenario, titles = cm.load("blockade"), {"submission": "submission", "war": "shooting"}
    found = cm.compare(scenario, policies=policies, measures=list(titles), signs=False)
    rows: list[dict[str, Any]] = []
    for policy in policies:
        for key, title in titles.items():
            told = found.promise("own", policy, key)
            name = policy.replace("_", " ")
            for what, change in (("promise", told.promise), ("delivered", told.delivered)):
                rows.append({"policy": name, "what": what, "of": title, "change": change})
    return (
        alt.Chart(_frame(rows))
        .mark_bar()
        .encode(
            alt.X("change:Q", title="change of probability from free play"),
            alt.Y("what:N", title=None, sort=["promise", "delivered"]),
            alt.Color("what:N", title=None, sort=["promise", "delivered"], legend=None),
            alt.Row("policy:N", title=None).header(labelAngle=0, labelAlign="left"),
            alt.Column("of:N", title=None, sort=list(titles.values())),
        )
        .properties(width=200, height=45)
    )


@figure(
    "ways-to-draw-worlds",
    caption="128 worlds of two parameters, drawn in three ways. Sobol points leave no holes and no "
    "heaps; a Latin hypercube is even in each parameter by itself; independent points are neither.",
    alt="Three square panels of 128 dots. Sobol points are spread evenly; the Latin hypercube and "
    "the random points have clusters and gaps.",
)
def ways_to_draw_worlds() -> Any:
    """Points of the unit square by method."""
    import altair as alt
    import numpy as np

    from countermove.explore.worlds import points, sample

    titles = {"sobol": "Sobol", "lhs": "Latin hypercube", "random": "random"}
    rows: list[dict[str, Any]] = [
        {"method": title, "x": float(x), "y": float(y)}
        for method, title in titles.items()
        for x, y in np.concatenate(list(points(sample(method, 128, 2, seed=1))))
    ]
    return (
        alt.Chart(_frame(rows))
        .mark_point(filled=True, size=18, opacity=0.9)
        .encode(
            alt.X("x:Q", title="first parameter").axis(values=[0, 1]),
            alt.Y("y:Q", title="second").axis(values=[0, 1]),
            alt.Column("method:N", title=None, sort=list(titles.values())),
        )
        .properties(width=160, height=160)
    )


@figure(
    "robustness-extended-deterrence",
    caption="What the defender gets in the share of worlds on the left axis or in worse ones: free "
    "play is better nearly everywhere, and never warning is better than always warning in the bad "
    "worlds.",
    alt="Three rising curves, one for each policy: the share of 128 worlds in which the defender "
    "gets no more than the payoff on the horizontal axis, from about −3 to 0. The curve of always "
    "warning reaches farthest to the left, that of free play lies farthest to the right.",
)
def robustness_extended_deterrence() -> Any:
    """The distribution over worlds of what each policy is worth."""
    import altair as alt

    import countermove as cm

    scenario, key = cm.load("extended-deterrence"), "payoff(defender)"
    exploration = cm.explore(scenario, worlds=128, measures=[key])
    rows: list[dict[str, Any]] = []
    for policy in exploration.policies:
        here = exploration.rows.filter(exploration.rows["policy"] == policy)
        values = sorted(here[key].to_list())
        name = "free play" if policy == "(free)" else policy.replace("_", " ")
        for rank, value in enumerate(values, start=1):
            rows.append({"policy": name, "payoff": value, "share": rank / len(values)})
    return (
        alt.Chart(_frame(rows))
        .mark_line(interpolate="step-after")
        .encode(
            alt.X("payoff:Q", title="payoff of the defender"),
            alt.Y("share:Q", title="share of worlds with no more").axis(format="%"),
            alt.Color("policy:N", title="policy"),
        )
    )


@figure(
    "search-timed-escort",
    caption="Settings of the patron's levers that no other setting tried beats, over four worlds: "
    "what spares the island submission costs shooting.",
    alt="Dots that fall from submission 0.31 with shooting 0.12 at the upper left to submission "
    "0.5 with hardly any shooting at the lower right.",
)
def search_timed_escort() -> Any:
    """The front of the policy search's example."""
    import altair as alt

    import countermove as cm

    found = cm.search(
        cm.load("blockade"),
        "timed_escort",
        of=["submission", "war"],
        worlds=4,
        population=16,
        generations=4,
    )
    rows = [
        {
            "submission": point.figures[0],
            "shooting": point.figures[1],
        }
        for point in found.front.points
    ]
    return (
        alt.Chart(_frame(rows))
        .mark_point(filled=True, size=55)
        .encode(
            alt.X("submission:Q", title="probability of submission").scale(zero=False),
            alt.Y("shooting:Q", title="probability of shooting"),
        )
    )
