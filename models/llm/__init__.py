"""Language models: a question with a JSON Schema in, data that fits it out."""
