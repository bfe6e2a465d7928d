from __future__ import annotations
def flagged(data, book, *, rates=None):
    return data
