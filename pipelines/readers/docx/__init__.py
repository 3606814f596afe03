"""Word documents (WordprocessingML, ECMA-376 part 1 §17), read from their XML."""
