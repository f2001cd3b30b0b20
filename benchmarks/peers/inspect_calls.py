"""Make the calls of benchmarks/beside_inspect.py through inspect-ai, and print as JSON what they cost.

A sample is a run: a solver adds a turn and generates, so many times. Samples and connections are at a time
as many as there are samples. Nothing is displayed, and logs go to a directory that is removed afterwards.
The endpoint comes as FIXED_BASE_URL and FIXED_API_KEY, as the provider `openai-api` wants it. What is timed
is `eval`; a sample of one call goes first.
"""

import json
import sys
import tempfile
from time import perf_counter, process_time

from inspect_ai import Task, eval  # noqa: A004
from inspect_ai.dataset import Sample
from inspect_ai.model import ChatMessageSystem, ChatMessageUser
from inspect_ai.solver import solver

MODEL = "openai-api/fixed/fixed"


@solver
def talk(turn, calls):
    async def solve(state, generate):
        for _ in range(calls):
            state.messages.append(ChatMessageUser(content=turn))
            state = await generate(state)
        return state

    return solve


def cost(system, turn, runs, calls):
    """Give the seconds of wall time and CPU of so many calls."""
    samples = [Sample(id=number, input=[ChatMessageSystem(content=system)]) for number in range(1, runs + 1)]
    task = Task(dataset=samples, solver=talk(turn, calls), name="talk")
    with tempfile.TemporaryDirectory() as directory:
        wall, cpu = perf_counter(), process_time()
        (log,) = eval(
            task,
            model=MODEL,
            display="none",
            log_dir=directory,
            max_samples=runs,
            max_connections=runs,
            max_tokens=4096,
            score=False,
        )
        seconds = perf_counter() - wall, process_time() - cpu
        replies = [m for sample in log.samples or [] for m in sample.messages if m.role == "assistant"]
        if log.status != "success" or len(replies) != runs * calls:
            raise SystemExit(f"{log.status}: {len(replies)} of {runs * calls} replies: {log.error}")
    return seconds


def main():
    system, turn, runs, calls = json.loads(sys.stdin.read())
    cost(system, turn, 1, 1)
    print(json.dumps(cost(system, turn, runs, calls)))


if __name__ == "__main__":
    main()
