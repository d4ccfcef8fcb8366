"""Territory packs: the data and declarations of one country each."""
