"""What a set of runs says about an agent: pure functions over rows of results.

`docs/metrics.md` gives each figure with its formula.
"""

from __future__ import annotations

from pare.scenarios.metrics.comparison import Comparison, compared, scenario_rates
from pare.scenarios.metrics.intervals import Interval, difference_interval, rate_interval, t_quantile
from pare.scenarios.metrics.rates import (
    MAX_INFRASTRUCTURE_SHARE,
    Counts,
    PassRate,
    PublishedFigures,
    Rate,
    counts_of,
    pass_all_k,
    pass_at_k,
    published_figures,
    success_rate,
)
from pare.scenarios.metrics.summary import Apart, Behaviour, RoleTotal, Spent, Summary, summary_of

__all__ = [
    "MAX_INFRASTRUCTURE_SHARE",
    "Apart",
    "Behaviour",
    "Comparison",
    "Counts",
    "Interval",
    "PassRate",
    "PublishedFigures",
    "Rate",
    "RoleTotal",
    "Spent",
    "Summary",
    "compared",
    "counts_of",
    "difference_interval",
    "pass_all_k",
    "pass_at_k",
    "published_figures",
    "rate_interval",
    "scenario_rates",
    "success_rate",
    "summary_of",
    "t_quantile",
]
