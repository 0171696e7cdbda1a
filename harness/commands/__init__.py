"""The commands: one file each, with a click command of its name. `harness.cli` imports only the one asked for."""
