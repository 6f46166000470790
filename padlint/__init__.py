"""padlint finds Keras padding that escapes its mask."""

__version__ = "0.1.0"
