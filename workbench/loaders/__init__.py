"""Real local data in: a catalogue, fetching, archives, and readers that other packages can add."""
