"""The judge: event grammars, links and facts, each declared as data. It knows no event name of any protocol."""
