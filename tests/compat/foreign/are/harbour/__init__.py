"""Scenarios of a small harbour."""
