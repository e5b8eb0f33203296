"""Busted trades on the tape: marked from then on, and told once, however old they are."""

from exchange.streams.tapes import TapeTopic
from tests.unit.streams.test_topics import Reader, trade


def tape_of(*numbers: int) -> tuple[TapeTopic, Reader]:
    tape, reader = TapeTopic("A-B"), Reader()
    tape.start_reading()
    assert tape.finish_reading([trade(number) for number in numbers])
    tape.subscribe(reader)
    return tape, reader


def test_a_bust_is_told_once_and_stays_on_the_tape() -> None:
    tape, reader = tape_of(2, 1)
    tape.note_busts([(1, 1), (77, 0)])
    tape.tell()
    tape.tell()
    _, update = reader.frames
    assert update["trades"] == []
    assert update["busted"] == [{"trade_id": "1", "number": 1}, {"trade_id": "77", "number": 0}]
    late = Reader()
    tape.subscribe(late)
    assert [told["is_busted"] for told in late.frames[0]["trades"]] == [False, True]


def test_new_trades_and_busts_share_a_frame() -> None:
    tape, reader = tape_of(2, 1)
    assert tape.note([trade(3)])
    tape.note_busts([(2, 2)])
    tape.tell()
    assert [told["number"] for told in reader.frames[1]["trades"]] == [3]
    assert reader.frames[1]["busted"] == [{"trade_id": "2", "number": 2}]


def test_a_bust_that_comes_while_the_tape_is_read_is_not_lost() -> None:
    tape, reader = tape_of(1)
    tape.start_reading()
    tape.note_busts([(2, 2)])
    tape.tell()
    assert len(reader.frames) == 1
    assert tape.finish_reading([trade(2), trade(1)])
    assert [told["is_busted"] for told in reader.frames[1]["trades"]] == [True, False]
    tape.tell()
    assert reader.frames[2]["busted"] == [{"trade_id": "2", "number": 2}]


def test_without_busts_the_list_is_empty() -> None:
    tape, reader = tape_of(1)
    tape.note([trade(2)])
    tape.tell()
    assert reader.frames[1]["busted"] == []
