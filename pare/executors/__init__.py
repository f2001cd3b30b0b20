"""Run jobs, and nothing else: on one event loop, or in worker processes."""
