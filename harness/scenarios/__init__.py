"""What can go wrong on purpose: faults, scenarios made of them, and what a client is expected to do."""
