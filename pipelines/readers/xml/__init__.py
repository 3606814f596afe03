"""XML: known vocabularies as prose, all other as an outline."""
