"""A night of troubles: ten thousand runs while endpoint, processes, disk and key fail, and an audit of them.

Run it as `make soak`, or `python -m benchmarks.soak --runs 60 --in-flight 20` for a small one.
"""
