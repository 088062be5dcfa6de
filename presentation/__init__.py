"""All that a person sees and no page repeats: words, maps, lists, links, downloads."""
