# The pages in headless Chromium, for the tests that use them as people do. Arguments of the test: MAKE_PAGES FOLDER [TEST..].
import os
import shutil
import subprocess
import sys
import time
import unittest

from browser import Browser

PROGRAM, FOLDER = sys.argv[1], os.path.abspath(sys.argv[2])


class PageInBrowser(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        shutil.rmtree(FOLDER, ignore_errors=True)
        subprocess.run([PROGRAM, FOLDER], check=True)
        cls.browser = Browser()

    @classmethod
    def tearDownClass(cls):
        cls.browser.close()

    def setUp(self):
        self.browser.media("light")

    def open(self, name):
        b = self.browser
        b.requests()
        took = b.open(os.path.join(FOLDER, name))
        self.assertEqual(b.console(), [], name)
        self.assertEqual([url for url in b.requests() if not url.endswith(name)], [], "nothing is asked for")
        return took

    def tearDown(self):
        self.assertEqual(self.browser.console(), [], "the console after the test")

    def wait_for(self, what, script, *arguments):
        end = time.time() + 10
        while time.time() < end:
            if self.browser.js(script, *arguments):
                return
            time.sleep(0.05)
        self.fail(f"{what}: not after 10 s")

    # The rows of the table in the order that it shows them.
    def rows(self):
        return self.browser.js("return page.table.getRows('active').map((row) => row.getData().layer)")

    def measure(self, identity):
        return self.browser.js("return page.measureNamed(arguments[0]).values", identity)

    # The layer with the least of a measure of which more is better.
    def worst(self, identity):
        return min((value, i) for i, value in enumerate(self.measure(identity)) if value is not None)[1]

    def field(self, identity):
        return self.browser.js("return 'm' + page.measures.findIndex((m) => m.id === arguments[0])", identity)

    def head(self, field):
        return self.browser.driver.find_element("css selector", f".tabulator-col[data-field='{field}']")

    def press(self, text):
        button = self.browser.driver.find_element("xpath", f"//button[text()='{text}']")
        self.browser.js("arguments[0].scrollIntoView({block: 'center'})", button)
        button.click()

    def boxes(self):
        return self.browser.js("return [...document.querySelectorAll('svg.graph .box')].map((box) => box.querySelector('text').textContent)")


def main():
    unittest.main(argv=[sys.argv[0]] + sys.argv[3:], verbosity=2)
