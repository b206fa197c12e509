"""check_links.py HOST_BIN BOARD_DIR [--points N]: cuts the link to an emulated mipsel board in the middle of a crosscheck.

Each fault at N points of a run (default 10), the board's files gone before each. A run must end exact or with one clear
line and status 5, in time, leave no process here or there, and the next run must succeed and leave no files.
Without --points each fault is planted at one point, another one for each.
"""
import argparse
import json
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

from emulated_board import EmulatedBoard
from lockstep_call import LockstepCall, settles
from small_model import write_small_model

LIMIT = 240  # seconds for a run with a fault


def kill_ssh(board, call):
    """Every ssh program of the run."""
    for pid, name in call.descendants():
        if name == "ssh":
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass


def kill_lockstep(board, call):
    call.process.kill()


def shut_port(board, call):
    board.proxy.shut()
    time.sleep(5)
    board.proxy.open()


def fill_disk(board, call):
    board.shell("cat /dev/zero > /tmp/filler; true")


def reboot(board, call):
    board.shell("reboot -f", 10)
    board.wait_until_up()


def pull_cable(board, call):
    board.proxy.pull()
    time.sleep(20)
    board.proxy.plug()


FAULTS = [kill_ssh, kill_lockstep, shut_port, fill_disk, reboot, pull_cable]


class Links:
    def __init__(self, lockstep, crosscheck, board, folder):
        self._lockstep, self._crosscheck, self._board, self._folder = lockstep, crosscheck, board, folder

    def start(self):
        arguments = [*self._crosscheck, "--board", "door", "--boards", self._board.boards, "--json",
                     self._folder / "result.json"]
        return LockstepCall(self._lockstep, arguments, self._folder)

    def verdict(self):
        return json.loads((self._folder / "result.json").read_text())["verdict"]

    def clean(self):
        """Seconds of a run without faults; the faults it has."""
        call = self.start()
        status = call.wait(LIMIT)
        if status != 0 or self.verdict() != "exact":
            return 0, [f"a run without a fault ended with status {status}: {call.said()}"]
        left = self._board.leftovers()
        return call.seconds, [f"a run without a fault leaves {left}"] if left else []

    def with_fault(self, fault, delay):
        """What happened in words, and what is wrong about it."""
        self._board.empty()
        (self._folder / "result.json").unlink(missing_ok=True)
        call = self.start()
        time.sleep(delay)
        below = call.descendants()
        over = call.process.poll() is not None
        fault(self._board, call)
        below += call.descendants()
        status = call.wait(LIMIT)
        wrong = []
        if status is None:
            return "hangs", [f"does not end within {LIMIT} s"]
        if fault is kill_lockstep and status == -signal.SIGKILL:
            what = "killed"
        elif status == 0:
            what = "was over" if over else "went on"
            if self.verdict() != "exact":
                wrong.append(f"verdict {self.verdict()}")
        else:
            errors = call.errors()
            what = errors[0] if errors else "no word"
            if status != 5 or len(errors) != 1:
                wrong.append(f"status {status}, {len(errors)} lines: {call.said()}")
        what = f"{what} ({time.monotonic() - call.begin:.1f} s)"
        self._board.shell("rm -f /tmp/filler")
        if not settles(lambda: [name for pid, name in set(below) if alive(pid, name)]):
            wrong.append("processes are left on this PC")
        if not settles(self._board.programs):
            wrong.append(f"programs are left on the board: {self._board.programs()}")
        wrong += [f"the next run: {text}" for text in self.clean()[1]]
        return what, wrong


def alive(pid, name):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == name[:15]
    except OSError:
        return False


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("host_bin", type=Path)
    parser.add_argument("board_dir", type=Path)
    parser.add_argument("--points", type=int, default=0)
    parser.add_argument("--fault", choices=[fault.__name__ for fault in FAULTS], help="this one alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="lockstep-links-") as name, \
            EmulatedBoard("mipsel", Path(name)) as board:
        folder = Path(name)
        model, data = write_small_model(arguments.host_bin, folder, 2)
        links = Links(arguments.host_bin / "lockstep", ["crosscheck", model, *data, "--board-dir", arguments.board_dir],
                      board, folder)
        failed = 0
        board.empty()
        seconds, wrong = links.clean()
        print(f"a run without a fault: {seconds:.1f} s {'; '.join(wrong)}", flush=True)
        if wrong:
            return 1
        for i, fault in enumerate(FAULTS):
            if arguments.fault not in (None, fault.__name__):
                continue
            count = arguments.points
            points = [(k + 0.5) / count for k in range(count)] if count else [(i + 0.5) / len(FAULTS)]
            for point in points:
                what, wrong = links.with_fault(fault, point * seconds)
                failed += bool(wrong)
                print(f"{fault.__name__} at {point:.2f}: {what}{''.join('; WRONG: ' + text for text in wrong)}", flush=True)
        print(f"{failed} failed")
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
