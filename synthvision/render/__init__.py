"""Scene → linear light."""
