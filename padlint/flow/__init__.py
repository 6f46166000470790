"""Padding and masks, followed through the model graph to the layers that read them."""
