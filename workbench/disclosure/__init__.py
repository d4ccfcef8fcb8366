"""Statistical disclosure control: what must not be published, and what hiding it takes."""
