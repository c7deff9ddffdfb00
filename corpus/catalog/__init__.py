"""What the catalog keeps: releases, versions, visits, crawls, edits and removals."""
