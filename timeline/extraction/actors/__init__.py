"""Who is named in an article: people, bodies, armed forces and states, and the short names that follow."""
