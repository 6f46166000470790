"""What TensorFlow is asked: the only place that imports it."""
