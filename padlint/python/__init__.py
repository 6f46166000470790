"""An interpreter of Python over abstract values; it does not know that Keras exists."""
