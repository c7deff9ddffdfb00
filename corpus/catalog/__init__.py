"""The catalog: releases, versions, visits, crawls, edits and removals."""
