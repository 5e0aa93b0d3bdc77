"""Looks at everything that a person could have got wrong, and says for each what to do."""
