"""The formats that a catalog has had, one file each."""
