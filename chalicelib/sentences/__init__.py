"""All that agents and sellers read: a file for each language, of which a process loads the one in use.

A new language is one more file, by its code with `_` for `-`, and a choice of AGENT_LANGUAGE in the settings; the tests
say what it lacks.
"""
