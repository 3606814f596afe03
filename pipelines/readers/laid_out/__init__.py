"""Documents without geometry, placed on the pages that LibreOffice lays them out on."""
