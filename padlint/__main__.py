"""`python -m padlint`."""

from padlint.cli import main

if __name__ == "__main__":
    main()
