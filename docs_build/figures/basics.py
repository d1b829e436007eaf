"""What the first pages show: how rationality shapes a choice."""

from __future__ import annotations

from typing import Any

from docs_build.registry import INK, figure


@figure(
    "logit-choice",
    caption=(
        "How likely the better of two actions is, by how much better it is, at three rationalities."
    ),
    alt=(
        "Three rising curves. All pass through one half where both actions are worth the same. "
        "Where the first is worth 0.5 more it is played with probability 0.62 at rationality 1, "
        "0.88 at 4 and 1.00 at 12."
    ),
)
def logit_choice() -> Any:
    """Probability of the better action over the difference of values, a line a rationality."""
    import altair as alt
    import numpy as np

    rows = [
        {"difference": float(gap), "odds": float(1 / (1 + np.exp(-lam * gap))), "λ": f"λ = {lam}"}
        for lam in (1, 4, 12)
        for gap in np.linspace(-1, 1, 81)
    ]
    lines = (
        alt.Chart(alt.Data(values=rows))
        .mark_line()
        .encode(
            x=alt.X("difference:Q").title("value of the first action less that of the second"),
            y=alt.Y("odds:Q").title("probability of the first action").axis(format=".0%"),
            color=alt.Color("λ:N", sort=["λ = 1", "λ = 4", "λ = 12"]).title("rationality"),
        )
    )
    half = alt.Chart(alt.Data(values=[{"y": 0.5}])).mark_rule(strokeDash=[4, 4], color=INK)
    return lines + half.encode(y="y:Q")
