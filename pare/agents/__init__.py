"""Agents: decisions without I/O, transcripts, and the loops that play a scenario."""
