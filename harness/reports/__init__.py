"""What a check found out, for people and for programs: one file per output format in `formats/`."""
