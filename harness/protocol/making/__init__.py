"""What the events of a session that is made up say, and when a side takes the initiative: data for `harness generate`.

The order of events, the ids and the values that several events repeat come from the declarations that the check uses;
here stands the rest.
"""
