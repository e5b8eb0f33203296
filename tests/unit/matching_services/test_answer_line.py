"""The line to the worker over a Redis of its own, which is killed and started again; and over a fork."""

import os
import threading
import time
from collections.abc import Iterator

import orjson
import pytest

from matching import answers
from matching.answers import Answer, AnswerLine
from matching.redis_names import answer_key, wake_key
from tests.support.private_redis import PrivateRedis, private_redis
from tests.support.worker_process import eventually


@pytest.fixture
def server() -> Iterator[PrivateRedis]:
    with private_redis() as own:
        yield own


@pytest.fixture
def line(server: PrivateRedis) -> Iterator[AnswerLine]:
    made = AnswerLine(redis_url=server.url, max_waiting=4, timeout_seconds=60)
    assert made._is_listening.wait(60)
    yield made
    made.stop()


def push(server: PrivateRedis, line: AnswerLine, *command_ids: int) -> None:
    outcomes = [{"id": command_id, "code": None, "status": 1} for command_id in command_ids]
    server.client.rpush(answer_key(line.name), orjson.dumps(outcomes))


def test_one_batch_answers_many_requests(server: PrivateRedis, line: AnswerLine) -> None:
    found: dict[int, Answer | None] = {}
    threads = [
        threading.Thread(target=lambda command_id=command_id: found.update({command_id: line.result(command_id)}))
        for command_id in range(1, 5)
    ]
    for thread in threads:
        thread.start()
    push(server, line, 1, 2, 3, 4)
    for thread in threads:
        thread.join()

    assert {command_id for command_id, answer in found.items() if answer is not None} == {1, 2, 3, 4}


def test_answers_come_again_after_redis_was_killed(server: PrivateRedis, line: AnswerLine) -> None:
    server.kill()
    eventually(lambda: not line._is_listening.is_set())
    started = time.monotonic()
    assert line.result(1) is None
    assert time.monotonic() - started < 30, "without Redis nobody waits for long"
    line.wake("main")

    server.start()
    assert line._is_listening.wait(60)
    push(server, line, 2)
    assert line.result(2) is not None


def test_a_wake_up_costs_its_caller_nothing_and_arrives(server: PrivateRedis, line: AnswerLine) -> None:
    for _ in range(50):
        line.wake("main")
    assert server.client.blpop([wake_key("main")], timeout=60) is not None
    assert server.client.llen(wake_key("main")) < 50


def test_an_unreadable_answer_stops_nobody(server: PrivateRedis, line: AnswerLine) -> None:
    server.client.rpush(answer_key(line.name), b"no json")
    push(server, line, 3)

    assert line.result(3) is not None


def test_a_forked_child_has_a_line_of_its_own(server: PrivateRedis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.REDIS_URL", server.url)
    answers.forget_line()
    parents = answers.answer_line()
    try:
        child = os.fork()
        if child == 0:
            own = answers.answer_line()
            own._is_listening.wait(60)
            push(PrivateRedis(server.socket.parent), own, 9)
            is_good = own.name != parents.name and own.result(9) is not None
            os._exit(0 if is_good else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    finally:
        parents.stop()
        answers.forget_line()
