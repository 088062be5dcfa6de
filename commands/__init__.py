"""The command line: what the pages do, for people who script."""
