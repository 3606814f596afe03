"""Charts that are pictures: their marks by colour and shape, their numbers by OCR and geometry."""
