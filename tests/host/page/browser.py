# A page in headless Chromium: opening it, waiting for it, keys, and what the console said.
import base64
import json
import time

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys


class Browser:
    def __init__(self, width=1440, height=1000):
        options = Options()
        options.binary_location = "/usr/bin/chromium"
        # As root there is no sandbox; a page that asks for anything from elsewhere fails at once.
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking",
                         "--disable-component-update", "--no-first-run", "--host-resolver-rules=MAP * ~NOTFOUND",
                         f"--window-size={width},{height}", "--hide-scrollbars", "--force-device-scale-factor=1"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)
        self.driver.set_script_timeout(60)

    def close(self):
        self.driver.quit()

    # Milliseconds from the beginning until all of it stood.
    def open(self, path, wait=60):
        self.driver.get("about:blank")
        self.console()
        self.driver.get(f"file://{path}")
        end = time.time() + wait
        while time.time() < end:
            standing = self.js("return document.documentElement.dataset.standing || ''")
            if standing:
                return int(standing)
            time.sleep(0.02)
        raise AssertionError(f"{path} does not stand after {wait} s; the console says {self.console()}")

    def js(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    # What was said since the last call: everything but plain information.
    def console(self):
        return [f"{entry['level']}: {entry['message']}" for entry in self.driver.get_log("browser")
                if entry["level"] not in ("INFO", "DEBUG")]

    # What was asked for since the last call, beside the page itself and data within it.
    def requests(self):
        asked = []
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                if not url.startswith(("data:", "blob:", "about:")):
                    asked.append(url)
        return asked

    def keys(self, *keys):
        ActionChains(self.driver).send_keys(*keys).perform()

    def tab(self, back=False):
        chain = ActionChains(self.driver)
        if back:
            chain.key_down(Keys.SHIFT)
        chain.send_keys(Keys.TAB)
        if back:
            chain.key_up(Keys.SHIFT)
        chain.perform()

    def chosen(self):
        return self.js("return page.selection.layer")

    def media(self, scheme="light", media=""):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "media": media, "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    # The whole page, or what is in sight.
    def picture(self, path=None, whole=True):
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {"format": "png", "captureBeyondViewport": whole})
        data = base64.b64decode(shot["data"])
        if path:
            with open(path, "wb") as file:
                file.write(data)
        return data

    def pdf(self, path):
        shot = self.driver.execute_cdp_cmd("Page.printToPDF", {"printBackground": True, "paperWidth": 8.27, "paperHeight": 11.7})
        with open(path, "wb") as file:
            file.write(base64.b64decode(shot["data"]))
