"""What readers take away: files, feeds, citations, and the description of them all."""
