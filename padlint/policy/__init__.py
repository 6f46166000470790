"""What becomes of a finding once it is made: selected or not, ignored, known to the baseline, hidden or shown."""
