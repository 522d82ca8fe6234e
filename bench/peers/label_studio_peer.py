"""Label Studio as it is installed, on SQLite, driven by people who each have a session of their own."""
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import urllib.parse

CONFIG = """<View><Text name="prompt" value="$prompt"/><Text name="a" value="$a"/><Text name="b" value="$b"/>
<Choices name="better" toName="prompt" choice="single"><Choice value="a"/><Choice value="b"/><Choice value="tie"/></Choices>
<TextArea name="reason" toName="prompt"/></View>"""
RESULT = [
    {"from_name": "better", "to_name": "prompt", "type": "choices", "value": {"choices": ["tie"]}},
    {"from_name": "reason", "to_name": "prompt", "type": "textarea", "value": {"text": ["Both are right."]}},
]
PASSWORD = "a password for load 1"


class Session:
    """A browser's cookies over one kept-alive connection."""

    def __init__(self, port):
        self.port = port
        self.cookies = {}
        self.connection = None

    def request(self, method, path, body=None, form=False):
        if self.connection is None:
            self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in self.cookies.items()),
                   "Referer": f"http://127.0.0.1:{self.port}/", "X-CSRFToken": self.cookies.get("csrftoken", "")}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded" if form else "application/json"
            content = urllib.parse.urlencode(body) if form else json.dumps(body)
        try:
            self.connection.request(method, path, content, headers)
            answer = self.connection.getresponse()
            text = answer.read()
        except (OSError, http.client.HTTPException):
            self.connection = None
            raise
        for name, value in answer.getheaders():
            if name.lower() == "set-cookie":
                key, _, rest = value.partition("=")
                self.cookies[key] = rest.split(";")[0]
        return answer.status, text

    def sign_up(self, email):
        _, page = self.request("GET", "/user/signup/")
        found = re.search(rb'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        status, _ = self.request("POST", "/user/signup/", {
            "csrfmiddlewaretoken": found.group(1).decode() if found else self.cookies["csrftoken"],
            "email": email, "password": PASSWORD, "allow_newsletters": "false"}, form=True)
        if status not in (200, 302) or "sessionid" not in self.cookies:
            raise RuntimeError(f"{email} could not sign up: {status}")


def quantile(values, share):
    return sorted(values)[int(share * (len(values) - 1))] if values else 0.0


class LabelStudio:
    def __init__(self, program):
        self.folder = tempfile.mkdtemp(prefix="label-studio.")
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            self.port = listener.getsockname()[1]
        environment = dict(os.environ, LABEL_STUDIO_BASE_DATA_DIR=self.folder, COLLECT_ANALYTICS="0",
                           LATEST_VERSION_CHECK="0", HOME=self.folder)
        self.process = subprocess.Popen([program, "start", "--no-browser", "--port", str(self.port)], env=environment,
                                        stdout=open(pathlib.Path(self.folder) / "log", "w"), stderr=subprocess.STDOUT)
        self.sessions = []
        self.version = "unknown"

    def __enter__(self):
        give_up = time.monotonic() + 180
        while time.monotonic() < give_up:
            try:
                status, text = Session(self.port).request("GET", "/api/version")
                if status == 200:
                    self.version = json.loads(text).get("release", "unknown")
                    return self
            except (OSError, http.client.HTTPException):
                pass
            if self.process.poll() is not None:
                break
            time.sleep(0.5)
        raise RuntimeError("Label Studio did not start: " + (pathlib.Path(self.folder) / "log").read_text()[-2000:])

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_project(self, tasks, overlap):
        boss = Session(self.port)
        boss.sign_up("boss@example.com")
        status, text = boss.request("POST", "/api/projects/", {"title": "Load", "label_config": CONFIG,
                                                               "maximum_annotations": overlap})
        if status != 201:
            raise RuntimeError(f"no project: {status} {text[:500]}")
        self.project = json.loads(text)["id"]
        task = {"prompt": "Why is the sky blue, and why is the evening red?",
                "a": "Air scatters short waves more than long ones.", "b": "The sky mirrors the sea."}
        status, text = boss.request("POST", f"/api/projects/{self.project}/import", [task] * tasks)
        if status not in (200, 201):
            raise RuntimeError(f"no tasks: {status} {text[:500]}")

    def make_people(self, count):
        for i in range(count):
            session = Session(self.port)
            session.sign_up(f"person{i}@example.com")
            self.sessions.append(session)

    def judge(self, people, seconds):
        until = time.monotonic() + seconds
        next_ms, submit_ms, errors = [], [], []

        def work(session):
            while time.monotonic() < until:
                try:
                    begin = time.monotonic()
                    status, text = session.request("GET", f"/api/projects/{self.project}/next")
                    next_ms.append((time.monotonic() - begin) * 1000)
                    if status != 200:
                        errors.append(status)
                        time.sleep(0.2)
                        continue
                    begin = time.monotonic()
                    status, _ = session.request("POST", f"/api/tasks/{json.loads(text)['id']}/annotations/",
                                                {"result": RESULT, "lead_time": 9})
                    if status == 201:
                        submit_ms.append((time.monotonic() - begin) * 1000)
                    else:
                        errors.append(status)
                except (OSError, http.client.HTTPException):
                    errors.append(0)

        begin = time.monotonic()
        threads = [threading.Thread(target=work, args=(session,)) for session in self.sessions[:people]]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        took = time.monotonic() - begin
        return {"judgments_per_second": len(submit_ms) / took, "submit_p99_ms": quantile(submit_ms, .99),
                "next_p99_ms": quantile(next_ms, .99), "errors": len(errors), "seconds": took}
