"""Edits that cure findings: planned from what the flow saw, made on concrete syntax, proved by linting again."""
