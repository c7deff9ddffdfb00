"""What templates show, made from results: links, facets, charts, marked text."""
