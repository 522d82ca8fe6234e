"""Runs the storm: many people against servers that are killed, on both databases (see scripts/with-postgres), and writes
{passed, failed} to the file named on the command line."""
import json
import pathlib
import sys
import unittest


def main():
    suite = unittest.defaultTestLoader.discover(str(pathlib.Path(__file__).parent), pattern="*_test.py")
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=2).run(suite)
    failed = len(result.failures) + len(result.errors) + len(result.skipped)
    if len(sys.argv) > 1:
        report = {"passed": result.testsRun - failed, "failed": failed}
        pathlib.Path(sys.argv[1]).write_text(json.dumps(report))
    return 1 if failed or result.testsRun == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
