"""followup: when an application ends in a rejection, ask kindly why, and keep going."""

__version__ = "0.1.0"
