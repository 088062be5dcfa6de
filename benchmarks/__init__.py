"""What performance claims rest on: `python -m benchmarks` prints each budget, what we take and what the naive way takes."""
