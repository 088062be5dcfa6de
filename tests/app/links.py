"""Pages as links open them."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest


def by_link(app: AppTest, **query: str) -> AppTest:
    """Run an app, or a page of a test's own, with these parameters in its address; an error that it shows fails the test."""
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app
