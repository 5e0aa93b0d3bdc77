"""Measures what the design promises, beside the plainest app that would do the same, and says it in JSON."""
