"""What councils, councils for voluntary service and faith networks call the columns of their lists: field → headings.

Each heading is written as `plain` leaves it. Strong ones name the field whatever else the list has; weak ones do where nothing better is
there. Collected from published directories of local authorities and voluntary-sector infrastructure bodies.
"""

from __future__ import annotations

import re
import unicodedata

ADDRESS = "address"
CONTACT_POSTCODE = "contact_postcode"
PUBLIC_PREMISES = "public_premises"
POSITION = "position"

FIELDS: dict[str, str] = {
    "name": "name",
    "category": "kind of place",
    "organisation_type": "type of organisation",
    "faith_kind": "kind of faith-based organisation",
    "faith_tradition": "faith tradition",
    "denomination": "denomination",
    "description": "description",
    "activity_groups": "groups of activities",
    "clinical_areas": "clinical areas",
    "who_for": "who it is for",
    "languages": "languages",
    "opening": "when it is open",
    "days": "days it is open",
    "space": "space it could offer",
    "hosts": "what else shares the building",
    "service_area": "area it serves",
    "postcode": "postcode of the place",
    ADDRESS: "address: only a postcode is read out of it",
    CONTACT_POSTCODE: "contact postcode: only the authority is read from it",
    PUBLIC_PREMISES: "whether its premises are public",
    "uprn": "unique property reference number (UPRN)",
    "charity_number": "charity number",
    "website": "website",
    "easting": "easting",
    "northing": "northing",
    "longitude": "longitude",
    "latitude": "latitude",
    POSITION: "latitude and longitude in one cell",
    "lad24cd": "local authority",
    "sensitive": "sensitive site",
    "last_confirmed": "last confirmed",
    "confirmed_by_role": "role of whoever confirmed it",
}
"""Field → its label. Those that are no column of the table (address, contact postcode, public premises, position) help to place a row."""

STRONG: dict[str, tuple[str, ...]] = {
    "name": (
        "name", "organisation name", "organization name", "organisation", "organization", "name of organisation", "group name", "name of group",
        "asset name", "asset", "venue name", "name of venue", "service name", "name of service", "project name", "charity name", "centre name",
        "church name", "mosque name", "place of worship", "name of place of worship", "facility name", "club name", "library name", "org name",
        "org", "organisation group name", "name of community group", "community group", "title of service", "site name", "premises name",
        "building name", "hall name", "food bank name", "foodbank", "congregation", "registered name", "trading name", "agency", "agency name",
    ),
    "category": (
        "category", "asset category", "asset type", "type of asset", "facility type", "type of facility", "venue type", "type of venue",
        "building type", "kind of place", "type of place", "premises type", "type of premises", "kind of asset", "use class", "service category",
        "building use", "primary use",
    ),
    "organisation_type": (
        "organisation type", "organization type", "type of organisation", "type of group", "group type", "legal structure", "legal status",
        "legal form", "type of organization", "governing structure", "org type", "constitution", "kind of organisation", "sector",
        "organisational type", "structure",
    ),
    "faith_kind": ("faith kind", "kind of faith based organisation", "type of faith organisation", "faith organisation type"),
    "faith_tradition": ("faith", "religion", "faith tradition", "tradition", "faith community", "faith group", "belief", "religion or belief",
                        "faith religion", "religious affiliation", "main faith", "which faith"),
    "denomination": ("denomination", "christian denomination", "tradition or denomination", "branch", "school of thought", "church network"),
    "description": (
        "description", "what they do", "what we do", "what you do", "about", "about us", "summary", "services provided", "service description",
        "description of service", "services offered", "aims", "aims and objectives", "purpose", "short description", "details of service",
        "organisation description", "description of activities", "what does the group do", "what do they offer", "objects", "charitable objects",
        "brief description", "activities and services", "what is offered", "services", "offer",
    ),
    "activity_groups": ("activity group", "activity groups", "activity type", "type of activity", "activity category", "type of support"),
    "clinical_areas": ("clinical area", "clinical areas", "core20plus5", "core20plus5 area", "health condition", "health conditions", "conditions"),
    "who_for": (
        "who for", "who it is for", "who is it for", "target group", "target groups", "target audience", "beneficiaries", "beneficiary group",
        "client group", "client groups", "service users", "eligibility", "community served", "communities served", "age group", "audience",
        "who can attend", "who do they support", "people supported", "who benefits", "communities supported", "demographic", "user group",
        "user groups", "suitable for", "aimed at",
    ),
    "languages": ("languages", "languages spoken", "language", "language s spoken", "community languages", "language of worship",
                  "languages offered", "language spoken", "languages available", "languages of worship"),
    "opening": (
        "opening times", "opening hours", "open times", "times", "hours", "opening", "days and times", "day and time", "days times",
        "when open", "when", "session times", "meeting times", "service times", "hours of opening", "opening times and days",
        "opening days and times", "when do they meet", "prayer times", "times of services", "timetable", "schedule", "sessions",
        "opening days and hours", "day time", "days hours", "meets", "when is it open",
    ),
    "days": ("days", "days open", "opening days", "day", "day s", "meeting days", "day of week", "days of operation", "days of the week",
             "session days", "meeting day", "which days", "operating days"),
    "space": ("space", "space available", "rooms", "rooms available", "room hire", "facilities", "hall hire", "capacity", "available space",
              "facilities available", "space to hire", "hireable space", "rooms for hire", "spaces for hire", "facilities for hire"),
    "hosts": ("hosts", "also in the building", "co located services", "colocated with", "co location", "other users", "shared with",
              "other groups using the building", "hosted groups", "tenants"),
    "service_area": ("service area", "area served", "areas served", "area of benefit", "area of operation", "geographical area", "coverage",
                     "area covered", "areas covered", "catchment", "catchment area", "geographic area", "wards covered", "area of work"),
    "postcode": ("postcode", "post code", "postal code", "zip", "zip code", "postcode zip", "venue postcode", "pcode", "pc", "p code",
                 "postcode of venue", "premises postcode", "site postcode", "location postcode", "post code of venue", "pcd", "pcds",
                 "building postcode", "postcode where you meet", "meeting postcode", "service postcode", "address postcode", "venue post code"),
    ADDRESS: (
        "address", "address 1", "address 2", "address 3", "address 4", "address line 1", "address line 2", "address line 3", "address line 4",
        "address1", "address2", "address3", "full address", "street", "street address", "venue address", "location", "road", "town", "city",
        "county", "village", "locality", "addr1", "addr2", "line 1", "line 2", "line 3", "postal address", "site address", "premises address",
        "location address", "building number", "house number", "district name", "town city", "where", "where do they meet", "meeting place",
        "address of venue", "building and street", "post town",
    ),
    CONTACT_POSTCODE: (
        "contact postcode", "contact post code", "correspondence postcode", "correspondence address", "contact address", "trustee postcode",
        "trustee address", "trustees postcode", "registered postcode", "registered address", "registered office", "home postcode",
        "home address", "correspondence post code", "mailing address", "mailing postcode", "charity contact postcode", "admin address",
        "secretary address", "secretary postcode", "address for correspondence", "registered office postcode", "registered office address",
        "contact address postcode", "contact person postcode",
    ),
    PUBLIC_PREMISES: ("public premises", "open to the public", "public venue", "premises open to public", "is the address public",
                      "address can be published", "publish address", "address public", "public building", "public address",
                      "premises are public", "ok to publish address", "public access"),
    "uprn": ("uprn", "unique property reference number", "os uprn", "uprn number", "property reference", "os addressbase uprn", "llpg uprn"),
    "charity_number": ("charity number", "charity no", "charity registration number", "registered charity number", "registered charity no",
                       "charity reg no", "charity reg number", "reg charity no", "charity commission number", "charity num", "reg no",
                       "charity registration no", "registered number", "charity", "rcn", "charity ref", "charity company number"),
    "website": ("website", "web site", "url", "web address", "website address", "web", "website url", "homepage", "web page", "webpage", "link",
                "links", "www", "internet", "website link", "site url", "more information link", "facebook", "social media", "web link"),
    "easting": ("easting", "eastings", "x coord", "x coordinate", "bng x", "geo x", "os easting", "grid x", "xcoord", "geox", "os x", "point x"),
    "northing": ("northing", "northings", "y coord", "y coordinate", "bng y", "geo y", "os northing", "grid y", "ycoord", "geoy", "os y", "point y"),
    "longitude": ("longitude", "long", "lng", "lon", "geo long", "geo lon", "geo lng", "longtitude", "gps longitude", "wgs84 longitude"),
    "latitude": ("latitude", "lat", "geo lat", "gps latitude", "wgs84 latitude", "lattitude"),
    POSITION: ("lat lng", "lat long", "lat lon", "latitude longitude", "coordinates", "gps coordinates", "coords", "latlong", "latlng", "geo point",
               "gps", "co ordinates", "geopoint", "latitude and longitude", "map reference"),
    "lad24cd": ("lad24cd", "local authority", "local authority code", "la code", "lad code", "borough", "district", "council", "council area",
                "local authority district", "lad", "ladcd", "lad23cd", "lad name", "borough name", "district council", "authority", "la"),
    "sensitive": ("sensitive", "sensitive site", "confidential address", "confidential", "address confidential", "hide address",
                  "do not publish address", "confidential location", "secure address"),
    "last_confirmed": ("last confirmed", "date confirmed", "confirmed on", "last checked", "date checked", "last verified", "verified on",
                       "date verified", "last assured", "assured date", "date last checked", "date last confirmed", "date last verified",
                       "checked on", "verified date", "confirmed date"),
    "confirmed_by_role": ("confirmed by role", "role of confirmer", "confirmed in what role", "checked by role", "verified by role"),
}  # fmt: skip

WEAK: dict[str, tuple[str, ...]] = {
    "name": ("venue", "premises", "group", "site", "facility", "building", "centre", "church", "service", "project", "club", "charity", "title",
             "hall", "provider", "mosque", "library", "service provider", "scheme", "society", "parish", "location name"),
    "category": ("type", "kind", "theme", "class", "use", "classification", "facility", "service type", "type of service", "venue category"),
    "organisation_type": ("type", "status", "kind", "organisation category", "category of organisation", "classification"),
    "description": ("activities", "notes", "comments", "details", "information", "activity", "main activities", "what", "support offered",
                    "other information", "further information", "service", "remarks", "objectives", "info"),
    "activity_groups": ("activities", "activity", "main activities", "support offered"),
    "who_for": ("community", "age range", "age", "ages", "clients", "users", "members", "target"),
    "faith_tradition": ("denomination", "affiliation", "religious group"),
    "days": ("when", "opening"),
    "hosts": ("host", "hosted by"),
    ADDRESS: ("venue", "premises", "site", "where held", "venue location", "building", "area", "neighbourhood", "place"),
    "service_area": ("area", "neighbourhood", "ward", "wards", "areas", "locality", "ward name", "geography"),
    "easting": ("x", "x y"),
    "longitude": ("x", "geo x", "x coord", "x coordinate", "point x"),
    "northing": ("y",),
    "latitude": ("y", "geo y", "y coord", "y coordinate", "point y"),
    "last_confirmed": ("confirmed", "checked", "verified", "date of last check"),
}  # fmt: skip

PRIVATE: tuple[str, ...] = (
    "contact", "contact name", "contact details", "contact person", "key contact", "main contact", "primary contact", "named contact",
    "contacts", "contact email", "contact phone", "contact number", "contact no", "contact tel", "name of contact", "contact 1", "contact 2",
    "email", "e mail", "email address", "e mail address", "mail", "phone", "telephone", "tel", "tel no", "telephone number", "phone number",
    "mobile", "mobile number", "mob", "fax", "landline", "helpline", "surname", "first name", "forename", "last name", "full name", "chair",
    "chairperson", "chairman", "chairwoman", "chair name", "secretary", "treasurer", "trustee", "trustees", "trustee names", "minister", "vicar",
    "imam", "imam name", "priest", "rabbi", "pastor", "granthi", "warden", "churchwarden", "incumbent", "leader", "group leader", "manager",
    "coordinator", "co ordinator", "lead officer", "lead person", "lead name", "lead contact", "organiser name", "key person", "named person",
    "person", "caretaker", "booking contact", "bookings contact", "bookings", "date of birth", "dob", "faith leader", "clergy", "officer",
    "owner", "organiser",
    "confirmed by", "checked by", "verified by", "updated by", "completed by", "contact role", "position in organisation", "role",
    "job title", "representative",
    "whatsapp", "whatsapp group",
    "designated safeguarding lead", "safeguarding lead", "contact title", "salutation", "staff", "staff member", "link worker", "salesperson",
)  # fmt: skip
"""Headings of what is about a person: recognised so as to be left out."""


def plain(heading: str) -> str:
    """A heading in small letters without accents and punctuation: "Post-Code*" is "post code"; a number at its end that tells two alike is off."""
    text = unicodedata.normalize("NFKD", re.sub(r" \(\d+\)$", "", heading)).casefold().replace("&", " and ")
    text = re.sub(r"(?<=[a-z])['’`](?=s\b)", "", "".join(letter for letter in text if not unicodedata.combining(letter)))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())
