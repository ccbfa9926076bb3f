"""Reports of a run: JSON is the source; JUnit, a page and a comparison are made from it."""
