# ruff: noqa: E501  # lists of phrases: a line a word
"""How lists write the words of our vocabularies: phrase → what it says of an asset, field by field; and languages.

Phrases are in the form that `column_headings.plain` gives. A phrase may say several things: a mosque is a place of worship, and Muslim.
Where a phrase says only a part ("temple"), only that part is taken.
"""

from __future__ import annotations

from analysis.column_headings import plain
from analysis.vocabularies import (
    ACTIVITY_GROUPS,
    ASSET_CATEGORIES,
    CLINICAL_AREA_NAMES,
    FAITH_KINDS,
    ORGANISATION_TYPES,
    TRADITIONS,
    WHO_FOR,
)

Said = dict[str, str]

_SOCIAL_ENTERPRISE = "community interest company or social enterprise"
_GROUP, _MEMBERS, _HUB = "grassroots community group", "association or membership body", "community-led centre or hub"
_ANCHOR, _HOUSING, _BUSINESS = "local infrastructure organisation", "housing provider", "private business"
_LARGE = "large national charity"

_WORSHIP = {
    "Christian": "church chapel cathedral|parish church|baptist church|methodist church|catholic church|evangelical church|church building|"
                 "pentecostal church|orthodox church|anglican church|salvation army|kingdom hall|friends meeting house|quaker meeting house|"
                 "citadel|minster|abbey|priory|gospel hall|church of england church|urc church|black majority church|minster church",
    "Muslim": "mosque masjid|islamic centre|muslim centre|prayer room muslim|jamia mosque|islamic cultural centre|islamic community centre|"
              "mosque masjid|mosque islamic centre|mosques",
    "Jewish": "synagogue shul|jewish synagogue|synagogues|beth hamidrash",
    "Sikh": "gurdwara gurudwara gurdwaras|sikh temple|sikh gurdwara",
    "Hindu": "mandir|hindu temple|hindu mandir|hindu centre",
    "Buddhist": "vihara|buddhist centre|buddhist temple|buddhist vihara|meditation centre buddhist",
    "Jain": "derasar|jain temple|jain centre",
    "Bahá'í": "bahai centre|baha i centre",
    "Multi-faith": "multi faith centre|multifaith centre|multi faith prayer room|interfaith centre|multi faith room",
}  # fmt: skip
_CATEGORIES = {
    "place of worship": "places of worship|religious building|worship|faith building|faith centre|temple|prayer hall|religious meeting place|"
                        "church or place of worship|faith venue|religious|place of religious worship|faith place of worship|shrine",
    "library": "libraries|public library|community library|council library|library service|branch library|library and learning centre|idea store",
    "community centre": "community centres|community center|community hub|community building|neighbourhood centre|resource centre|community hall|"
                        "community venue|tenants hall|tra hall|family hub|civic centre|community house|community space|multi purpose centre|"
                        "community facility|community hub centre|community association building|settlement",
    "food bank": "foodbank|food banks|foodbanks|food pantry|pantry|community pantry|food parcel|food club|food distribution|food aid|"
                 "community fridge|social supermarket|food hub|food support|emergency food",
    "village or church hall": "village hall|church hall|parish hall|parish rooms|memorial hall|village halls|church halls|parish centre|"
                              "scout hall|scout hut|village hall community hall|church rooms|institute|reading room|hall",
    "social facility": "day centre|drop in centre|drop in|refuge|shelter|night shelter|hostel|homeless shelter|advice centre|care centre|warm space|"
                       "warm hub|lunch club|luncheon club|day care|soup kitchen|homelessness service|support centre|recovery centre|outreach centre|"
                       "domestic abuse refuge|womens refuge|women s refuge|asylum support centre|soup run|wellbeing centre|advice service",
    "youth or social club": "youth club|youth centre|social club|working mens club|working men s club|scouts|guides|brownies|boxing club|sports club|"
                            "youth group|youth provision|youth service|club|senior citizens club|boys and girls club|youth hub|over 60s club|"
                            "scout group|guide group|uniformed group|social clubs|youth clubs|older peoples club|older people s club",
    "community service": "community services|support service|support group|community group|voluntary group|voluntary organisation|service|"
                         "self help group|peer support|advice|befriending|community transport|community project|toy library|counselling service|"
                         "parent and toddler group|toddler group|voluntary and community group|residents association|community organisation|"
                         "women s group|womens group|men s shed|mens shed|faith group|voluntary sector organisation|vcs organisation|vcse|vcfse|"
                         "vcse organisation|time bank|credit union|community garden|arts group|sports group",
    "charity": "charities|registered charity|charity registered|cio|charitable incorporated organisation|charitable trust|charitable company|"
               "small charity|charitable organisation|local charity|national charity|registered charities|trust|charity cio",
}  # fmt: skip
_ORGANISATION_TYPES = {
    "individual working alone": "individual|sole volunteer|individual volunteer|community champion|self employed|sole trader",
    "individual wanting to join in": "volunteer|resident|interested individual",
    _GROUP: "community group|grassroots group|grassroots|unincorporated|unincorporated association|small community group|informal group|voluntary group|"
            "constituted group|unconstituted group|constituted community group|unregistered group|self help group|local group|group|"
            "unregistered voluntary group|unincorporated group|community led group|volunteer led group|community and voluntary group",
    _MEMBERS: "association|membership body|membership organisation|residents association|tenants association|tenants and residents association|tra|"
              "society|club|members club|cooperative|co operative|cooperative society|sports club|friendly society|federation|social club|union",
    _HUB: "community centre|community hub|community association|community led centre|hub|settlement|village hall|community led hub|community building",
    _ANCHOR: "infrastructure organisation|infrastructure|cvs|council for voluntary service|voluntary action|community anchor|anchor organisation|"
             "volunteer centre|umbrella body|umbrella organisation|infrastructure body|council for voluntary services|network",
    "faith group": "faith|faith organisation|faith based organisation|faith based|religious organisation|church|mosque|religious group|temple|"
                   "faith community|faith based group|place of worship|worshipping community|faith charity|gurdwara|synagogue",
    _HOUSING: "housing association|registered social landlord|rsl|registered provider|almshouse|social landlord|housing|housing co operative",
    _SOCIAL_ENTERPRISE: "cic|community interest company|social enterprise|community interest company cic|c i c|community benefit society|cbs|"
                        "cic limited by guarantee|cic limited by shares|community business|social business|cic ltd",
    "time bank": "timebank|time banking|timebanking",
    _LARGE: "national charity|large charity|national voluntary organisation|national organisation",
    _BUSINESS: "business|private|private company|company|company limited by shares|limited company|ltd|for profit|private sector|commercial|shop",
}  # fmt: skip
_FAITH_KINDS = {
    "worshipping community": "congregation|church|mosque|temple|place of worship|worship|gurdwara|synagogue|parish",
    "faith-based or faith-inspired charity": "faith charity|faith based charity|faith inspired charity|christian charity|muslim charity|jewish charity",
    "faith-based provider of a service": "faith based provider|faith based service|faith provider|faith based service provider",
    "inter-faith group or network": "interfaith|inter faith|inter faith forum|interfaith group|interfaith network|faith forum|faith network|"
                                    "multi faith network|inter faith group|inter faith network|faiths forum",
}  # fmt: skip
_TRADITIONS = {
    "Christian": "christianity|christians|church|other christian",
    "Muslim": "islam|islamic|muslims|moslem|muslim islam|islam muslim",
    "Jewish": "judaism|jew|jews|jewish judaism",
    "Sikh": "sikhism|sikhs",
    "Hindu": "hinduism|hindus",
    "Buddhist": "buddhism|buddhists",
    "Jain": "jainism|jains",
    "Bahá'í": "bahai|baha i|bahai faith|baha i faith",
    "Multi-faith": "multifaith|interfaith|inter faith|all faiths|mixed faith|multi faith|multiple faiths|several faiths|ecumenical and interfaith",
    "Other": "other faith|other religion|pagan|paganism|spiritualist|zoroastrian|rastafarian|rastafari|humanist|taoist|ravidassia|unitarian universalist",
}  # fmt: skip
_CHRISTIAN = {
    "Anglican": "church of england|c of e|cofe|coe|anglican|c e|church of england anglican|cofe anglican",
    "Roman Catholic": "roman catholic|rc|catholic|roman catholic church",
    "Methodist": "methodist|the methodist church", "Baptist": "baptist|baptist union", "United Reformed": "united reformed|urc|united reformed church",
    "Pentecostal": "pentecostal|pentacostal", "Elim Pentecostal": "elim|elim pentecostal", "Salvation Army": "salvation army|the salvation army",
    "Quaker": "quaker|quakers|society of friends|religious society of friends", "Evangelical": "evangelical",
    "Greek Orthodox": "greek orthodox", "Orthodox": "orthodox christian|eastern orthodox|orthodox church", "Coptic Orthodox": "coptic|coptic orthodox",
    "Seventh-day Adventist": "seventh day adventist|sda|7th day adventist|adventist", "Jehovah's Witness": "jehovahs witness|jehovah s witness|jehovahs witnesses",
    "Latter-day Saints": "mormon|latter day saints|lds", "Redeemed Christian Church of God": "rccg|redeemed christian church of god",
    "Church of God of Prophecy": "church of god of prophecy", "New Testament Church of God": "new testament church of god|ntcg",
    "Non-denominational": "non denominational|nondenominational", "Ecumenical": "ecumenical", "Moravian": "moravian", "Brethren": "brethren",
}  # fmt: skip
_OTHER_DENOMINATIONS = {
    "Muslim": {"Sunni": "sunni", "Shia": "shia|shi a|shiite|shi ah", "Ahmadiyya": "ahmadiyya|ahmadi", "Deobandi": "deobandi", "Barelvi": "barelvi",
               "Sufi": "sufi", "Ismaili": "ismaili"},
    "Jewish": {"Reform": "reform judaism|reform jewish", "Liberal": "liberal judaism|liberal jewish", "Masorti": "masorti",
               "Orthodox": "orthodox jewish|united synagogue|orthodox judaism"},
    "Hindu": {"Swaminarayan": "swaminarayan|baps", "Hare Krishna": "hare krishna|iskcon"},
    "Buddhist": {"Theravada": "theravada", "Zen": "zen", "Triratna": "triratna"},
}  # fmt: skip
_OLD_ACRONYM = "ba" "me"  # older lists have it; our own words never do
_WHO_FOR = {
    "everyone": "all|anyone|all ages|general public|open to all|everybody|whole community|all residents|public|all welcome|any|general|local residents|"
                "the whole community|all the community|local community|residents",
    "children": "child|kids|under 5s|under fives|0 5|early years|toddlers|children under 5|primary age|pre school|babies|under 11s|5 11",
    "young people": "youth|young|young adults|teenagers|teens|11 18|16 25|11 19|13 19|11 25|young persons|under 25s|under 18s|students",
    "older people": "older|elderly|over 50s|over 55s|over 60s|over 65s|older adults|seniors|pensioners|50|60|65|55|senior citizens|over 50|older residents|"
                    "older persons|elders",
    "families": "family|parents|parents and carers|parents and children|mums and babies|families with children|parents and toddlers|parent",
    "women": "woman|women only|females|female|women and girls|ladies|mothers|girls", "men": "man|men only|males|male|men and boys|fathers|dads|boys",
    "disabled people": "disability|disabled|disabilities|people with disabilities|people with a disability|learning disabilities|learning disability|"
                       "people with a learning disability|people with learning disabilities|physical disability|sen|send|sensory impairment|autism|"
                       "deaf people|blind people|visually impaired|autistic people|deaf|physical disabilities",
    "Asian communities": "asian|south asian|bangladeshi|pakistani|indian|chinese|tamil|asian community|bengali community|bangladeshi community|"
                         "pakistani community|chinese community|tamil community|indian community|south asian communities|asian women",
    "Black communities": "black|african|caribbean|african and caribbean|black african|black caribbean|somali|african caribbean|afro caribbean|nigerian|"
                         "somali community|ghanaian|african community|caribbean community|black community|eritrean|congolese|sudanese",
    "communities of several ethnic groups": "ethnic minorities|minority ethnic|ethnic minority|ethnic minority communities|bme|" + _OLD_ACRONYM + "|global majority|"
                                            "multicultural|minoritised communities|black and minority ethnic|racialised communities|diverse communities",
    "White minority communities": "polish|eastern european|romanian|irish|polish community|ukrainian|lithuanian|irish community|eastern europeans|"
                                  "romanian community|portuguese|bulgarian",
    "other ethnic communities": "arab|kurdish|turkish|latin american|arabic speaking|iranian|afghan|turkish community|kurdish community|turkish cypriot|"
                                "yemeni|iraqi|arab community|syrian",
    "Gypsy, Roma and Traveller communities": "gypsy|roma|traveller|travellers|gypsies and travellers|grt|gypsy roma and traveller|gypsies|roma community|"
                                             "gypsy roma traveller|gypsy and traveller",
    "people seeking asylum and refugees": "refugees|asylum seekers|refugees and asylum seekers|migrants|asylum seekers and refugees|refugee|refugees migrants|"
                                          "people seeking asylum|vulnerable migrants|new arrivals|sanctuary seekers|migrant communities",
    "people experiencing homelessness": "homeless|homeless people|homelessness|rough sleepers|people who are homeless|street homeless",
    "LGBT+ people": "lgbt|lgbtq|lgbtqia|lgbtqi|lgbt people|lgbtq people|gay|trans people|lgbtqia people|lgbtq community",
    "carers": "carer|unpaid carers|young carers|family carers|adult carers|parent carers",
}  # fmt: skip
_ACTIVITIES = {
    "practical": "food|food bank|foodbank|transport|advice|housing advice|debt advice|money advice|welfare advice|clothing|practical support|shopping|"
                 "cooked meals|meals|benefits advice|employment support|gardening|diy|energy advice|legal advice|food and essentials",
    "educational": "education|training|learning|esol|english classes|classes|courses|homework club|it skills|digital skills|skills|workshops|tutoring|"
                   "english|literacy|supplementary school|madrasah|education and training|adult learning|digital inclusion",
    "emotional": "counselling|listening|befriending|mental health|bereavement|wellbeing|mental wellbeing|peer support|emotional support|pastoral care|"
                 "mental health support|bereavement support|health and wellbeing|prayer|support group",
    "social": "social activities|lunch club|coffee morning|coffee mornings|arts|arts and crafts|sport|sports|music|dance|games|social club|exercise|"
              "leisure|youth club|socialising|friendship|trips|craft|choir|cafe|bingo|yoga|walking group|sport and leisure|social events",
}  # fmt: skip
_CLINICAL = {
    "maternity": "pregnancy|perinatal|antenatal|postnatal|maternity care", "smi": "smi|psychosis|severe mental illness smi|schizophrenia",
    "chronic-respiratory-disease": "copd|respiratory|respiratory disease|lung disease|chronic respiratory", "cancer": "cancer|cancer screening|early cancer",
    "hypertension": "hypertension|blood pressure|blood pressure checks|high blood pressure|cholesterol|heart health|lipids",
    "diabetes": "childrens diabetes|type 1 diabetes", "oral-health": "oral health|dental|teeth|dentistry|dental health", "epilepsy": "epilepsy",
    "asthma": "childhood asthma|childrens asthma", "mental-health": "camhs|childrens mental health|children s mental health|young people s mental health",
}  # fmt: skip


def _table(field: str, words: tuple[str, ...], phrases: dict[str, str]) -> dict[str, Said]:
    own = {plain(word): {field: word} for word in words}
    return {phrase: {field: word} for word, texts in phrases.items() for phrase in texts.split("|")} | own


def _worship() -> dict[str, Said]:
    found: dict[str, Said] = {}
    for tradition, texts in _WORSHIP.items():
        first, *more = texts.split("|")
        for phrase in [*first.split(), *more]:
            found[phrase] = {"category": "place of worship", "faith_tradition": tradition}
    return found


def _denominations() -> dict[str, Said]:
    by_tradition = {"Christian": _CHRISTIAN, **_OTHER_DENOMINATIONS}
    return {
        phrase: {"faith_tradition": tradition, "denomination": word}
        for tradition, words in by_tradition.items()
        for word, texts in words.items()
        for phrase in texts.split("|")
    }


_CHARITY_TYPES: dict[str, Said] = {phrase: {"category": "charity"} for phrase in _CATEGORIES["charity"].split("|")}
_BODY = _table("organisation_type", ORGANISATION_TYPES, _ORGANISATION_TYPES)
_PLACE = _table("category", ASSET_CATEGORIES, _CATEGORIES) | _worship()
_TRADITION = _table("faith_tradition", TRADITIONS, _TRADITIONS)

PHRASES: dict[str, dict[str, Said]] = {
    # A list's "type" column mixes kinds of place and kinds of body: what is said of the column's own field comes first.
    "category": _CHARITY_TYPES | _BODY | _PLACE,
    "organisation_type": _CHARITY_TYPES | {phrase: _PLACE.get(phrase, {}) | _BODY.get(phrase, {}) for phrase in _PLACE | _BODY},
    "faith_kind": _table("faith_kind", FAITH_KINDS, _FAITH_KINDS),
    "faith_tradition": {**_worship(), **_denominations(), **_TRADITION},
    "denomination": {**_TRADITION, **_denominations()},
    "who_for": _table("who_for", WHO_FOR, _WHO_FOR),
    "activity_groups": _table("activity_groups", ACTIVITY_GROUPS, _ACTIVITIES),
    "clinical_areas": {plain(name): {"clinical_areas": key} for key, name in CLINICAL_AREA_NAMES.items()}
    | {plain(key): {"clinical_areas": key} for key in CLINICAL_AREA_NAMES}
    | _table("clinical_areas", (), _CLINICAL),
}

_LANGUAGES = (
    "Acholi|Afrikaans|Akan|Albanian|Amharic|Arabic|Aramaic|Armenian|Bengali|Bosnian|British Sign Language|Bulgarian|Burmese|Cantonese|Chinese|Croatian|"
    "Czech|Danish|Dari|Dutch|English|Estonian|Ewe|Fante|Filipino|Finnish|French|Fula|Ga|Georgian|German|Greek|Gujarati|Hakka|Hausa|Hebrew|Hindi|"
    "Hungarian|Igbo|Indonesian|Italian|Japanese|Kannada|Kashmiri|Khmer|Kikuyu|Kinyarwanda|Konkani|Korean|Krio|Kurdish|Latin|Latvian|Lingala|"
    "Lithuanian|Luganda|Luo|Macedonian|Makaton|Malay|Malayalam|Maltese|Mandarin|Marathi|Mirpuri|Mongolian|Ndebele|Nepali|Norwegian|Oromo|Pahari|"
    "Pashto|Patois|Persian|Polish|Portuguese|Potwari|Punjabi|Quechua|Romani|Romanian|Russian|Saraiki|Serbian|Shona|Sindhi|Sinhala|Slovak|Slovenian|"
    "Somali|Spanish|Swahili|Swedish|Sylheti|Syriac|Tagalog|Tamil|Telugu|Thai|Tibetan|Tigrinya|Turkish|Twi|Ukrainian|Urdu|Uyghur|Vietnamese|Welsh|"
    "Wolof|Xhosa|Yiddish|Yoruba|Zulu"
)
_ALSO = {
    "Bengali": "bangla|bengla|bangali", "Persian": "farsi|farsi persian|iranian", "British Sign Language": "bsl|sign language", "Punjabi": "panjabi",
    "Pashto": "pushto|pashtu|pushtu", "Sylheti": "sylhetti|syleti", "Kurdish": "sorani|kurmanji|kurdish sorani", "Swahili": "kiswahili", "Twi": "akan twi",
    "Chinese": "chinese languages", "Mandarin": "mandarin chinese|putonghua", "Cantonese": "cantonese chinese", "Filipino": "pilipino", "Tigrinya": "tigrigna",
    "Gujarati": "gujrati|gujerati", "Sinhala": "sinhalese|singhalese", "Malayalam": "malyalam", "Potwari": "pothwari|pahari potwari", "Patois": "jamaican patois",
}  # fmt: skip
LANGUAGES: dict[str, str] = {plain(name): name for name in _LANGUAGES.split("|")} | {
    phrase: name for name, texts in _ALSO.items() for phrase in texts.split("|")
}
"""How a language is written → its English name."""
