"""Open publications: files, metadata in every usual vocabulary, a page, a portal, a catalogue."""
