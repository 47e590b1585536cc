"""Many machines at once, by Ray: shards of measured size as tasks, committed to a store, joined there."""
