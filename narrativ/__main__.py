"""``python -m narrativ``."""

from narrativ.cli import main

main()
