"""The commands of `python -m tools`: what they take and what they say. What they do stands in modules of its own."""
