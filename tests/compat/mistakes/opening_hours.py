"""Beside a scenario; whoever imports this reads the clock."""

import time

NOW = time.time()
