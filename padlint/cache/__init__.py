"""What earlier runs came to, kept on disk: used again only where all that it depended on is still the same."""
