"""Alembic's entry: runs on the connection that the caller has opened, inside the caller's transaction."""

from __future__ import annotations

from alembic import context

from register.model import Base

context.configure(connection=context.config.attributes["connection"], target_metadata=Base.metadata)
context.run_migrations()
