"""What happened in a run, written down: recorded line by line, written whole, read back, exported."""

from pare.traces.files import LiveTrace, TraceError, run_name, write_trace
from pare.traces.reader import GrowingTrace, Record, Trace, read_trace, without_wall_times
from pare.traces.recorder import TraceRecorder

__all__ = [
    "GrowingTrace",
    "LiveTrace",
    "Record",
    "Trace",
    "TraceError",
    "TraceRecorder",
    "read_trace",
    "run_name",
    "without_wall_times",
    "write_trace",
]
