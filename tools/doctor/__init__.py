"""The live checks that need what does not ship; they stand in the list of `chalicelib/checks`."""
