# page_access_test.py MAKE_PAGES FOLDER [TEST..]: the report's page by keys alone, in light, dark and on paper.
import os

from browser import Keys
from page_in_browser import FOLDER, PageInBrowser, main

# Visible text that has less contrast than WCAG AA asks for, with its colours.
LOW_CONTRAST = open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "contrast.js")).read()


class PageAccessTest(PageInBrowser):
    # --- keys alone ---

    def test_tab_reaches_everything(self):
        self.open("small.html")
        b = self.browser
        wanted = b.js(
            "window.reached = new Set(); document.addEventListener('focusin', (e) => window.reached.add(e.target));"
            "window.wanted = () => [...document.querySelectorAll('a[href], button, select, input, summary, [tabindex=\"0\"]')]"
            "  .filter((e) => e.checkVisibility() && !e.closest('details:not([open]) > :not(summary)'));"
            "return window.wanted().length")
        for _ in range(2 * wanted + 50):
            b.tab()
            if b.js("return document.activeElement === document.body"):
                break
        missed = b.js("return window.wanted().filter((e) => !window.reached.has(e)).map((e) => e.outerHTML.slice(0, 120))")
        self.assertEqual(missed, [])

    def test_the_graph_goes_by_keys(self):
        self.open("small.html")
        b = self.browser
        self.press("open all")
        b.js("document.querySelector('svg.graph').focus()")
        visited = []
        for _ in range(6):
            b.keys(Keys.ARROW_DOWN)
            b.keys(Keys.ENTER)
            visited.append(b.chosen())
        self.assertEqual(len(set(visited)), 6, "down goes along the edges")
        b.keys(Keys.ARROW_UP, Keys.ENTER)
        self.assertIn(b.chosen(), visited[:5])
        self.open("large.html")
        folded = len(self.boxes())
        b.js("document.querySelector('svg.graph').focus()")
        b.keys(Keys.ARROW_DOWN, Keys.ENTER)
        self.assertGreater(len(self.boxes()), folded, "Enter opens a group")
        b.keys(Keys.ENTER)
        self.assertEqual(len(self.boxes()), folded, "and folds it")

    def test_the_table_and_charts_go_by_keys(self):
        self.open("small.html")
        b = self.browser
        head = self.head(self.field("profile.time"))
        b.js("arguments[0].focus()", head)
        b.keys(Keys.ENTER)
        times = self.measure("profile.time")
        order = self.rows()
        self.assertEqual([times[i] for i in order], sorted(times, reverse=True), "Enter on a title sorts")
        b.js("document.querySelector('#layers .table').focus()")
        b.keys(Keys.HOME)
        self.assertEqual(b.chosen(), order[0])
        b.keys(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertEqual(b.chosen(), order[2])
        b.keys(Keys.END)
        self.assertEqual(b.chosen(), order[-1])
        b.js("page.selection.choose(4, 'test'); document.querySelector('#depth .chart').focus()")
        b.keys(Keys.ARROW_RIGHT)
        self.assertEqual(b.chosen(), 5)

    # --- light, dark, paper ---

    def test_everything_is_legible(self):
        for name in ("small.html", "bare.html"):
            for scheme, media in (("light", ""), ("dark", ""), ("light", "print"), ("dark", "print")):
                self.browser.media(scheme, media)
                self.open(name)
                self.browser.js("page.selection.choose(1, 'test')")
                self.browser.js("for (const d of document.querySelectorAll('details')) d.open = true")
                low = self.browser.js(LOW_CONTRAST)
                self.assertEqual(low, [], f"{name} {scheme} {media}")

    def test_the_button_chooses_light_or_dark(self):
        self.open("bare.html")
        b = self.browser
        button = b.driver.find_element("id", "theme")
        paper = "return getComputedStyle(document.body).backgroundColor"
        for scheme in ("light", "dark"):
            b.media(scheme)
            seen = [b.js(paper)]
            for _ in range(3):
                button.click()
                seen.append(b.js(paper))
            self.assertNotEqual(seen[0], seen[1], f"{scheme}: the first click changes what is seen")
            self.assertEqual(seen[0], seen[2])
            self.assertEqual(seen[0], seen[3], "as the system wants it again")

    def test_on_paper_the_table_has_all_rows(self):
        self.open("large.html")
        b = self.browser
        b.pdf(os.path.join(FOLDER, "large.pdf"))
        self.assertGreater(os.path.getsize(os.path.join(FOLDER, "large.pdf")), 100000)
        b.js("dispatchEvent(new Event('beforeprint'))")
        b.media("light", "print")
        self.assertEqual(b.js("return document.querySelectorAll('table.paper tbody tr').length"), 1000)
        self.assertTrue(b.js("return document.querySelector('table.paper').checkVisibility()"))
        self.assertFalse(b.js("return document.querySelector('.tabulator').checkVisibility()"))
        b.js("dispatchEvent(new Event('afterprint'))")
        self.assertEqual(b.js("return document.querySelectorAll('table.paper').length"), 0)


if __name__ == "__main__":
    main()
