"""A job comes back for as long as a service is away, and is moved aside when it fails for no known reason."""

from collections.abc import Callable

import pytest

from chalicelib.errors import (
    LoginNeeded,
    Malformed,
    OperatorNeeded,
    OutcomeUnknown,
    Refused,
    ServiceAway,
    TryAgainLater,
)
from chalicelib.work.consumer import MOST_CALLED_BACK, Failed, Postponed, dead_letter_url
from chalicelib.work.parked_jobs import CALLED_BACK_PER_SECOND
from tests.harness import Machine
from tests.work.bench import Bench, Handle

DAY = 24 * 3600.0


@pytest.fixture
def bench(machine: Machine) -> Bench:
    return Bench()


def failing(error: BaseException) -> Handle:
    def handle(body: str) -> None:
        raise error

    return handle


def test_a_job_that_succeeds_is_done_with(bench: Bench) -> None:
    seen: list[str] = []
    bench.handle = seen.append
    bench.send("a", "b")

    assert [bench.work(), bench.work()] == [None, None]
    assert seen == ["a", "b"]
    assert bench.is_done()


# Failures that nobody foresaw


@pytest.mark.parametrize("error", [ZeroDivisionError("x"), KeyError("id"), Refused("no", status=400), Malformed("x")])
def test_a_job_that_fails_five_times_is_moved_aside(bench: Bench, error: Exception) -> None:
    bench.handle = failing(error)
    bench.send("a")

    for _ in range(5):
        failed = bench.work()
        assert isinstance(failed, Failed)
        assert failed.__cause__ is error
        assert isinstance(bench.work(), LookupError)
        assert bench.wait_out() == 20
    assert bench.work() is None

    (letter,) = bench.dead()
    assert (letter["Body"], letter["Attributes"]["MessageGroupId"]) == ("a", "7/question/1")
    assert bench.is_done()


def test_only_a_failure_without_a_name_has_a_traceback_in_the_log(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    for error, has_traceback in ((Refused("chat.example answered 422", status=422), False), (KeyError("id"), True)):
        bench.handle = failing(error)
        bench.send("a")
        caplog.clear()

        bench.work()

        (line,) = [one for one in caplog.records if one.getMessage() == "job failed"]
        assert bool(line.exc_info) == has_traceback
        assert line.__dict__["reason"] == ("KeyError" if has_traceback else str(error))
        bench.handle = lambda _: None
        bench.turn(20)
        bench.work()


def test_after_a_dead_letter_the_thread_goes_on(bench: Bench) -> None:
    done: list[str] = []

    def handle(body: str) -> None:
        if body == "bad":
            raise ZeroDivisionError
        done.append(body)

    bench.handle = handle
    bench.send("bad", "good")
    for _ in range(6):
        bench.work()
        bench.turn(20)

    assert bench.work() is None
    assert done == ["good"]
    assert bench.is_done()


def test_a_job_that_recovers_at_its_last_try_is_done_with(bench: Bench) -> None:
    bench.send("a")
    bench.handle = failing(ZeroDivisionError())
    for _ in range(4):
        bench.work()
        bench.turn(20)
    bench.handle = lambda body: None

    assert bench.work() is None
    assert bench.is_done()
    assert bench.dead() == []
    assert bench.given_up == []


def test_somebody_is_told_of_a_job_that_is_given_up(bench: Bench) -> None:
    bench.handle = failing(ZeroDivisionError())
    bench.send("a")

    for _ in range(6):
        bench.work()
        bench.turn(20)

    assert bench.given_up == ["a"]


def test_a_job_that_waits_until_the_queue_would_drop_it_is_moved_aside(bench: Bench) -> None:
    bench.handle = failing(TryAgainLater("x"))
    bench.send("a")
    for _ in range(3):
        assert isinstance(bench.work(), Postponed)
        bench.turn(4 * DAY)
    assert isinstance(bench.work(), Postponed)
    # The queue's own clock, by which it was sent, goes on while this runs.
    bench.turn(DAY + 60)

    assert bench.work() is None
    assert [letter["Body"] for letter in bench.dead()] == ["a"]
    assert bench.given_up == ["a"]


def test_a_job_that_kills_its_worker_is_moved_aside(bench: Bench) -> None:
    bench.send("a")
    bench.receive_and_die()
    bench.handle = failing(SystemExit())

    for _ in range(5):
        bench.turn(DAY)
        with pytest.raises(SystemExit):
            bench.work()
    bench.turn(DAY)

    assert bench.work() is None
    assert [letter["Body"] for letter in bench.dead()] == ["a"]


def test_a_queue_without_order_has_its_dead_letters_too(machine: Machine) -> None:
    bench = Bench(is_fifo=False)
    bench.handle = failing(ZeroDivisionError())
    bench.send("a")

    for _ in range(6):
        bench.work()
        bench.turn(20)

    assert [letter["Body"] for letter in bench.dead()] == ["a"]
    assert bench.is_done()


@pytest.mark.parametrize(
    ("url", "dead_url"),
    [
        ("https://sqs.test/1/ponte-dev-notifications", "https://sqs.test/1/ponte-dev-notifications-dead"),
        ("https://sqs.test/1/ponte-dev-threads.fifo", "https://sqs.test/1/ponte-dev-threads-dead.fifo"),
    ],
)
def test_the_dead_letter_queue_stands_beside_its_queue(url: str, dead_url: str) -> None:
    assert dead_letter_url(url) == dead_url


# Waiting


@pytest.mark.parametrize(
    "error", [TryAgainLater("x"), OutcomeUnknown("x"), LoginNeeded("x", seller_id=7)], ids=lambda error: type(error)
)
def test_waiting_is_no_failure(bench: Bench, error: Exception) -> None:
    bench.send("a")
    bench.handle = failing(error)
    for _ in range(20):
        assert isinstance(bench.work(), Postponed)
        bench.turn(21 * 60)
    bench.handle = failing(ZeroDivisionError())
    for _ in range(4):
        assert isinstance(bench.work(), Failed)
        bench.turn(20)
    bench.handle = lambda body: None

    assert bench.work() is None
    assert bench.is_done()
    assert bench.dead() == []


@pytest.mark.parametrize(
    ("choose", "waits"),
    [
        (max, [2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1500, 1500]),
        (min, [2, 3, 6, 13, 26, 51, 102, 205, 410, 819, 1200, 1200]),
    ],
)
def test_each_wait_is_longer_than_the_one_before(
    machine: Machine, choose: Callable[[float, float], float], waits: list[int]
) -> None:
    bench = Bench(choose=choose)
    bench.handle = failing(TryAgainLater("x"))
    bench.send("a")
    waited = []

    for _ in waits:
        bench.work()
        waited.append(bench.wait_out())

    assert waited == waits


@pytest.mark.parametrize(("asked", "seconds"), [(0, 2), (0.2, 2), (30, 30), (3600, 3600), (DAY, 6 * 3600)])
def test_a_service_that_says_when_to_come_again_is_obeyed(bench: Bench, asked: float, seconds: int) -> None:
    bench.handle = failing(TryAgainLater("x", retry_after_seconds=asked))
    bench.send("a")

    bench.work()

    bench.turn(seconds - 1)
    assert isinstance(bench.work(), LookupError)
    bench.turn(1)
    assert isinstance(bench.work(), Postponed)


def test_while_a_job_waits_its_thread_waits_with_it(bench: Bench) -> None:
    bench.handle = failing(TryAgainLater("x", retry_after_seconds=60))
    bench.send("a", "b")

    bench.work()

    assert isinstance(bench.work(), LookupError)


def test_somebody_is_told_of_a_job_that_keeps_waiting_more_and_more_rarely(bench: Bench) -> None:
    bench.handle = failing(TryAgainLater("x"))
    bench.send("a")
    told = []

    for _ in range(8):
        bench.work()
        told.append(len(bench.told))
        bench.turn(21 * 60)

    assert told == [0, 0, 0, 1, 1, 1, 1, 2]


@pytest.mark.parametrize("error", [TryAgainLater("x"), ZeroDivisionError()], ids=lambda error: type(error))
def test_a_failure_is_noted_at_first_and_a_little_later_once_more(bench: Bench, error: Exception) -> None:
    bench.handle = failing(error)
    bench.send("a")
    noted = []

    for _ in range(5):
        bench.work()
        noted.append(len(bench.noted))
        bench.turn(30)

    assert noted == [1, 1, 1, 2, 2]
    assert bench.noted == [("a", error)] * 2


def test_what_waits_for_a_service_that_keeps_coming_and_going_is_not_given_up_early(bench: Bench) -> None:
    """Called back each time, it would use up its receives within hours."""
    bench.handle = failing(ServiceAway("x", place="desk/"))
    bench.outages.begin("desk/", "chain")
    bench.send("a")

    for _ in range(MOST_CALLED_BACK + 1):
        assert isinstance(bench.work(), Postponed)
        bench.parked_jobs.call_back("desk/")

    assert isinstance(bench.work(), LookupError)
    assert bench.wait_out() == 48 * 60
    assert isinstance(bench.work(), Postponed)


# Waiting for a person


@pytest.mark.parametrize("error", [LoginNeeded("x", seller_id=7), OperatorNeeded("x", seller_id=7)])
def test_what_waits_for_a_person_is_called_back_once_it_is_mended(bench: Bench, error: Exception) -> None:
    bench.handle = failing(error)
    bench.send("a")
    for _ in range(8):
        bench.work()
        bench.wait_out()
    bench.work()
    done: list[str] = []
    bench.handle = done.append

    bench.parked_jobs.call_back(8)
    assert isinstance(bench.work(), LookupError)
    bench.parked_jobs.call_back(7)

    assert bench.work() is None
    assert done == ["a"]
    bench.parked_jobs.call_back(7)
    assert bench.is_done()


def test_a_job_that_came_back_by_itself_is_not_called_back(bench: Bench) -> None:
    bench.handle = failing(LoginNeeded("x", seller_id=7))
    bench.send("a")
    bench.work()
    bench.wait_out()
    bench.handle = lambda body: None
    bench.work()

    bench.parked_jobs.call_back(7)

    assert bench.is_done()


def test_many_are_called_back_a_few_each_second() -> None:
    bench = Bench(is_fifo=False)
    bench.handle = failing(LoginNeeded("x", seller_id=7))
    bench.send(*map(str, range(CALLED_BACK_PER_SECOND + 1)))
    for _ in range(CALLED_BACK_PER_SECOND + 1):
        bench.work()
    done: list[str] = []
    bench.handle = done.append

    bench.parked_jobs.call_back(7)
    while bench.work() is None:
        pass
    assert len(done) == CALLED_BACK_PER_SECOND

    bench.turn(1)
    bench.work()
    assert bench.is_done()
