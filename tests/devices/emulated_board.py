"""A whole emulated board, reached over ssh past a proxy that faults can be planted into."""
import json
import subprocess
import time
from pathlib import Path

from link_proxy import LinkProxy

ROOT = Path(__file__).resolve().parents[2]
WORK = "/tmp/lockstep"


class EmulatedBoard:
    def __init__(self, target, folder):
        self._folder = folder / "machine"
        printed = subprocess.run([ROOT / "scripts/board-up.sh", "--work", self._folder, target], check=True,
                                 stdout=subprocess.PIPE, text=True, timeout=180).stdout
        (entry,) = json.loads(printed)["boards"].values()
        self._entry = entry
        self.proxy = LinkProxy(("127.0.0.1", entry["port"]))
        self.boards = folder / "boards.json"
        self.write_entry()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run([ROOT / "scripts/board-up.sh", "--down", self._folder], check=True)

    def write_entry(self, **changes):
        """The list of boards has one, `door`, behind the proxy."""
        entry = {**self._entry, "port": self.proxy.port, "known_hosts": str(self.known_hosts()), **changes}
        self.boards.write_text(json.dumps({"boards": {"door": entry}}))

    def key(self):
        return Path(self._entry["key"])

    def known_hosts(self):
        return self.boards.parent / "known_hosts"

    def _ssh(self, line):
        return ["ssh", "-q", "-p", str(self._entry["port"]), "-i", self._entry["key"], "-o", "BatchMode=yes",
                "-o", "ConnectTimeout=5", "-o", "IdentitiesOnly=yes", "-o", "ServerAliveInterval=2",
                "-o", f"UserKnownHostsFile={self._entry['known_hosts']}", "root@127.0.0.1", line]

    def shell(self, line, seconds=60):
        """Past the proxy. What the line prints, or None if the board does not answer."""
        try:
            done = subprocess.run(self._ssh(line), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, timeout=seconds)
        except subprocess.TimeoutExpired:
            return None
        return done.stdout if done.returncode == 0 else None

    def copy(self, file, there):
        """Past the proxy."""
        with open(file, "rb") as content:
            subprocess.run(self._ssh(f"cat > {there}"), stdin=content, check=True, timeout=60)

    def wait_until_up(self):
        for _ in range(60):
            if self.shell("true", 10) is not None:
                return
            time.sleep(0.5)
        raise RuntimeError("the emulated board does not come back")

    def empty(self):
        self.shell(f"rm -rf {WORK} /tmp/filler")

    def programs(self):
        """Processes of Lockstep there."""
        listed = self.shell("for p in /proc/[0-9]*; do readlink $p/exe; done") or ""
        return [line for line in listed.split() if line.startswith(WORK)]

    def leftovers(self):
        """Files in the work folder that no program of today needs."""
        listed = self.shell(f"cd {WORK} 2>/dev/null && find runs files -type f; true") or ""
        return [name for name in listed.split() if name.startswith("runs/") or name.endswith(".part")]
