"""Many machines at once, by Ray: shards of measured size for actors, committed to a store, joined there."""
