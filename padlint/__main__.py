"""padlint as a program: `python -m padlint`, and the command of that name."""

import gc

# What is made lives as long as a project is analysed, and so does what is imported, which Python would look through
# some forty times before it is complete.
gc.set_threshold(200_000)

from padlint.cli import main  # noqa: E402  # this is what is not to be looked through

__all__ = ["main"]

if __name__ == "__main__":
    main()
