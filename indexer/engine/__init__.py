"""What every engine has in common: its questions, its answers and its interface."""
