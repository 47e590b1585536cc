"""What a dataset is like, for people: pictures with labels, a page, a data card."""
