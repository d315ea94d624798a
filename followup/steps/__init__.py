"""The five things followup does: scan, listen, remind, dispatch, review. Each is callable by itself and idempotent."""
