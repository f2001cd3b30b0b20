"""The result store: finished runs, and who is at work on which; `utils.caching` publishes it."""
