"""Events in any text: found by their braces, whoever printed them."""
