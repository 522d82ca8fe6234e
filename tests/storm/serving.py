"""A workspace with a crowd in it, and `preceptor serve` processes on it that can be killed and started again."""
import json
import os
import pathlib
import resource
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PROGRAM = os.environ.get("PRECEPTOR_PROGRAM", "build/dev/preceptor")
POSTGRES = os.environ.get("PRECEPTOR_TEST_POSTGRES", "")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """One `preceptor serve` on a port of its own, which it keeps from start to start."""

    def __init__(self, workspace, file_bytes_max=None):
        self.workspace = workspace
        self.file_bytes_max = file_bytes_max
        self.port = free_port()
        self.process = None

    def start(self):
        def limit():
            # Without the signal a write over the limit fails as it does on a full disk.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (self.file_bytes_max, resource.RLIM_INFINITY))

        log = open(self.workspace.folder.parent / "server.log", "a")
        self.process = subprocess.Popen(
            [PROGRAM, "serve", "--no-worker", "--workspace", str(self.workspace.folder), "--port", str(self.port)],
            env=self.workspace.environment,
            stdout=subprocess.DEVNULL,
            stderr=log,
            preexec_fn=limit if self.file_bytes_max else None,
            restore_signals=False,
        )
        log.close()
        give_up = time.monotonic() + 30
        while time.monotonic() < give_up:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended with {self.process.returncode}: {self.workspace.log()}")
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return self
            except OSError:
                time.sleep(0.02)
        raise RuntimeError("the server did not start")

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            return self.process.wait(60)
        return None


class Workspace:
    """A folder, a database and a crowd. With PostgreSQL each workspace gets a database of its own."""

    def __init__(self, database, people, tasks, overlap):
        self.kind = database
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="preceptor-storm."))
        self.folder = self.root / "workspace"
        self.url = ""
        if database == "postgresql":
            self.url = fresh_database()
        self.environment = dict(os.environ, PRECEPTOR_DATABASE=self.url)
        if not self.url:
            del self.environment["PRECEPTOR_DATABASE"]
        self.servers = []
        made = self.run("bench", "crowd", "--people", str(people), "--tasks", str(tasks), "--overlap", str(overlap))
        self.crowd = json.loads(made.stdout)
        self.project = self.crowd["project"]

    def run(self, *words, check=True):
        return subprocess.run(
            [PROGRAM, *words, "--workspace", str(self.folder)],
            env=self.environment, capture_output=True, text=True, check=check, timeout=120)

    def serve(self, **options):
        server = Server(self, **options)
        self.servers.append(server)
        return server.start()

    def log(self):
        file = self.root / "server.log"
        return file.read_text()[-2000:] if file.exists() else ""

    def sql(self, text):
        """The rows of a query, as lists of texts; or the effect of a change."""
        if self.url:
            done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-F", "\t", "-c", text, self.url],
                                  capture_output=True, text=True, check=True)
            return [line.split("\t") for line in done.stdout.splitlines()]
        import sqlite3
        with sqlite3.connect(self.folder / "preceptor.db", timeout=30) as connection:
            rows = connection.execute(text).fetchall()
        connection.close()
        return [["" if value is None else str(value) for value in row] for row in rows]

    def number(self, text):
        return int(self.sql(text)[0][0])

    def verify(self):
        done = self.run("verify", "--json", check=False)
        report = json.loads(done.stdout)
        return done.returncode, report

    def close(self):
        for server in self.servers:
            server.stop()
        shutil.rmtree(self.root, ignore_errors=True)


def fresh_database():
    name = f"storm_{os.getpid()}_{time.monotonic_ns()}"
    subprocess.run(["psql", "-Xq", "-c", f"CREATE DATABASE {name}", POSTGRES], check=True)
    return POSTGRES.rsplit("/", 1)[0] + "/" + name
