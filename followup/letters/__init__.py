"""How is it said? Templates and facts → text; what a careful friend would say of it; the exact bytes of the mail."""
