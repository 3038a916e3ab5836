"""The review desk: one event a screen, decided by keyboard, all through timeline.curating.curation.

`queue` says which event is next, `candidates` what it may be merged with, `evidence` shows quotes in their
articles, `views` are the doors. Claims (timeline.models.claims) keep two curators off one event.
"""
