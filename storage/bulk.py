"""Columns of Python values as PostgreSQL arrays, for `INSERT … SELECT FROM unnest(…)`.

One statement writes any number of rows with one parse and one plan. The array text is built here rather than by the
driver: for the integers of a batch that is several times faster, and the server may run one statement while the next
is being written down.
"""

from collections.abc import Iterable, Sequence

import orjson


def number_array(values: Iterable[object]) -> str:
    """Integers, or anything whose `str` is a PostgreSQL number: '{1,2,3}'."""
    return "{" + ",".join(map(str, values)) + "}"


def nullable_array(values: Iterable[object]) -> str:
    """Like `number_array`, with None as NULL."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def text_array(values: Iterable[str | None]) -> str:
    """Any text, quoted; None is NULL."""
    texts = list(values)
    if None in texts:
        return "{" + ",".join(["NULL" if text is None else _quoted(text) for text in texts]) + "}"
    everything = "".join(texts)  # type: ignore[arg-type]
    if texts and '"' not in everything and "\\" not in everything:
        return '{"' + '","'.join(texts) + '"}'  # type: ignore[arg-type]
    return "{" + ",".join(map(_quoted, texts)) + "}"  # type: ignore[arg-type]


def json_array(values: Sequence[object]) -> str:
    """JSON values for `jsonb_array_elements`: as a column of their own they would be quoted here and parsed twice."""
    return orjson.dumps(values).decode()


def _quoted(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
