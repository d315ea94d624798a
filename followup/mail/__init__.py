"""The wire. It takes an account and bytes, and tells exactly how far they got."""
