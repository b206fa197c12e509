# page_graph_test.py MAKE_PAGES FOLDER [TEST..]: the graph of the report's page in headless Chromium.
from page_in_browser import PageInBrowser, main


class PageGraphTest(PageInBrowser):
    def test_groups_fold_and_open(self):
        self.open("large.html")
        b = self.browser
        folded = self.boxes()
        group = next(i for i, text in enumerate(folded) if text.startswith("▸"))
        b.driver.find_elements("css selector", "svg.graph .box")[group].click()
        opened = self.boxes()
        self.assertGreater(len(opened), len(folded))
        self.assertTrue(any(text.startswith("▾") for text in opened))
        b.driver.find_element("css selector", "svg.graph .head").click()
        self.assertEqual(self.boxes(), folded)
        self.press("open all")
        leaves = b.js("return new Set([...document.querySelectorAll('svg.graph .box')].map((box) => box.node.layer).filter((l) => l >= 0)).size")
        self.assertEqual(leaves, 1000, "every layer has its box")
        self.press("fold all")
        self.assertEqual(self.boxes(), folded)

    def test_layers_without_groups_in_their_names_are_in_ranges(self):
        self.open("large_flat.html")
        self.assertTrue(all(text.startswith("▸ layers") for text in self.boxes() if text != "input"), self.boxes()[:5])

    # How large the names are on the screen.
    def size_of_names(self):
        return self.browser.js("return 12 * d3.zoomTransform(document.querySelector('svg.graph')).k")

    def test_names_can_be_read_without_asking(self):
        for name in ("small.html", "large.html", "large_flat.html"):
            self.open(name)
            for what in ("", "open all", "fold all"):
                if what:
                    self.press(what)
                self.assertGreaterEqual(self.size_of_names(), 10, f"{name} {what}")
                seen = self.browser.js(
                    "const s = document.querySelector('svg.graph').getBoundingClientRect();"
                    "return [...document.querySelectorAll('svg.graph .box')].filter((box) => { const r = box.getBoundingClientRect();"
                    "return r.right > s.left && r.left < s.right && r.bottom > s.top && r.top < s.bottom; }).length")
                self.assertGreater(seen, 1, f"{name} {what}: something is in sight")
        self.press("open all")
        chosen = self.browser.js("const s = document.querySelector('svg.graph').getBoundingClientRect(), r = document.querySelector('.box.chosen').getBoundingClientRect();"
                                 "return r.left >= s.left && r.right <= s.right && r.top >= s.top && r.bottom <= s.bottom")
        self.assertTrue(chosen, "the chosen layer is in sight")
        self.assertTrue(any(b.get_attribute("height") != "0" and float(b.get_attribute("height")) < 400
                            for b in self.browser.driver.find_elements("css selector", "svg.graph > .bar")), "a bar shows which part it is")

    def test_the_wheel_moves_the_graph_once_it_is_in_use(self):
        self.open("large.html")
        b = self.browser
        turn = ("const svg = document.querySelector('svg.graph'); const before = d3.zoomTransform(svg);"
                "svg.dispatchEvent(new WheelEvent('wheel', {deltaY: 120, ctrlKey: arguments[0], cancelable: true, bubbles: true}));"
                "const after = d3.zoomTransform(svg); return [Math.round(before.y - after.y), after.k < before.k]")
        self.press("open all")
        self.assertEqual(b.js(turn, False), [0, False], "the page scrolls")
        b.js("document.querySelector('svg.graph').focus()")
        self.assertEqual(b.js(turn, False), [120, False])
        self.assertTrue(b.js(turn, True)[1], "with Ctrl it gets smaller")
        for _ in range(3):
            b.js("document.querySelector('svg.graph').dispatchEvent(new WheelEvent('wheel', {deltaY: 1e6, cancelable: true}))")
        seen = b.js("const s = document.querySelector('svg.graph').getBoundingClientRect();"
                    "return [...document.querySelectorAll('svg.graph .box')].some((e) => { const r = e.getBoundingClientRect(); return r.bottom > s.top && r.top < s.bottom; })")
        self.assertTrue(seen, "it does not leave its frame")

    def test_good_layers_have_different_colours(self):
        self.open("large.html")
        fills = self.browser.js("const m = page.measureNamed('analysis.per_layer.sqnr'); return [...new Set(m.values.filter((v) => v > m.good).map((v) => page.colour(m, v)))]")
        self.assertGreater(len(fills), 100)
        order = self.browser.js("const m = page.measureNamed('analysis.per_layer.sqnr'); return [44, 40, 34, 25, 17, 10, 3].map((v) => page.position(m, v))")
        self.assertEqual(order, sorted(order))
        self.assertEqual(order[3:], [0, 8 / 15, 1, 1])

    def test_what_stands_out_is_marked(self):
        self.open("small.html")
        b = self.browser
        self.press("open all")
        marked = b.js("return [...document.querySelectorAll('svg.graph .flag')].map((flag) => flag.parentNode.node.layer).sort((x, y) => x - y)")
        expected = sorted({finding["layer"] for finding in b.js("return page.data.findings") if finding["layer"] >= 0})
        self.assertGreater(len(expected), 1)
        self.assertEqual(marked, expected)

    def test_a_folded_group_has_the_colour_of_its_worst_layer(self):
        self.open("large.html")
        worst = self.worst("analysis.per_layer.sqnr")
        fill, expected = self.browser.js(
            "const m = page.measureNamed('analysis.per_layer.sqnr');"
            "const box = [...document.querySelectorAll('svg.graph .box')].find((b) => b.node.layers.includes(arguments[0]));"
            "return [box.querySelector('rect:last-of-type').getAttribute('fill'), page.colour(m, m.values[arguments[0]])]", worst)
        self.assertEqual(fill, expected)

    def test_edges_join_what_reads_each_other(self):
        self.open("small.html")
        b = self.browser
        self.press("open all")
        drawn = b.js("return d3.sum(page.groups.all.filter((n) => n.group), (g) => d3.sum(g.links.values(), (l) => l.count))")
        self.assertEqual(drawn, len(b.js("return page.data.edges")), "every edge is one of a group's")

    def test_colouring_changes_with_the_choice(self):
        self.open("small.html")
        b = self.browser
        fills = []
        for identity in ("analysis.per_layer.sqnr", "profile.time", "model.bits"):
            b.js("const s = document.querySelector('#network select'); s.value = arguments[0]; s.dispatchEvent(new Event('change'))", identity)
            fills.append(tuple(b.js("return [...document.querySelectorAll('svg.graph .box > rect:last-of-type')].map((r) => r.getAttribute('fill'))")))
        self.assertEqual(len(set(fills)), 3)


if __name__ == "__main__":
    main()
