"""Sources and methods: where every figure comes from, how it was made, and what the words mean."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from analysis.vocabularies import CATEGORIES
from presentation import provenance
from presentation.atlas_cache import open_atlas
from presentation.glossary import METHODS, glossary
from presentation.sources_view import copies_table, coverage_table, networks_line, patients_line, sources_table
from presentation.words import CATEGORY_PLURALS

PARTS = {
    "sources": "Sources",
    "methods": "Methods",
    "mapped-where": "What is mapped where",
    "glossary": "Glossary",
    "credits": "Credits",
}

atlas = open_atlas()
manifests = atlas.snapshot.manifests()

st.title("Sources and methods")
st.markdown(
    "Every figure in this atlas is public, dated and credited. What follows says where each comes from, how it was worked out, and where it is weak."
)

st.markdown("On this page: " + ", ".join(f"[{name}](#{anchor})" for anchor, name in PARTS.items()) + ".")

st.header("Sources", anchor="sources")
with st.container(key="sources_table"):
    st.table(sources_table(manifests), hide_index=True, alt="Every source of the snapshot, with vintage, rows and licence")
with st.expander("The copies that were read: figures used, addresses and checksums"):
    st.dataframe(
        copies_table(manifests),
        hide_index=True,
        alt="For each source: what is in the snapshot, where it is published, and the checksum of the copy read",
    )

st.header("Methods", anchor="methods")
st.markdown(METHODS.read_text(encoding="utf-8"))
st.markdown(f"{patients_line(manifests)} {networks_line(atlas.pcns)}")

st.header("What is mapped where", anchor="mapped-where")
st.markdown("Built into this copy. *Community assets*, under *What is mapped*, adds what newer layers and lists hold.")
st.table(
    coverage_table(atlas.coverage),
    hide_index=True,
    alt="Number of authorities where each kind of place is mapped, partly mapped or not mapped",
)
category = st.selectbox(
    "Kind of place", CATEGORIES, format_func=lambda name: CATEGORY_PLURALS[name].capitalize()
)
names = atlas.names("lad24")
rows = atlas.coverage[(atlas.coverage["category"] == category) & atlas.coverage["faith_tradition"].isna()]
st.dataframe(
    pd.DataFrame(
        {
            "Place": rows["lad24cd"].map(names),
            "Records": rows["records"],
            "Mapped?": rows["status"],
            "Source date": rows["source_date"],
            "Note": rows["note"],
        }
    ).sort_values("Place"),
    hide_index=True,
    height=320,
    alt="Coverage of the chosen kind of place by authority",
)

st.header("Glossary", anchor="glossary")
with st.container(key="glossary_table"):
    st.table(
        pd.DataFrame({"Word": [f"**{word}**" for word in glossary()], "Meaning": list(glossary().values())}),
        hide_index=True,
        alt="Glossary",
    )

st.header("Credits", anchor="credits")
st.markdown(provenance.ATTRIBUTION)
st.caption(
    "Common Ground is free software under the MIT licence. What a download derives from OpenStreetMap's places of worship "
    "(the columns *places_in_reach* and *nearest_place_of_worship_m*) keeps OpenStreetMap's credit and licence, ODbL 1.0."
)
