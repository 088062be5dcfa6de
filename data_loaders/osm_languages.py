"""English names of the languages that OpenStreetMap's `language:xx` tags name by their ISO 639 codes.

Those that were main languages in England in the Census of 2021, with those in which people worship. Names: ISO 639.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = {
    "af": "Afrikaans", "ak": "Akan", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian", "bfi": "British Sign Language",
    "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "ckb": "Central Kurdish", "cop": "Coptic", "cs": "Czech",
    "cu": "Church Slavonic", "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian",
    "fa": "Persian", "fi": "Finnish", "fil": "Filipino", "fr": "French", "ga": "Irish", "gd": "Scottish Gaelic", "gez": "Ge'ez",
    "gu": "Gujarati", "ha": "Hausa", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian", "id": "Indonesian",
    "ig": "Igbo", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "kn": "Kannada", "ko": "Korean", "kok": "Konkani",
    "ku": "Kurdish", "kw": "Cornish", "la": "Latin", "lg": "Ganda", "ln": "Lingala", "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian",
    "ml": "Malayalam", "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "ne": "Nepali", "nl": "Dutch", "no": "Norwegian", "om": "Oromo",
    "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese", "ro": "Romanian", "rom": "Romani", "ru": "Russian", "sa": "Sanskrit",
    "sd": "Sindhi", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian", "sn": "Shona", "so": "Somali", "sq": "Albanian", "sr": "Serbian",
    "sv": "Swedish", "sw": "Swahili", "syl": "Sylheti", "syr": "Syriac", "ta": "Tamil", "te": "Telugu", "th": "Thai", "ti": "Tigrinya",
    "tl": "Tagalog", "tr": "Turkish", "tw": "Twi", "uk": "Ukrainian", "ur": "Urdu", "uz": "Uzbek", "vi": "Vietnamese", "xh": "Xhosa",
    "yi": "Yiddish", "yo": "Yoruba", "yue": "Cantonese", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
_SPOKEN = {"yes", "main", "only", "primary", "designated", "official"}


def spoken(tags: Mapping[str, str]) -> tuple[str, ...]:
    """The names of the languages that tags say are used there, in the order of their names; a code that is not in the list is left out.

    >>> spoken({"language:pl": "yes", "language:en": "no"})
    ('Polish',)
    """
    codes = (key.removeprefix("language:").casefold() for key, value in tags.items() if key.startswith("language:") and value in _SPOKEN)
    return tuple(sorted({LANGUAGES[code] for code in codes if code in LANGUAGES}))
