"""Reading: from the paths that the user named to text that can be parsed."""
