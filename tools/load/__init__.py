"""A burst of notifications through the whole pipeline on this machine: `make load`."""
