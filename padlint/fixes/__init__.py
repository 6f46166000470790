"""Edits to the user's source that cure a finding, and the proof that they do."""
