"""One-line faults, each with the test that must fail under it: a promise whose test catches nothing is no promise."""
