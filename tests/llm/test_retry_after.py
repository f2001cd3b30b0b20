"""How long a server asks to wait is read from whichever header says it."""

import httpx
import pytest

from pare.llm.retry_after import retry_after_seconds

NOW = "Mon, 06 Jan 2025 09:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"Retry-After": "-3"}, 0.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "nan"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": ""}, None),
        ({"Retry-After": "9", "retry-after-ms": "250"}, 0.25),
        ({"Retry-After": "9", "retry-after-ms": "x"}, 9.0),
        ({"Retry-After": "Mon, 06 Jan 2025 09:02:00 GMT", "Date": NOW}, 120.0),
        ({"Retry-After": "Mon, 06 Jan 2025 10:02:00 +0100", "Date": NOW}, 120.0),
        ({"Retry-After": "Mon, 06 Jan 2025 08:00:00 GMT", "Date": NOW}, 0.0),
        ({"Retry-After": "Mon, 06 Jan 2025 09:02:00 GMT"}, None),
        ({"Retry-After": "Mon, 06 Jan 2025 09:02:00 GMT", "Date": "nonsense"}, None),
        ({"x-ratelimit-reset-requests": "1m2.5s"}, 62.5),
        ({"x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-reset-tokens": "1h2m3s"}, 3723.0),
        ({"x-ratelimit-reset-tokens": "1 h"}, None),
        ({"x-ratelimit-reset": "3"}, 3.0),
        ({"x-ratelimit-reset": "1736154005", "Date": NOW}, 5.0),
        ({"x-ratelimit-reset": "1736154005000", "Date": NOW}, 5.0),
        ({"x-ratelimit-reset": "1736154005"}, None),
        ({"anthropic-ratelimit-requests-reset": "2025-01-06T09:00:30Z", "Date": NOW}, 30.0),
        ({"anthropic-ratelimit-requests-reset": "2025-01-06T08:00:30Z", "Date": NOW}, 0.0),
        ({"anthropic-ratelimit-requests-reset": "2025-01-06T09:00:30", "Date": NOW}, 30.0),
        ({"x-ratelimit-reset-requests": "24h", "x-ratelimit-reset-tokens": "2s"}, 2.0),
        (
            {
                "x-ratelimit-reset-requests": "60s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-tokens": "2s",
                "x-ratelimit-remaining-tokens": "900",
            },
            60.0,
        ),
        (
            {
                "anthropic-ratelimit-input-tokens-reset": "2025-01-06T09:00:30Z",
                "anthropic-ratelimit-input-tokens-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2025-01-06T09:00:01Z",
                "anthropic-ratelimit-requests-remaining": "5",
                "Date": NOW,
            },
            30.0,
        ),
        ({"x-ratelimit-reset": "5", "x-ratelimit-remaining": "0", "x-ratelimit-reset-tokens": "1s"}, 5.0),
        ({"Retry-After": "4", "x-ratelimit-reset-requests": "60s"}, 4.0),
    ],
)
def test_the_wait_is_read(headers, seconds):
    assert retry_after_seconds(httpx.Headers(headers)) == pytest.approx(seconds)
