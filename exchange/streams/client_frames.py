"""What clients write on the wire, where it is what nearly all of them write: one whole text frame at a time.

autobahn reads every kind of frame, in any number of pieces, and takes ten times as long. What is anything else than a
whole, masked, unfragmented text of ordinary length is left to it, and so is whatever breaks the protocol.
"""

_FINAL_TEXT = 0x81
_MASKED = 0x80
_TWO_BYTES_OF_LENGTH, _LONGEST_SHORT = 126, 125
_MASK_BYTES = 4


def read_text_frame(data: bytes, most_bytes: int) -> tuple[str, int] | None:
    """The text of the frame that `data` begins with, and where that ends; None for what autobahn has to read.

    `most_bytes` is the longest text that is read. RFC 6455, section 5.2.
    """
    if len(data) < 2 or data[0] != _FINAL_TEXT or data[1] < _MASKED:
        return None
    length, mask_at = data[1] - _MASKED, 2
    if length == _TWO_BYTES_OF_LENGTH:
        length, mask_at = int.from_bytes(data[2:4], "big"), 4
        if length <= _LONGEST_SHORT:
            return None
    elif length > _TWO_BYTES_OF_LENGTH:
        return None
    start = mask_at + _MASK_BYTES
    end = start + length
    if length > most_bytes or len(data) < end:
        return None
    mask = data[mask_at:start] * (length // _MASK_BYTES + 1)
    # As two long numbers the bytes are all unmasked at once.
    payload = int.from_bytes(data[start:end], "big") ^ int.from_bytes(mask[:length], "big")
    try:
        return payload.to_bytes(length, "big").decode(), end
    except UnicodeDecodeError:
        return None
