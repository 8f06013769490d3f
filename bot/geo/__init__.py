"""Places: datum conversion, distance, boundary, spatial index, map links, gazetteer. Pure functions."""
