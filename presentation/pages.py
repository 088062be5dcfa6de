"""The registry of pages: every file in pages/ is here, in the order of the menu. No screen here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """One page of the menu."""

    file: str
    title: str
    url_path: str
    default: bool = False


PAGES = (
    Page("pages/gaps.py", "Gaps", "gaps", default=True),
    Page("pages/inequalities.py", "Inequalities", "inequalities"),
    Page("pages/several_needs.py", "Several needs together", "several-needs-together"),
    Page("pages/community_assets.py", "Community assets", "community-assets"),
    Page("pages/partners.py", "Partners", "partners"),
    Page("pages/suggest_a_partner.py", "Suggest a partner", "suggest-a-partner"),
    Page("pages/sources_and_methods.py", "Sources and methods", "sources-and-methods"),
)
