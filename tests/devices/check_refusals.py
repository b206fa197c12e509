"""check_refusals.py HOST_BIN BOARD_DIR: what is said of an emulated mipsel board that cannot be used, and that nothing stays.

Each is one line and status 5.
"""
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

from emulated_board import EmulatedBoard
from lockstep_call import LockstepCall
from small_model import write_small_model


def other_key(folder):
    key = folder / "other_key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    return key


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def main():
    host_bin, board_dir = (Path(argument) for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="lockstep-refusals-") as name, \
            EmulatedBoard("mipsel", Path(name)) as board:
        folder = Path(name)
        model, data = write_small_model(host_bin, folder, 1)
        wrong = []

        crosscheck = ["crosscheck", model, *data, "--board", "door"]

        def expect(case, text, status=5, command=crosscheck):
            call = LockstepCall(host_bin / "lockstep", [*command, "--boards", board.boards, "--board-dir", board_dir], folder)
            got = call.wait(120)
            errors = call.errors()
            print(f"{case}: {call.seconds:.1f} s, {'; '.join(errors) or call.printed().splitlines()[-1]}", flush=True)
            if got != status or text not in call.said() + call.printed() or len(errors) != (status != 0):
                wrong.append(f"{case}: status {got} instead of {status}, or {text!r} is missing:\n{call.printed()}{call.said()}")
            left = board.leftovers() + board.programs()
            if left:
                wrong.append(f"{case}: left on the board: {left}")

        expect("as it is", "exact: all", status=0)

        key = other_key(folder)
        board.write_entry(key=str(key))
        expect("another key", "refuses the login; check user and key")
        open_key = folder / "open_key"
        open_key.write_bytes(board.key().read_bytes())
        open_key.chmod(0o644)
        board.write_entry(key=str(open_key))
        expect("a key that others can read", "run `chmod 600` on it")
        board.write_entry()

        known = board.known_hosts().read_text()
        kind, public = key.with_suffix(".pub").read_text().split()[:2]
        board.known_hosts().write_text(f"{known.split()[0]} {kind} {public}\n")
        expect("a host key that changed", "shows another host key than before")
        board.known_hosts().write_text(known)

        board.write_entry(port=free_port())
        expect("nothing at the port", "no ssh server listens at that port")
        board.write_entry()
        board.proxy.pull()
        expect("no answer", "does not answer; check cable, power and address")
        board.proxy.plug()
        board.write_entry(host="no-such-name.invalid")
        expect("a name that is not known", "has a host name that is not known")
        board.write_entry(target="aarch64")
        expect("programs of another architecture", "is of the kind mips, ")
        board.write_entry(work_folder="/proc/lockstep")
        expect("a work folder that cannot be", "cannot make the work folder /proc/lockstep")
        board.write_entry()
        large = folder / "large.joint"
        subprocess.run([host_bin / "write_network", large, "large"], check=True)
        expect("too little memory", "no memory for the arena", command=["board", "run", "door", large])
        board.empty()
        board.shell("cat /dev/zero > /tmp/filler; true")
        expect("a full disk", "No space left on device")
        board.shell("rm -f /tmp/filler")

        for text in wrong:
            print(text)
        print(f"{len(wrong)} wrong")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
