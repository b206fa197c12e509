"""What the benchmarks make of counts: bench_test.py bench/instructions bench/networks"""
import pathlib
import sys
import tempfile
import unittest

sys.path[:0] = [sys.argv.pop(1), sys.argv.pop(1)]
import kernel_shares  # noqa: E402
import recorded  # noqa: E402


def counts(*instructions):
    layers = [recorded.Layer("Conv", f"layer_{i}", "conv_portable", n) for i, n in enumerate(instructions)]
    return recorded.Counts(1000, tuple(layers))


class Differences(unittest.TestCase):
    def test_equal_or_nearly_so(self):
        self.assertEqual(recorded.differences(counts(1000000, 500), counts(1000000, 500)), [])
        self.assertEqual(recorded.differences(counts(1000000, 500), counts(1015000, 2500)), [])

    def test_a_slower_and_a_faster_layer_are_named(self):
        slower = recorded.differences(counts(1000000, 9000000), counts(1030000, 9000000))
        self.assertEqual(len(slower), 1)
        self.assertIn("layer 0, layer_0 (Conv): 1,030,000 instructions instead of 1,000,000, +3.0 %", slower[0])
        faster = recorded.differences(counts(1000000), counts(970000))
        self.assertIn("-3.0 %", faster[0])
        self.assertIn("all layers", faster[1])

    def test_many_small_layers_together(self):
        lines = recorded.differences(counts(*[10000] * 9), counts(*[11000] * 9))
        self.assertEqual(len(lines), 1)
        self.assertIn("all layers: 99,000 instead of 90,000, +10.0 %", lines[0])

    def test_other_layers(self):
        self.assertIn("1 layers, and not those 2", recorded.differences(counts(1, 2), counts(1))[0])
        self.assertEqual(recorded.differences(None, counts(1)), ["is not in the table"])


class Shares(unittest.TestCase):
    def test_the_largest_is_first(self):
        layers = [("Add", "add_neon", 10), ("Conv", "conv_msa", 20), ("Conv", "conv_msa", 40), ("Add", "add_neon", 30)]
        self.assertEqual(kernel_shares.shares(layers), [(0.6, "Conv", "conv_msa"), (0.4, "Add", "add_neon")])


class Table(unittest.TestCase):
    def test_what_is_written_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            recorded.PLACE = pathlib.Path(folder)
            self.assertEqual(recorded.read("mipsel"), {})
            table = {"b-64": counts(1, 2), "a-64": counts(3)}
            recorded.write("mipsel", table)
            self.assertEqual(recorded.read("mipsel"), table)


if __name__ == "__main__":
    unittest.main()
