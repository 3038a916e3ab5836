"""What happened: reports, events, the claim ledger and its pages."""
