"""How names, events and texts are put into words, in the reader's language."""
