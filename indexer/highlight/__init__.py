"""Where a query's words stand in a text, and the snippets that show them."""
