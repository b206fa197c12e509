"""check_adb.py HOST_BIN BOARD_DIR: boards over adb, with Debian's client and a stand-in for its server.

The device is this PC's own shell with a work folder of the test's.
"""
import json
import sys
import tempfile
import threading
import time
from pathlib import Path

from adb_server import AdbServer
from lockstep_call import LockstepCall, settles
from small_model import write_small_model


def main():
    host_bin, board_dir = (Path(argument) for argument in sys.argv[1:])
    with tempfile.TemporaryDirectory(prefix="lockstep-adb-") as name, AdbServer("FEED01") as server:
        folder = Path(name)
        boards = folder / "boards.json"
        result = folder / "result.json"
        wrong = []

        def entry(**changes):
            phone = {"kind": "adb", "serial": "FEED01", "server_port": server.port, "target": "host",
                     "work_folder": str(folder / "device"), **changes}
            boards.write_text(json.dumps({"boards": {"phone": phone}}))

        def expect(status, text, *arguments):
            call = LockstepCall(host_bin / "lockstep", [*arguments, "--boards", boards], folder)
            got = call.wait(120)
            if got != status or text not in call.said() + call.printed():
                wrong.append(f"{' '.join(map(str, arguments))}: status {got} instead of {status}, or {text!r} is missing:\n"
                             f"{call.printed()}{call.said()}")

        model, data = write_small_model(host_bin, folder, 1)
        crosscheck = ("crosscheck", model, *data, "--board", "phone", "--board-dir", board_dir, "--json", result)

        entry()
        expect(0, "x86_64", "board", "check", "phone", "--board-dir", board_dir)
        expect(0, "files/net.joint", "board", "push", "phone", model)
        expect(0, "runs        1", "board", "run", "phone", model, "--board-dir", board_dir)
        expect(0, "exact: all", *crosscheck, "--all-builds")
        entry(serial="OTHER")
        expect(5, "is not there; `adb devices` lists what is", *crosscheck)
        entry(serial="")
        expect(0, "exact: all", *crosscheck)
        entry()
        server.state = "unauthorized"
        expect(5, "does not trust this PC; accept its key on the device", *crosscheck)
        server.state = "offline"
        threading.Timer(3, lambda: setattr(server, "state", "device")).start()
        expect(0, "exact: all", *crosscheck)
        # The cable is out for two seconds in the middle.
        call = LockstepCall(host_bin / "lockstep", [*crosscheck, "--boards", boards], folder)
        time.sleep(0.15)
        server.state = "offline"
        server.drop()
        time.sleep(2)
        server.state = "device"
        status = call.wait(120)
        if status != 0 or json.loads(result.read_text())["verdict"] != "exact":
            wrong.append(f"a cable that was out for 2 s: status {status}: {call.said()}")
        left = [str(path) for path in (folder / "device" / "runs").iterdir()]
        if left:
            wrong.append(f"left on the device: {left}")
        if not settles(lambda: running_from(folder / "device")):
            wrong.append("programs go on on the device")
        for text in wrong:
            print(text)
        print(f"{len(wrong)} wrong")
        return 1 if wrong else 0


def running_from(folder):
    found = []
    for process in Path("/proc").glob("[0-9]*/exe"):
        try:
            if process.readlink().is_relative_to(folder):
                found.append(process)
        except OSError:
            pass  # it has ended, or belongs to another user
    return found


if __name__ == "__main__":
    sys.exit(main())
