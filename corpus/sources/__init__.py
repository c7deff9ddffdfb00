"""One file per office; its stem is the office's name. A name with _ holds what offices share."""
