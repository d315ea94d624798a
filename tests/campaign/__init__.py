"""Kills without end: after each, what the server accepted and what the store says must agree (P1-P4, C, T1, T3)."""
