"""The real command in a process of its own that has imported already: most tests wait for little else.

Such a process is forked from one that has imported followup and done nothing (multiprocessing's fork server), so it
begins as a new one does. Tests of how a process starts, ends or is watched start the command itself.
"""

import multiprocessing
import os
import pkgutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path

import followup
from followup import assembly
from followup.cli import main

SECONDS = 60
_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload([__name__])

for module in pkgutil.walk_packages(followup.__path__, "followup."):
    if not module.name.endswith("__main__"):
        import_module(module.name)
# It has read the words that trackers are read with, too.
assembly.words((assembly.shipped_templates(),))


def run(
    words: Sequence[str], given: str, environment: Mapping[str, str], folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run `followup` with these words, with no terminal."""
    with tempfile.TemporaryDirectory() as kept:
        streams = [Path(kept, name) for name in ("stdin", "stdout", "stderr")]
        streams[0].write_text(given, encoding="utf-8")
        process = _SERVER.Process(target=_command, args=(tuple(words), dict(environment), folder, streams))
        process.start()
        process.join(SECONDS)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise subprocess.TimeoutExpired(list(words), SECONDS)
        code = process.exitcode
        process.close()
        out, err = (stream.read_text(encoding="utf-8") for stream in streams[1:])
    return subprocess.CompletedProcess(["followup", *words], code, out, err)


def _command(words: Sequence[str], environment: dict[str, str], folder: Path, streams: Sequence[Path]) -> None:
    for number, (stream, flags) in enumerate(zip(streams, (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT] * 2), strict=True)):
        os.dup2(os.open(stream, flags, 0o600), number)
    sys.stdin = os.fdopen(0)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    sys.argv = ["followup", *words]
    main()
