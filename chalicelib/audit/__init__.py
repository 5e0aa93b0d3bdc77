"""Compares what was written on both sides, message by message, and tells what does not agree."""
