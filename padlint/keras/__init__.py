"""All that padlint knows of Keras, as an overlay on the interpreter."""
