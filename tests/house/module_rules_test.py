"""The build itself refuses what the map in CMakeLists.txt does not allow."""
import pathlib
import subprocess
import tempfile
import unittest

TOP = pathlib.Path(__file__).resolve().parents[2]


class ModuleRules(unittest.TestCase):
    def build(self, lines, sources):
        """Configures and builds a small project that uses cmake/module.cmake; returns (exit code, output)."""
        with tempfile.TemporaryDirectory() as folder:
            top = pathlib.Path(folder)
            head = f"""cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES CXX)
set(CMAKE_CXX_STANDARD 20)
set(PRECEPTOR_TESTS OFF)
find_package(Threads REQUIRED)
include("{TOP}/cmake/module.cmake")
"""
            (top / "CMakeLists.txt").write_text(head + "\n".join(lines) + "\n")
            for name, text in sources.items():
                path = top / "src" / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            output = ""
            for command in (["cmake", "-G", "Ninja", "-S", ".", "-B", "build"], ["cmake", "--build", "build"]):
                done = subprocess.run(command, cwd=top, capture_output=True, text=True)
                output += done.stdout + done.stderr
                if done.returncode != 0:
                    return done.returncode, output
            return 0, output

    low = {"low/low.hpp": "#pragma once\nint low();\n", "low/low.cpp": '#include "low/low.hpp"\nint low() { return 1; }\n'}
    uses_low = {"high/high.cpp": '#include "low/low.hpp"\nint high() { return low(); }\n'}

    def test_a_declared_include_builds(self):
        code, output = self.build(["preceptor_module(low)", "preceptor_module(high USES low)"], self.low | self.uses_low)
        self.assertEqual(code, 0, output)

    def test_an_undeclared_include_does_not_compile(self):
        code, output = self.build(["preceptor_module(low)", "preceptor_module(high)"], self.low | self.uses_low)
        self.assertNotEqual(code, 0)
        self.assertIn("low/low.hpp: No such file", output)

    def test_what_is_not_declared_is_not_inherited_either(self):
        top = {"top/top.cpp": '#include "low/low.hpp"\nint top() { return low(); }\n'}
        lines = ["preceptor_module(low)", "preceptor_module(high USES low)", "preceptor_module(top USES high)"]
        code, output = self.build(lines, self.low | self.uses_low | top)
        self.assertNotEqual(code, 0)
        self.assertIn("low/low.hpp: No such file", output)

    def test_an_upward_dependency_stops_the_configuration(self):
        code, output = self.build(["preceptor_module(low USES high)", "preceptor_module(high)"], self.low | self.uses_low)
        self.assertNotEqual(code, 0)
        self.assertIn("may not use 'high'", output)

    def test_a_module_without_sources_is_left_out(self):
        code, output = self.build(["preceptor_module(low)", "preceptor_module(later USES low)"], self.low)
        self.assertEqual(code, 0, output)
        self.assertIn("later: no sources", output)


if __name__ == "__main__":
    unittest.main()
