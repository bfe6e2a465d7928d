"""What can go wrong, as one short tree.

::

    NarrativError
    ├── InputError        an input cannot be read: file, line or field is named in the message
    ├── OptionError       a call or command asks for something that does not exist (a column, a frame, a format)
    ├── LexiconError      a codebook or lexicon file is malformed: file and line are named
    └── TableError        a file is not a label table, or one of another version

Messages say what is wrong, where, and what to do about it; the command line prints them as one line.
"""

from __future__ import annotations

__all__ = ["InputError", "LexiconError", "NarrativError", "OptionError", "TableError"]


class NarrativError(Exception):
    """Base of every error that narrativ raises on purpose."""


class InputError(NarrativError):
    """An input cannot be read."""


class OptionError(NarrativError, ValueError):
    """An option names something that does not exist or cannot be combined."""


class LexiconError(NarrativError):
    """A codebook or lexicon file is malformed."""


class TableError(NarrativError):
    """A file is not a label table."""
