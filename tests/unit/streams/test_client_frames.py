"""Frames of clients: the usual ones are read at once, and everything else is left to the whole protocol."""

import os

import pytest

from exchange.streams.client_frames import read_text_frame

MOST = 70_000


def frame(payload: bytes, *, first: int = 0x81, mask: bytes = b"\x01\x80\xff\x37") -> bytes:
    """A frame as a client writes it."""
    length = len(payload)
    if length < 126:
        header = bytes((first, 0x80 | length))
    elif length < 65_536:
        header = bytes((first, 0xFE)) + length.to_bytes(2, "big")
    else:
        header = bytes((first, 0xFF)) + length.to_bytes(8, "big")
    return header + mask + bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))


@pytest.mark.parametrize("length", [0, 1, 3, 4, 5, 124, 125, 126, 127, 4_000, 65_535])
def test_a_whole_text_is_read_and_what_follows_is_not_touched(length: int) -> None:
    text = ("Grüße " * 20_000).encode()[:length].decode(errors="ignore")
    wire = frame(text.encode(), mask=os.urandom(4))
    assert read_text_frame(wire + b"\x81\x80more", MOST) == (text, len(wire))
    for missing in range(1, min(len(wire), 12)):
        assert read_text_frame(wire[:-missing], MOST) is None


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"\x81",
        frame(b"{}", first=0x01),  # the first piece of several
        frame(b"{}", first=0x80),  # the last piece of several
        frame(b"{}", first=0x82),  # bytes
        frame(b"{}", first=0xC1),  # compressed
        frame(b"", first=0x88),  # close
        frame(b"", first=0x89),  # ping
        b"\x81\x02{}",  # without a mask
        b"\x81\xfe\x00\x02\x00\x00\x00\x00{}",  # a length in more bytes than it takes
        frame(b"\xff\xfe"),  # no text
        frame("\ud800".encode("utf-8", "surrogatepass")),  # half a pair
        frame(b" " * (MOST + 1)),
        frame(b" " * 65_536),  # rare enough
    ],
)
def test_everything_else_is_left_to_the_whole_protocol(wire: bytes) -> None:
    assert read_text_frame(wire, MOST) is None


def test_a_text_of_the_greatest_length_is_read_and_a_longer_one_is_not() -> None:
    assert read_text_frame(frame(b"x" * 200), 200) == ("x" * 200, 208)
    assert read_text_frame(frame(b"x" * 201), 200) is None
