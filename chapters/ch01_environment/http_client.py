"""Run the HTTPie command as a program does.

Try: python http_client.py --offline :/a b=1 (in a shell: http --offline :/a b=1)
"""

import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

# Without this file HTTPie starts a process that looks for updates on the internet.
SETTINGS = '{"disable_update_warnings": true}'
VARYING = ("date:", "user-agent:", "accept-encoding:")


@dataclass(frozen=True)
class Run:
    output: str
    error: str
    exit_code: int

    @property
    def steady(self) -> str:
        """The output without the headers that differ from run to run."""
        lines = self.output.strip().splitlines()
        return "\n".join(ln for ln in lines if not ln.lower().startswith(VARYING))


def http(*arguments: str, stdin: str | None = None) -> Run:
    """Run `http` with these arguments; `stdin` is what a pipe would bring."""
    options = ["--pretty=format"] + (["--ignore-stdin"] if stdin is None else [])
    command = [sys.executable, "-m", "httpie", *options, *arguments]
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "config.json").write_text(SETTINGS)
        done = subprocess.run(
            command,
            input=stdin or "",
            capture_output=True,
            check=False,
            text=True,
            encoding="utf-8",
            env={"NO_PROXY": "127.0.0.1", **os.environ, "HTTPIE_CONFIG_DIR": folder},
        )
    return Run(done.stdout, done.stderr, done.returncode)


if __name__ == "__main__":
    answer = http(*sys.argv[1:])
    print(answer.output or answer.error)
    sys.exit(answer.exit_code)
