"""setup_test.py SCRIPTS: who owns what setup.sh fetches, with programs of the system that only note their calls."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SCRIPTS = Path(sys.argv.pop(1))


class SetupTest(unittest.TestCase):
    def setUp(self):
        self._folder = tempfile.TemporaryDirectory()
        self.addCleanup(self._folder.cleanup)
        self.root = Path(self._folder.name)
        (self.root / "scripts").mkdir()
        shutil.copy(SCRIPTS / "setup.sh", self.root / "scripts")
        self.program("scripts/fetch_page_libraries.sh", 'mkdir -p "$(dirname "$0")/../.cache/page_libraries"')
        self.program("bin/dpkg-query", 'echo -n "install ok installed"')
        self.program("bin/chown", f'echo "$@" >>"{self.root}/chown.log"')
        for name in ("node", "npm"):
            self.program(f"bin/{name}", "")

    def program(self, name, line):
        path = self.root / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{line}\n")
        path.chmod(0o755)

    def chowned(self, uid, **environment):
        """What was given to whom, when a user of this number runs it."""
        self.program("bin/id", f"echo {uid}")
        kept = {key: value for key, value in os.environ.items() if not key.startswith("SUDO_")}
        kept["PATH"] = f"{self.root}/bin:{kept['PATH']}"
        done = subprocess.run([self.root / "scripts/setup.sh"], env={**kept, **environment}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertTrue((self.root / ".cache/page_libraries").is_dir(), done.stdout)
        log = self.root / "chown.log"
        return log.read_text().split() if log.exists() else []

    def test_under_sudo_the_caller_owns_it(self):
        *flags, owner, place = self.chowned(0, SUDO_UID="1234", SUDO_GID="1235")
        self.assertEqual((flags, owner), (["-R", "--from=root"], "1234:1235"))
        self.assertEqual(Path(place).resolve(), (self.root / ".cache").resolve())

    def test_root_itself_keeps_it(self):
        self.assertEqual(self.chowned(0), [])

    def test_a_user_owns_what_he_makes(self):
        self.assertEqual(self.chowned(1000, SUDO_UID="1234", SUDO_GID="1235"), [])


if __name__ == "__main__":
    unittest.main()
