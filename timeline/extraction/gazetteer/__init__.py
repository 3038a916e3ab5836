"""The world's places by name: the index, how it is built and how it is asked."""
