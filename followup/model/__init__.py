"""The nouns: frozen values and the tables of moves. No I/O, no clock."""
