#!/usr/bin/env python3
"""Tests the cost model on a program whose cost is known."""
import pathlib
import subprocess
import tempfile
import unittest

import pricing

HERE = pathlib.Path(__file__).resolve().parent
LOOPS, LINES = 100_000, 4096


class CostOfAKnownProgram(unittest.TestCase):
    """steps.c runs layers of 300,000 instructions, of 4,096 cache lines, and of 300,000 instructions."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.program = pathlib.Path(cls.folder.name) / "steps"
        subprocess.run(["aarch64-linux-gnu-gcc", "-O1", "-fno-unroll-loops", "-static", "-o", cls.program, HERE / "steps.c"], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def by_step(self, core, window):
        """Figures per step of one window."""
        rows = pricing.sums(core, pricing.count(core, [self.program, "3"], run="Test_Session__Run", window=window), 1)
        return {step: pricing.merge(r for (s, _), r in rows.items() if s == step) for step in {s for s, _ in rows}}

    def test_instructions_and_misses_are_booked_on_their_step(self):
        steps = self.by_step("a72", (2, 3))
        self.assertEqual(sorted(steps), [-1, 0, 1, 2])
        for step in (0, 2):
            self.assertAlmostEqual(steps[step]["instructions"], 3 * LOOPS, delta=30)
            self.assertLess(steps[step]["l1_misses"], 10)
        # 256 KiB does not fit L1D (32 KiB) but L2 (1 MiB), and comes in order.
        self.assertAlmostEqual(steps[1]["l1_misses"], LINES, delta=10)
        self.assertLess(steps[1]["l2_misses"], 10)
        self.assertAlmostEqual(steps[1]["streamed"], LINES, delta=10)
        self.assertLess(steps[-1]["instructions"], 50)

    def test_one_call_is_counted_alone_and_ends_the_program(self):
        rows = pricing.sums("a72", pricing.count("a72", [self.program, "3"], run="Test_Session__Run", once=True), 1)
        total = pricing.merge(rows.values())
        self.assertAlmostEqual(total["instructions"], 2 * 3 * LOOPS + 5 * LINES, delta=2 * LINES)
        self.assertAlmostEqual(total["l2_misses"], LINES, delta=20)
        self.assertNotIn("main", {symbol for _, symbol in rows})

    def test_the_first_run_misses_the_second_level_too(self):
        first, second = self.by_step("a72", (1, 2)), self.by_step("a72", (2, 3))
        self.assertAlmostEqual(first[1]["l2_misses"], LINES, delta=10)
        self.assertEqual(first[0]["instructions"], second[0]["instructions"])

    def test_difference_of_two_programs_agrees_with_the_steps(self):
        longer, shorter = (pricing.count("a53", [self.program, n]) for n in ("3", "2"))
        for key, figures in shorter.items():
            longer[key].add(figures, sign=-1)
        total = pricing.merge(pricing.sums("a53", longer, 1).values())
        steps = pricing.merge(self.by_step("a53", (2, 3)).values())
        self.assertAlmostEqual(total["instructions"], steps["instructions"], delta=0.001 * steps["instructions"])
        self.assertAlmostEqual(total["cycles"], steps["cycles"], delta=0.001 * steps["cycles"])

    def test_cycles_follow_the_core(self):
        # subs, nop, b.ne: at least one cycle a loop on every core (the loop's dependency), at most an instruction a cycle.
        for core in ("a53", "a72", "a76"):
            cycles = self.by_step(core, (2, 3))[0]["cycles"]
            self.assertGreaterEqual(cycles, LOOPS, core)
            self.assertLessEqual(cycles, 3.1 * LOOPS, core)

    def test_a_program_that_fails_is_named(self):
        with self.assertRaisesRegex(SystemExit, "ended with 7"):
            pricing.count("a72", [self.program, "0"])

    def test_a_block_cut_by_the_border_of_a_page_is_made_whole(self):
        cut = {
            (0, 0x1FF8, "f", "aaaaaaaabbbbbbbb"): pricing.Figures(7, 1, 0, 0),
            (0, 0x2000, "f", "cccccccc"): pricing.Figures(7, 2, 1, 0),
            (0, 0x2FFC, "f", "dddddddd"): pricing.Figures(7),
            (0, 0x3000, "f", "eeeeeeee"): pricing.Figures(9),
            (0, 0x4FFC, "f", "14000001"): pricing.Figures(3),
            (0, 0x5000, "f", "ffffffff"): pricing.Figures(3),
            (1, 0x1FF8, "f", "aaaaaaaabbbbbbbb"): pricing.Figures(5),
        }
        found = {key: (f.executed, f.l1, f.l2) for key, f in pricing.whole(cut).items()}
        self.assertEqual(found, {
            (0, "f", "aaaaaaaabbbbbbbbcccccccc"): (7, 3, 1),
            (0, "f", "ddddddddeeeeeeee"): (7, 0, 0),
            (0, "f", "eeeeeeee"): (2, 0, 0),
            (0, "f", "14000001"): (3, 0, 0),
            (0, "f", "ffffffff"): (3, 0, 0),
            (1, "f", "aaaaaaaabbbbbbbb"): (5, 0, 0),
        })

    def test_a_block_cut_because_it_is_long_is_made_whole(self):
        cut = {(0, 0x1100, "f", "aaaaaaaabbbbbbbb"): pricing.Figures(7, 1, 0, 0), (0, 0x1108, "f", "cccccccc"): pricing.Figures(7, 2, 1, 0)}
        found = {key: (f.executed, f.l1, f.l2) for key, f in pricing.whole(cut).items()}
        self.assertEqual(found, {(0, "f", "aaaaaaaabbbbbbbbcccccccc"): (7, 3, 1)})


if __name__ == "__main__":
    unittest.main()
