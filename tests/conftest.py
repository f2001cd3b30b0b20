"""What holds for all tests: Hypothesis profiles, and signals as a terminal hands them on.

`ci` draws the same examples every time, `long` is there to find new ones. A shell starts what it puts in the
background with SIGINT ignored, and so does what that starts: programs under test shall hear it all the same.
"""

import signal

from hypothesis import settings

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("long", max_examples=2_000, deadline=None, print_blob=True)
settings.load_profile("ci")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
