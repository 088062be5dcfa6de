"""The migrations of the register's tables, run by `register/versions.py` when a register is opened."""
