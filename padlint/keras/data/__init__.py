"""Arrays, tables, texts and datasets: which of their steps are padding, and what keeps, moves or ends it."""
