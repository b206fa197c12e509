"""The zoo's comparison and its words: zoo_test.py SCRIPTS/zoo"""
import sys
import unittest

import numpy as np

sys.path.insert(0, sys.argv.pop(1))
import compare  # noqa: E402
import verdict  # noqa: E402


def floats(*values):
    return np.array(values, np.float32)


class Compare(unittest.TestCase):
    def test_an_infinity_or_nan_of_one_alone_is_told_with_its_place(self):
        inf, nan = np.inf, np.nan
        for ours, theirs in ((nan, 1), (1, nan), (inf, 1), (1, inf), (inf, -inf), (nan, inf)):
            told = compare.special_difference(floats(1, ours), floats(1, theirs))
            self.assertEqual(told, f"element 1 is {ours:g} instead of {theirs:g}, the first of 1 such")
        told = compare.special_difference(floats(0, 1, 2, nan, nan, 5).reshape(2, 3), np.zeros((2, 3), np.float32))
        self.assertEqual(told, "element 3 (1, 0) is nan instead of 0, the first of 2 such")

    def test_the_same_infinities_and_nan_agree(self):
        values = floats(np.inf, -np.inf, np.nan, 2)
        self.assertEqual(compare.special_difference(values, values.copy()), "")
        self.assertEqual(compare.largest_difference(values, values + floats(0, 0, 0, 1)), 1 / 3)

    def test_a_difference_is_a_share_of_the_range(self):
        self.assertEqual(compare.special_difference(floats(0, 9), floats(0, 8)), "")
        self.assertEqual(compare.largest_difference(floats(0, 9), floats(0, 8)), 0.125)
        self.assertEqual(compare.largest_difference(floats(3), floats(2)), 0.5)


def result(name, **more):
    made = {"name": name, "reason": "", "float_difference": 1e-6, "cosine": 0.999, **more}
    made["verdict"] = verdict.verdict(made)
    return made


class Verdict(unittest.TestCase):
    def test_no_comparison_with_nan_passes(self):
        self.assertTrue(result("a", float_difference=float("nan"))["verdict"])
        self.assertTrue(result("a", cosine=float("nan"))["verdict"])
        self.assertEqual(result("a")["verdict"], "")

    def test_the_end_names_stage_and_why(self):
        results = [
            result("whole"),
            result("known", cosine=0.9, reason="few levels"),
            result("unknown", cosine=0.97),
            result("apart", float_difference=0.02),
            result("refused", stage="import", failed="2 blockers: Det"),
        ]
        lines = verdict.summary(results).splitlines()
        self.assertTrue(lines[0].startswith("2 of 5 networks are whole: "), lines[0])
        self.assertEqual(lines[1:], [
            "whole below 0.98, with a reason: known",
            "below 0.98 and lacking a reason in networks.py: unknown",
            "3 networks failed:",
            "  unknown: quantised outputs: a cosine of 0.9700 without a reason in networks.py",
            "  apart: float engine: 2.0e-02 of the range from ONNX Runtime, above 1e-04",
            "  refused: import: 2 blockers: Det",
        ])

    def test_a_network_that_fails_later_still_lacks_its_reason(self):
        text = verdict.summary([result("both", cosine=0.5, stage="crosscheck", failed="differs")])
        self.assertIn("lacking a reason in networks.py: both", text)
        self.assertIn("  both: crosscheck: differs", text)
        self.assertTrue(text.startswith("0 of 1 network "), text)


if __name__ == "__main__":
    unittest.main()
