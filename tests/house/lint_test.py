"""The rules of scripts/lint, each with something that breaks it and something that does not."""
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from script import TOP, load  # noqa: E402

lint = load("lint")
MAP = """
preceptor_module(base LINKS fmt::fmt)
preceptor_module(store USES base LINKS SQLiteCpp)
preceptor_module(server USES base
                 TESTS_USE store LINKS Boost::headers)
"""
MODULES = lint.read_modules(MAP)


def messages(check, path, text):
    return [message for _, message in check(path, text, MODULES)]


class Includes(unittest.TestCase):
    def refused(self, path, line):
        return messages(lint.check_includes, path, line + "\n")

    def test_the_map_is_read_with_its_line_breaks(self):
        self.assertEqual(MODULES["server"], ({"base"}, {"store"}))
        self.assertEqual(MODULES["base"], (set(), set()))

    def test_the_map_of_the_project_is_read(self):
        modules = lint.read_modules((TOP / "CMakeLists.txt").read_text())
        self.assertEqual(modules["engine"][0], {"base", "text"})
        self.assertNotIn("feedback", modules["engine"][0])

    def test_declared_modules_may_be_included_and_others_not(self):
        self.assertEqual(self.refused("src/server/a.cpp", '#include "base/id.hpp"'), [])
        self.assertEqual(self.refused("src/server/a.cpp", '#include "server/b.hpp"'), [])
        self.assertIn("may not use store", self.refused("src/server/a.cpp", '#include "store/open.hpp"')[0])
        self.assertIn("may not use store", self.refused("src/server/a.cpp", "#include <store/open.hpp>")[0])

    def test_tests_may_use_what_their_line_adds(self):
        self.assertEqual(self.refused("tests/server/a_test.cpp", '#include "store/open.hpp"'), [])
        self.assertNotEqual(self.refused("tests/base/a_test.cpp", '#include "store/open.hpp"'), [])

    def test_relative_includes_do_not_climb(self):
        self.assertIn("climbs", self.refused("src/server/a/b.cpp", '#include "../../store/open.hpp"')[0])
        self.assertEqual(self.refused("tests/server/a_test.cpp", '#include "tests/fixture.hpp"'), [])

    def test_a_third_party_library_stays_in_its_module(self):
        self.assertEqual(self.refused("src/store/a.cpp", "#include <SQLiteCpp/SQLiteCpp.h>"), [])
        self.assertEqual(self.refused("src/server/a.cpp", "#include <SQLiteCpp/SQLiteCpp.h>"),
                         ["<SQLiteCpp/SQLiteCpp.h> belongs to module store"])
        self.assertEqual(self.refused("src/store/a.cpp", "#include <fmt/format.h>"),
                         ["<fmt/format.h> belongs to module base"])

    def test_json_stays_out_of_headers(self):
        self.assertNotEqual(self.refused("src/base/a.hpp", "#include <nlohmann/json.hpp>"), [])
        self.assertEqual(self.refused("src/base/a.hpp", "#include <nlohmann/json_fwd.hpp>"), [])
        self.assertEqual(self.refused("src/base/a.cpp", "#include <nlohmann/json.hpp>"), [])


class OtherRules(unittest.TestCase):
    def test_headers_have_a_guard_and_open_no_namespace(self):
        self.assertEqual(messages(lint.check_header, "src/base/a.hpp", "#pragma once\n"), [])
        self.assertEqual(len(messages(lint.check_header, "src/base/a.hpp", "using namespace std;\n")), 2)

    def test_sql_stays_in_the_store(self):
        line = 'auto q = "SELECT id FROM task WHERE id = ?";\n'
        self.assertEqual(len(messages(lint.check_sql, "src/server/a.cpp", line)), 1)
        self.assertEqual(messages(lint.check_sql, "src/store/a.cpp", line), [])
        self.assertEqual(messages(lint.check_sql, "src/server/a.cpp", '"Select a file from the list"\n'), [])

    def test_hygiene_of_text(self):
        self.assertEqual(messages(lint.check_hygiene, "src/base/a.cpp", "int a;\n"), [])
        for broken in ("int a;", "int a; \n", "int a;\r\n", "\tint a;\n", "<<<<<<< ours\n"):
            self.assertEqual(len(messages(lint.check_hygiene, "src/base/a.cpp", broken)), 1, broken)

    def test_scripts_parse(self):
        self.assertEqual(messages(lint.check_scripts, "x.py", "def f():\n  pass\n"), [])
        self.assertNotEqual(messages(lint.check_scripts, "x.py", "def f(:\n"), [])

    def test_long_sources_are_named(self):
        self.assertEqual(len(messages(lint.check_size, "src/base/a.cpp", "\n" * 501)), 1)
        self.assertEqual(messages(lint.check_size, "src/base/a.cpp", "\n" * 300), [])


if __name__ == "__main__":
    unittest.main()
