"""People who judge over HTTP and do not give up: whatever happens to a server, they connect again and send the same
judgment under the same idempotency key until they are told that it is kept."""
import http.client
import json
import random
import threading
import time
import uuid

PAYLOAD = {"outcome": "tie", "better": None, "strength": None, "reason": "Both are right.", "flags": []}
GIVE_UP_SECONDS = 60


class Person:
    def __init__(self, session, project, ports):
        self.headers = {
            "Cookie": f"preceptor_session={session['cookie']}",
            "X-CSRF-Token": session["csrf_token"],
            "Content-Type": "application/json",
        }
        self.project = project
        self.ports = list(ports)
        self.connection = None
        self.receipts = []  # as they were answered, one a judgment
        self.refusals = []  # answers that nobody can explain
        self.sent_again = 0

    def call(self, method, path, body=None, headers=None):
        """One attempt; raises OSError or http.client.HTTPException when there is no answer."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.ports[0], timeout=30)
            text = None if body is None else json.dumps(body)
            self.connection.request(method, "/api/v1" + path, text, {**self.headers, **(headers or {})})
            answer = self.connection.getresponse()
            content = answer.read()
            return answer.status, json.loads(content) if content else None
        except (OSError, http.client.HTTPException):
            self.connection = None
            self.ports.append(self.ports.pop(0))
            raise

    def insist(self, method, path, body=None, headers=None):
        """Again and again, until a server answers that has nothing to complain of about itself."""
        give_up = time.monotonic() + GIVE_UP_SECONDS
        while True:
            try:
                status, answer = self.call(method, path, body, headers)
                if status < 500 or time.monotonic() > give_up:
                    return status, answer
            except (OSError, http.client.HTTPException):
                if time.monotonic() > give_up:
                    raise
            self.sent_again += 1
            time.sleep(random.uniform(0.02, 0.1))

    def next_task(self):
        return self.insist("POST", f"/projects/{self.project}/tasks/next", {})

    def submit(self, task, key=None):
        body = {"lease_token": task["lease"]["token"], "payload": PAYLOAD, "seconds_active": 9}
        return self.insist("POST", f"/tasks/{task['task']['id']}/judgments", body,
                           {"Idempotency-Key": key or str(uuid.uuid4())})

    def judge_all(self, on_receipt=lambda: None):
        while True:
            status, task = self.next_task()
            if status == 204:
                return
            if status != 200:
                self.refusals.append((status, task))
                return
            key = str(uuid.uuid4())
            status, receipt = self.submit(task, key)
            if status != 201:
                self.refusals.append((status, receipt))
                return
            self.receipts.append(receipt)
            on_receipt()
            if random.random() < 0.1:  # the answer did not reach the page, so it sends again
                status, again = self.submit(task, key)
                if status != 201 or again["judgment_id"] != receipt["judgment_id"] or not again["repeated"]:
                    self.refusals.append((status, again))


class Crowd:
    """All people of a workspace at work at once, each on a thread."""

    def __init__(self, workspace, servers):
        ports = [server.port for server in servers]
        self.people = [Person(session, workspace.project, ports[i % len(ports):] + ports[:i % len(ports)])
                       for i, session in enumerate(workspace.crowd["people"])]
        self.count = 0
        self.lock = threading.Lock()
        self.threads = []

    def _judged(self):
        with self.lock:
            self.count += 1

    def begin(self):
        for person in self.people:
            thread = threading.Thread(target=person.judge_all, args=(self._judged,), daemon=True)
            thread.start()
            self.threads.append(thread)

    def wait_for(self, count, seconds=60):
        give_up = time.monotonic() + seconds
        while self.count < count and any(thread.is_alive() for thread in self.threads):
            if time.monotonic() > give_up:
                raise AssertionError(f"only {self.count} of {count} judgments within {seconds} s")
            time.sleep(0.005)

    def finish(self, seconds=90):
        give_up = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0, give_up - time.monotonic()))
            if thread.is_alive():
                raise AssertionError(f"people are still waiting after {seconds} s, with {self.count} judgments")

    @property
    def receipts(self):
        return [receipt for person in self.people for receipt in person.receipts]

    @property
    def refusals(self):
        return [refusal for person in self.people for refusal in person.refusals]
