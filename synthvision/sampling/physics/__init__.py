"""Things that fall and come to rest."""
