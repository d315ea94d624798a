"""The review page: the outbox in a browser, on loopback, for nobody but the person."""
