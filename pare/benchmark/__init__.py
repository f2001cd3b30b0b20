"""The benchmark's published modules: its reports, and how its scenarios are loaded."""
