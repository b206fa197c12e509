# page_charts_test.py MAKE_PAGES FOLDER [TEST..]: the charts of the report's page in headless Chromium, and what stands beside them.
from page_in_browser import PageInBrowser, main


class PageChartsTest(PageInBrowser):
    # --- memory ---

    def test_the_memory_has_its_peak_and_its_tables(self):
        self.open("small.html")
        b = self.browser
        text = b.driver.find_element("id", "memory").text
        live = b.js("return page.data.memory.live")
        peak = live.index(max(live))
        self.assertIn(f"peak: layer {peak}", text)
        for title in ("Planned", "Planned by target", "What would make the arena smaller", "Measured",
                      "its own kernels", "host's kernels: it was not asked", "not built"):
            self.assertIn(title, text)
        shown = b.js("return [...document.querySelectorAll('#memory figure:first-of-type [aria-label=rect]')].map((mark) => [...mark.querySelectorAll('rect')].map((r) => r.getAttribute('fill')))")
        blocks = b.js("return page.data.memory.blocks")
        self.assertEqual(len(shown[0]), len(blocks), "every block of the arena")
        at_peak = [block for block in blocks if block["first"] <= peak <= block["last"]]
        self.assertEqual(shown[0].count("var(--peak)"), len(at_peak))
        sizes = b.js("const head = [...document.querySelectorAll('#memory h3')].find((h) => h.textContent === 'What is there at the peak');"
                     "return [...head.nextElementSibling.querySelectorAll('tbody tr')].map((row) => Number(row.cells[1].firstChild.title.replace(/\\D/g, '')))")
        self.assertEqual(sizes[-1], max(live))
        self.assertEqual(sum(sizes[:-1]), max(live), "what is listed is all of the peak")

    # --- the mouse ---

    def test_a_tooltip_waits_until_the_mouse_moves(self):
        self.open("small.html")
        b = self.browser
        tips = "return document.querySelectorAll('#memory [aria-label=tip] path').length"
        # The page moves under the mouse: what the browser then says of the pointer has the same place on the screen.
        say = ("const [x, y, type] = arguments; const svg = document.querySelector('#memory svg'); const box = svg.getBoundingClientRect();"
               "svg.dispatchEvent(new PointerEvent(type, {clientX: box.left + box.width / 2, clientY: box.top + box.height / 2, screenX: x, screenY: y,"
               "pointerType: 'mouse', bubbles: type === 'pointermove'}));")
        b.js("document.getElementById('memory').scrollIntoView()")
        b.js("document.body.dispatchEvent(new PointerEvent('pointermove', {screenX: 300, screenY: 200, bubbles: true}))")
        for kind in ("pointerenter", "pointermove"):
            b.js(say, 300, 200, kind)
            self.assertEqual(b.js(tips), 0, kind)
        b.js(say, 301, 200, "pointermove")
        self.wait_for("the tooltip", tips + " > 0")

    # --- all charts ---

    # Middles on the screen: of the ticks' labels by their text, of a mark's shapes.
    def ticks(self, chart):
        return self.browser.js(
            "const middle = (e) => { const r = e.getBoundingClientRect(); return (r.left + r.right) / 2; };"
            "return Object.fromEntries([...document.querySelectorAll(arguments[0] + ' [aria-label=\"x-axis tick label\"] text')].map((t) => [t.textContent, middle(t)]))", chart)

    def test_ticks_stand_below_the_middle_of_bars(self):
        self.open("small.html")
        b = self.browser
        for section, place in (("time", 1), ("memory", 2)):
            chart = f"#{section} figure:nth-of-type({place})"
            b.js("document.querySelector(arguments[0]).scrollIntoView()", chart)
            bars = b.js("return [...document.querySelectorAll(arguments[0] + ' [aria-label=rect] rect')].map((e) => { const r = e.getBoundingClientRect(); return (r.left + r.right) / 2; })", chart)
            ticks = {int(text): x for text, x in self.ticks(chart).items() if text}
            self.assertGreater(len(ticks), 3)
            for layer, x in ticks.items():
                self.assertAlmostEqual(bars[layer], x, delta=1.0, msg=f"{section}, layer {layer}")

    def test_the_peak_has_one_mark(self):
        self.open("small.html")
        b = self.browser
        live = b.js("return page.data.memory.live")
        rules = "return document.querySelectorAll('#memory figure:first-of-type [aria-label=rule] line').length"
        for layer, marks in ((live.index(max(live)), 1), (0 if live.index(max(live)) else 1, 2)):
            b.js("page.selection.choose(arguments[0], 'test'); document.getElementById('memory').scrollIntoView()", layer)
            self.wait_for(f"{marks} marks", rules + " === arguments[0]", marks)

    def test_the_label_of_the_depth_touches_nothing(self):
        self.open("large.html")
        b = self.browser
        apart = b.js("const of = (what) => [...document.querySelectorAll(`#depth svg [aria-label='x-axis ${what}'] text`)].map((t) => t.getBoundingClientRect());"
                     "return of('label')[0].top - Math.max(...of('tick label').map((r) => r.bottom))")
        self.assertGreater(apart, 1)

    def test_the_bad_band_is_seen_and_gaps_are_explained(self):
        self.open("large.html")
        b = self.browser
        b.js("page.measures.filter((m) => m.id.startsWith('analysis.per_layer')).forEach((m) => { m.values = m.values.map((v) => Math.max(v, 30)); });"
             "document.querySelector('#depth .chart').redraw()")
        self.assertGreater(b.js("return document.querySelector('#depth svg [aria-label=rect] rect').getBoundingClientRect().height"), 5)
        text = b.driver.find_element("id", "depth").text
        self.assertIn("without a value (500–501)", text)
        b.js("page.measures.forEach((m) => { m.values = m.values.map((v) => v ?? 30); }); document.querySelector('#depth .chart').redraw()")
        self.assertNotIn("without a value", b.driver.find_element("id", "depth").text)

    def test_the_roofline_has_room_and_names(self):
        self.open("large.html")
        b = self.browser
        chart = "#time figure:nth-of-type(2)"
        b.js("document.querySelector(arguments[0]).scrollIntoView()", chart)
        low = b.js("return Math.max(...[...document.querySelectorAll(arguments[0] + ' [aria-label=dot] circle')].map((c) => c.getBoundingClientRect().bottom))", chart)
        axis = b.js("return document.querySelector(arguments[0] + ' [aria-label=\"x-axis tick label\"]').getBoundingClientRect().top", chart)
        self.assertLess(low, axis)
        times = self.measure("profile.time")
        largest = sorted(range(len(times)), key=lambda i: -times[i])[:1]
        names = b.js("return [...document.querySelectorAll(arguments[0] + ' [aria-label=text] text')].map((t) => t.textContent)", chart)
        self.assertEqual(len(names), 3)
        self.assertIn(b.js("return `${arguments[0]} ${page.layers[arguments[0]].name}`", largest[0]), names)

    def test_the_slowest_are_those_of_the_fastest_runs(self):
        self.open("small.html")
        rows = self.browser.js("return [...document.querySelectorAll('#time .bars.ranged li')].map((row) => row.textContent)")
        times = self.measure("profile.time")
        order = sorted(range(len(times)), key=lambda i: -times[i])[:10]
        for row, layer in zip(rows, order):
            self.assertTrue(row.startswith(f"{layer} "), f"{row}, not layer {layer}")
        self.assertIn("a disturbed measurement", self.browser.driver.find_element("class name", "verdicts").text)
        self.assertEqual(self.browser.js("return [page.timeRange(1), page.timeRange(2)]"), ["2.00 to 900 ms", ""])


if __name__ == "__main__":
    main()
