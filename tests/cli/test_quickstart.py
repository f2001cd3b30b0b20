"""`pare quickstart` shows successes, a failure, and how to look at both."""

import re
import subprocess
import sys
from pathlib import Path

PARE = Path(sys.executable).parent / "pare"


def test_quickstart_in_an_empty_folder(tmp_path):
    done = subprocess.run(
        [PARE, "quickstart", "--limit", "3"], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "3 success, 1 failure" in done.stdout
    *_, failure, success = re.findall(r"show (\S+)", done.stdout)
    for trace, verdict in ((failure, "failure"), (success, "success")):
        shown = subprocess.run(
            [PARE, "show", trace], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert shown.returncode == 0
        assert re.search(rf"outcome\s+{verdict}", shown.stdout)
