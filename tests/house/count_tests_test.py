"""The closing line of ./test counts what ran and never takes silence for success."""
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


def gtest(*results):
    return {"testsuites": [{"testsuite": [{"name": "t", "result": r, **({"failures": [1]} if bad else {})}
                                          for r, bad in results]}]}


class ClosingLine(unittest.TestCase):
    def count(self, files, parts):
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                text = content if isinstance(content, str) else json.dumps(content)
                (pathlib.Path(folder) / name).write_text(text)
            done = subprocess.run([sys.executable, str(TOP / "scripts/count-tests"), folder, *parts],
                                  capture_output=True, text=True)
            return done.stdout.strip().split("\n")[-1], done.returncode

    def test_all_kinds_of_report_add_up(self):
        files = {
            "base.json": gtest(("COMPLETED", False), ("COMPLETED", False)), "base.status": "0\n",
            "rust.log": "test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured", "rust.status": "0",
            "web.vitest.json": {"numPassedTests": 4, "numTotalTests": 4}, "web.steps.json": {"passed": 2, "failed": 0},
            "web.status": "0",
        }
        self.assertEqual(self.count(files, ["base", "rust", "web"]), ("11 passed, 0 failed", 0))

    def test_a_failure_and_a_skipped_test_both_fail(self):
        files = {"base.json": gtest(("COMPLETED", True), ("SKIPPED", False), ("COMPLETED", False)), "base.status": "1"}
        self.assertEqual(self.count(files, ["base"]), ("1 passed, 2 failed", 1))

    def test_a_part_that_ran_nothing_fails(self):
        self.assertEqual(self.count({"base.json": gtest(), "base.status": "0"}, ["base"]), ("0 passed, 1 failed", 1))
        self.assertEqual(self.count({}, ["base"]), ("0 passed, 1 failed", 1))

    def test_a_crash_after_the_last_report_fails(self):
        files = {"base.json": gtest(("COMPLETED", False)), "base.status": "139"}
        self.assertEqual(self.count(files, ["base"]), ("1 passed, 1 failed", 1))

    def test_a_cut_off_report_fails(self):
        self.assertEqual(self.count({"base.json": '{"testsuites": [', "base.status": "0"}, ["base"])[1], 1)


if __name__ == "__main__":
    unittest.main()
