"""A server's rate limit on a clock that is set by hand."""

from pare.llm.token_bucket import TokenBucket


class Clock:
    def __init__(self):
        self.now = 100.0

    def __call__(self):
        return self.now


def test_a_minute_of_rest_is_all_that_can_be_saved():
    clock = Clock()
    bucket = TokenBucket(60, clock)
    clock.now += 1000
    bucket.take(60)
    assert bucket.level == 0
    assert bucket.wait_for(1) == 1


def test_it_refills_evenly():
    clock = Clock()
    bucket = TokenBucket(600, clock)
    bucket.take(600)
    assert bucket.wait_for(5) == 0.5
    clock.now += 0.25
    assert bucket.level == 2.5
    assert bucket.wait_for(5) == 0.25
    assert bucket.wait_until_full() == 59.75
    clock.now += 0.25
    assert bucket.wait_for(5) == 0


def test_what_was_taken_beyond_the_limit_is_paid_back_first():
    clock = Clock()
    bucket = TokenBucket(60, clock)
    bucket.take(90)
    assert bucket.level == -30
    assert bucket.wait_for(1) == 31


def test_a_full_bucket_lets_even_the_largest_pass():
    bucket = TokenBucket(60, Clock())
    assert bucket.wait_for(1000) == 0
    bucket.take(1000)
    assert bucket.wait_for(1000) == 1000


def test_over_a_minute_it_gives_what_it_says():
    clock = Clock()
    bucket = TokenBucket(600, clock)
    bucket.take(600)
    given = 0
    for _ in range(6000):
        clock.now += 0.01
        if not bucket.wait_for(1):
            bucket.take(1)
            given += 1
    assert 599 <= given <= 600
