"""Follow padding and masks through a model graph, and say where padding is read unmasked."""
