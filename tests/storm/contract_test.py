"""The whole API asked at random, as docs/openapi.json describes it and as it does not: every operation, by several kinds of
people, with what fits, what nearly fits and what was never meant to. No answer may be the server's own mistake, and each
status must be one that the document names."""
import http.client
import json
import os
import pathlib
import random
import unittest
import urllib.parse

from case import StormTest, on_postgres

TOP = pathlib.Path(__file__).resolve().parents[2]
REQUESTS = int(os.environ.get("PRECEPTOR_CONTRACT_REQUESTS", "2000"))
SEED = int(os.environ.get("PRECEPTOR_CONTRACT_SEED", "1"))

NASTY = [
    "", " ", "x", "'; DROP TABLE judgment; --", '" OR 1=1 --', "../../../etc/passwd", "%00", "\u0000", "\ud83d\ude00" * 50,
    "<script>alert(1)</script>", "[x](javascript:alert(1))", "a" * 300, "a" * 70000, "\u202e\u0301", "{{7*7}}", "$1", "NaN",
    "\r\nX-Injected: yes", "-1", "null",
]
NUMBERS = [0, 1, -1, 2, 5, 100, 1001, 2**31, 2**53, 2**63 - 1, 2**63, -(2**63) - 1, 0.5, 1e308, -0.0]


class Generator:
    """Values for a schema: mostly such that fit, sometimes such that do not."""

    def __init__(self, document, seed):
        self.document = document
        self.random = random.Random(seed)

    def resolve(self, schema):
        while "$ref" in schema:
            node = self.document
            for part in schema["$ref"].lstrip("#/").split("/"):
                node = node[part]
            schema = node
        return schema

    def anything(self, depth=0):
        pick = self.random.randrange(7 if depth < 3 else 5)
        if pick == 0:
            return None
        if pick == 1:
            return self.random.choice([True, False])
        if pick == 2:
            return self.random.choice(NUMBERS)
        if pick in (3, 4):
            return self.random.choice(NASTY)
        if pick == 5:
            return [self.anything(depth + 1) for _ in range(self.random.randrange(3))]
        return {self.random.choice(["id", "x", "kind", ""]): self.anything(depth + 1)}

    def value(self, schema, depth=0, wrong=0.04):
        if self.random.random() < wrong:
            return self.anything(depth)
        schema = self.resolve(schema)
        for key in ("oneOf", "anyOf"):
            if key in schema:
                return self.value(self.random.choice(schema[key]), depth, wrong)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        kind = schema.get("type")
        if isinstance(kind, list):
            kind = self.random.choice(kind)
        if kind == "object":
            return self.object(schema, depth, wrong)
        if kind == "array":
            least = schema.get("minItems", 0)
            count = self.random.choice([least, least + 1, least + 2])
            return [self.value(schema.get("items", {}), depth + 1, wrong) for _ in range(count)]
        if kind == "integer":
            low, high = schema.get("minimum", 1), schema.get("maximum", 12)
            return self.random.choice([low, min(high, low + 1), self.random.randint(1, 12)])
        if kind == "number":
            return self.random.choice([schema.get("minimum", 0), 0.5, 1])
        if kind == "boolean":
            return self.random.choice([True, False])
        if kind == "null":
            return None
        if kind == "string":
            return self.random.choice(["en", "A text.", "person-7", "long enough it is", *NASTY[:6]])
        return self.anything(depth)

    def object(self, schema, depth, wrong):
        required = schema.get("required", [])
        made = {}
        for name, part in schema.get("properties", {}).items():
            if name in required or self.random.random() < 0.5:
                made[name] = self.value(part, depth + 1, wrong)
        if made and self.random.random() < wrong:
            made.pop(self.random.choice(list(made)))
        if self.random.random() < wrong:
            made["unknown"] = 1
        return made

    def id(self):
        return self.random.choice([1, 1, 1, 1, 2, 3, 0, -1, 999999, 2**63, "abc", "%00", "..%2f..", "1%20OR%201=1"])


class Contract(StormTest):
    maxDiff = None

    def test_no_request_makes_the_server_fail_and_every_status_is_documented(self):
        document = json.loads((TOP / "docs" / "openapi.json").read_text())
        workspace = self.workspace(people=2, tasks=20, overlap=2)
        server = workspace.serve()
        operations = [(method.upper(), path, operation)
                      for path, methods in document["paths"].items()
                      for method, operation in methods.items()
                      if isinstance(operation, dict) and "responses" in operation]
        generator = Generator(document, SEED)
        callers = [workspace.crowd["administrator"], workspace.crowd["people"][0], None]
        problems = []
        seen = set()
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        for number in range(REQUESTS):
            method, path, operation = operations[number % len(operations)]
            name = operation.get("operationId", path)
            if name in ("signOut", "signIn") or "text/event-stream" in json.dumps(operation["responses"]):
                continue  # they would end the sessions, keep a processor busy with hashes, or never end
            caller = generator.random.choices(callers, weights=[6, 3, 1])[0]
            status, content, sent = self.ask(connection, generator, method, path, operation, caller)
            seen.add(name)
            documented = set(operation["responses"]) | {"401", "403", "404", "405", "431"}
            if status >= 500 or (str(status) not in documented and "default" not in documented):
                problems.append((name, status, sent, content[:300]))
                print(name, status, sent, content[:300])
            elif content and status != 204:
                json.loads(content)
        self.assertEqual(problems[:5], [], f"{len(problems)} of {REQUESTS} (seed {SEED})")
        self.assertGreater(len(seen), len(operations) * 0.8)
        self.assertIsNone(server.process.poll())
        code, report = workspace.verify()
        self.assertEqual((code, report["differences"]), (0, []))

    def ask(self, connection, generator, method, path, operation, caller):
        for part in [word for word in path.split("/") if word.startswith("{")]:
            path = path.replace(part, str(generator.id()), 1)
        query = {}
        for parameter in operation.get("parameters", []):
            parameter = generator.resolve(parameter)
            if parameter.get("in") == "query" and generator.random.random() < 0.5:
                query[parameter["name"]] = generator.value(parameter.get("schema", {}), wrong=0.15)
        if query:
            path += "?" + urllib.parse.urlencode({key: str(value) for key, value in query.items()}, errors="replace")
        headers = {}
        if caller:
            headers = {"Cookie": f"preceptor_session={caller['cookie']}", "X-CSRF-Token": caller["csrf_token"]}
        body = None
        content = operation.get("requestBody", {}).get("content", {})
        if content:
            headers["Content-Type"] = "application/json"
            schema = next(iter(content.values())).get("schema", {})
            body = json.dumps(generator.value(schema)).encode("utf-8", "replace")
        prefix = "" if path.startswith("/api/") else "/api/v1"
        try:
            connection.request(method, prefix + path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), (method, path[:300], (body or b"")[:300])
        except (OSError, http.client.HTTPException) as problem:
            connection.close()
            return 599, repr(problem), (method, path[:300], (body or b"")[:300])


ContractOnPostgres = on_postgres(Contract)

if __name__ == "__main__":
    unittest.main()
