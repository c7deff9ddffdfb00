"""From a page to a Draft, strictly: every helper raises PageError when in doubt."""
