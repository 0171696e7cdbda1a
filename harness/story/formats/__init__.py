"""Stories in each output format."""
