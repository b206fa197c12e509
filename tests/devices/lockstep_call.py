"""Calls of the program under test, and what they leave behind on this PC."""
import subprocess
import time
from pathlib import Path


class LockstepCall:
    """A running `lockstep`, whose processes can be found."""

    def __init__(self, program, arguments, folder):
        self._out, self._err = folder / "stdout.txt", folder / "stderr.txt"
        self.begin = time.monotonic()
        with open(self._out, "w") as out, open(self._err, "w") as err:
            self.process = subprocess.Popen([program, *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=out,
                                            stderr=err)

    def descendants(self):
        """(pid, name) of all processes below."""
        parents = {}
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                head, tail = stat.read_text().rsplit(")", 1)
            except (OSError, ValueError):
                continue
            pid, name = head.split(" (", 1)
            parents.setdefault(int(tail.split()[1]), []).append((int(pid), name))
        found, todo = [], [self.process.pid]
        while todo:
            below = parents.get(todo.pop(), [])
            found += below
            todo += [pid for pid, _ in below]
        return found

    def wait(self, seconds):
        """The exit status; None and killed when it takes longer."""
        try:
            status = self.process.wait(max(0.1, self.begin + seconds - time.monotonic()))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None
        self.seconds = time.monotonic() - self.begin
        return status

    def errors(self):
        """The lines on standard error that are no progress."""
        lines = self._err.read_text().splitlines()
        return [line for line in lines if line.startswith("lockstep")]

    def said(self):
        return self._err.read_text()

    def printed(self):
        return self._out.read_text()


def settles(left):
    """Whether nothing is left within 20 s."""
    for _ in range(100):
        if not left():
            return True
        time.sleep(0.2)
    return False
