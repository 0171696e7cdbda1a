"""The mutation benchmark: good sessions are damaged on purpose, and the checker is scored on what it says of them."""
