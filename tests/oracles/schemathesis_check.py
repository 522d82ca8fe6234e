"""Schemathesis over the whole API: every operation of docs/openapi.json, as an administrator and as a trainer, on SQLite
and, below scripts/with-postgres, on PostgreSQL. Not part of CI, which asks the API at random with a generator of its own
(tests/storm/contract_test.py); this one asks with somebody else's.

    python3 -m venv FOLDER && FOLDER/bin/pip install schemathesis==4.32.5
    scripts/with-postgres FOLDER/bin/python tests/oracles/schemathesis_check.py --program build/dev/preceptor

No answer may be the server's own mistake, and each must be as the document says: status, type of content, headers, schema. What
Schemathesis finds is printed, with a curl command for each; the exit code is 1 then. Afterwards the server still runs and
`preceptor verify` finds the workspace as the event log says.
"""
import argparse
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import urllib.request
import xml.etree.ElementTree

TOP = pathlib.Path(__file__).resolve().parents[2]
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method"]
LEFT_OUT = {
    "signOut": "ends the session that all else is asked with",
    "eraseOneself": "ends the person that all else is asked as",
    "changePassword": "ends the sessions of the person that all else is asked as",
    "signIn": "hashes passwords for most of the time; its throttle has tests of its own",
    "endSession": "ends sessions by small numbers, that of the person that all else is asked as among them",
    "watchProject": "has no end, as an event stream",
}
# Ids that exist in the crowd's workspace, beside what Schemathesis thinks of.
HOOKS = '''
import schemathesis
from hypothesis import strategies

SMALL = strategies.integers(min_value=1, max_value=12)

@schemathesis.hook
def flatmap_path_parameters(context, path_parameters):
    if not path_parameters:
        return strategies.just(path_parameters)
    near = {name: SMALL if name != "project" else strategies.just(PROJECT) for name in path_parameters}
    return strategies.one_of(strategies.fixed_dictionaries(near), strategies.fixed_dictionaries(near),
                             strategies.just(path_parameters))
'''


def ask(settings, workspace, server, role, caller, folder):
    hooks = folder / "hooks.py"
    hooks.write_text(HOOKS.replace("PROJECT", str(workspace.project)))
    report = folder / f"{workspace.kind}-{role}.xml"
    command = [
        pathlib.Path(sys.executable).parent / "schemathesis", "run", TOP / "docs" / "openapi.json",
        "--url", f"http://127.0.0.1:{server.port}", "--checks", ",".join(CHECKS),
        "--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", str(settings.examples),
        "--seed", str(settings.seed), "--generation-database", "none", "--continue-on-failure",
        "--request-timeout", "30", "--no-color", "--report", "junit", "--report-junit-path", report,
        "--header", f"Cookie: preceptor_session={caller['cookie']}", "--header", f"X-CSRF-Token: {caller['csrf_token']}",
    ]
    for name in LEFT_OUT:
        command += ["--exclude-operation-id", name]
    done = subprocess.run([str(word) for word in command], text=True, capture_output=True, cwd=folder,
                          env={**os.environ, "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(folder)})
    cases = list(xml.etree.ElementTree.parse(report).iter("testcase")) if report.exists() else []
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    if done.returncode or failed or not cases:
        print(done.stdout, done.stderr)
    return len(cases), len(failed), done.returncode


def asked(server_port, cookie):
    """How the server answered, from its own metrics: {status: count}."""
    request = urllib.request.Request(f"http://127.0.0.1:{server_port}/metrics", headers={"Cookie": f"preceptor_session={cookie}"})
    counts = collections.Counter()
    with urllib.request.urlopen(request, timeout=30) as answer:
        for line in answer.read().decode().splitlines():
            if line.startswith("preceptor_http_requests_total{") and 'status="' in line:
                counts[line.split('status="')[1].split('"')[0]] += int(float(line.rsplit(" ", 1)[1]))
    return counts


def main():
    arguments = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    arguments.add_argument("--program", default=str(TOP / "build" / "dev" / "preceptor"))
    arguments.add_argument("--examples", type=int, default=30, help="requests made up for an operation, beside its edges")
    arguments.add_argument("--seed", type=int, default=1)
    settings = arguments.parse_args()
    os.environ["PRECEPTOR_PROGRAM"] = settings.program
    sys.path.insert(0, str(TOP / "tests" / "storm"))
    import serving

    document = json.loads((TOP / "docs" / "openapi.json").read_text())
    operations = sum(isinstance(operation, dict) and "responses" in operation
                     for methods in document["paths"].values() for operation in methods.values())
    for name, reason in LEFT_OUT.items():
        print(f"left out: {name}, it {reason}")
    bad = False
    temporary = tempfile.TemporaryDirectory(prefix="preceptor-schemathesis.")
    folder = pathlib.Path(temporary.name)
    for database in ["sqlite", "postgresql"] if serving.POSTGRES else ["sqlite"]:
        for role in ["administrator", "trainer"]:
            workspace = serving.Workspace(database, people=2, tasks=20, overlap=2)
            try:
                server = workspace.serve()
                administrator = workspace.crowd["administrator"]
                caller = administrator if role == "administrator" else workspace.crowd["people"][0]
                cases, failed, code = ask(settings, workspace, server, role, caller, folder)
                alive = server.process.poll() is None
                checked, report = workspace.verify()
                sound = checked == 0 and report["differences"] == []
                counts = asked(server.port, administrator["cookie"]) if alive else {}
                print(f"{database}, {role}: {cases} of {operations} operations asked, {failed} with findings; answers "
                      + (", ".join(f"{status}: {count}" for status, count in sorted(counts.items())) or "not counted")
                      + f"; the server {'runs' if alive else 'has ended'}; the log {'holds' if sound else 'does not hold'}")
                bad = bad or failed > 0 or code != 0 or not alive or not sound or cases < operations - len(LEFT_OUT)
            finally:
                workspace.close()
    temporary.cleanup()
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
