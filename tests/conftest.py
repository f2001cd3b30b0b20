"""Two Hypothesis profiles: `ci` draws the same examples every time, `long` is there to find new ones."""

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("ci")
