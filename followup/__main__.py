"""`python -m followup` is the `followup` command."""

from followup.cli import main

if __name__ == "__main__":
    main()
