"""The simulation kernel: events, their graph, the queue, the clock, and the environment that runs them.

Plain synchronous Python without I/O; it knows nothing of tools, apps or models.
"""
