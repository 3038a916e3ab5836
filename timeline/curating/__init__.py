"""The curator's and the editor's hand: decisions, corrections, texts coded by hand."""
