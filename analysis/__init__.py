"""Pure functions on frames and arrays. No input or output, no screen."""
