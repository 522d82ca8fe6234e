"""What breaks beside the server: the disk, the database, the time that people take."""
import os
import resource
import subprocess

from case import StormTest, on_postgres
from people import Crowd, Person


class Disk(StormTest):
    def test_on_a_full_disk_work_is_refused_with_507_and_goes_on_when_there_is_space_again(self):
        workspace = self.workspace(people=32, tasks=200, overlap=3)
        size = os.path.getsize(workspace.folder / "preceptor.db")
        server = workspace.serve(file_bytes_max=size + 200_000)
        first = Person(workspace.crowd["people"][0], workspace.project, [server.port])
        refusals = []
        tasks = []
        for session in workspace.crowd["people"]:
            person = Person(session, workspace.project, [server.port])
            for _ in range(30):
                status, task = person.call("POST", f"/projects/{workspace.project}/tasks/next", {})
                if status != 200:
                    refusals.append((status, task))
                    break
                body = {"lease_token": task["lease"]["token"], "payload": {"outcome": "tie", "better": None,
                        "strength": None, "reason": "x" * 4000, "flags": []}, "seconds_active": 9}
                status, receipt = person.call("POST", f"/tasks/{task['task']['id']}/judgments", body)
                if status != 201:
                    refusals.append((status, receipt))
                    break
                person.receipts.append(receipt)
            tasks.append(person)
            if refusals:
                break
        self.assertTrue(refusals, "the limit was never met")
        self.assertEqual(refusals[0][0], 507, refusals)
        self.assertIn("space", refusals[0][1]["hint"])
        status, _ = first.call("GET", "/projects")
        self.assertEqual(status, 200, "what is there can still be read")
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        crowd = Crowd(workspace, [server])
        for person, before in zip(crowd.people, tasks):
            person.receipts.extend(before.receipts)
        crowd.begin()
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 600)


class DatabaseServer(StormTest):
    database = "postgresql"

    def test_a_postgresql_that_crashes_under_load_loses_nothing_that_was_acknowledged(self):
        workspace = self.workspace(people=64, tasks=300, overlap=3)
        server = workspace.serve()
        crowd = Crowd(workspace, [server])
        crowd.begin()
        for count in (200, 500):
            crowd.wait_for(count)
            subprocess.run([os.environ["PRECEPTOR_TEST_POSTGRES_RESTART"]], check=True, capture_output=True, timeout=60)
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 900)
        self.assertIsNone(server.process.poll(), "the server outlives its database")


class Lease(StormTest):
    def test_a_lease_that_ends_while_somebody_types_costs_them_nothing_and_is_not_counted_twice(self):
        workspace = self.workspace(people=2, tasks=1, overlap=1)
        server = workspace.serve()
        slow, quick = (Person(session, workspace.project, [server.port]) for session in workspace.crowd["people"])
        status, task = slow.next_task()
        self.assertEqual(status, 200)
        self.assertEqual(quick.next_task()[0], 204, "the only slot is taken")
        workspace.sql("UPDATE slot SET lease_expires_at = 1")
        status, taken = quick.next_task()
        self.assertEqual((status, taken["task"]["id"]), (200, task["task"]["id"]))
        status, receipt = slow.submit(task)
        self.assertEqual((status, receipt["counted"]), (201, False), "late work is kept as surplus")
        status, receipt = quick.submit(taken)
        self.assertEqual((status, receipt["counted"]), (201, True))
        self.assertEqual(workspace.number("SELECT count(*) FROM judgment"), 2)
        self.assertEqual(workspace.number("SELECT counted FROM task"), 1)
        server.stop()
        code, report = workspace.verify()
        self.assertEqual((code, report["differences"]), (0, []))

    def test_a_lease_that_ends_while_nobody_else_asks_is_counted(self):
        workspace = self.workspace(people=1, tasks=1, overlap=1)
        server = workspace.serve()
        slow = Person(workspace.crowd["people"][0], workspace.project, [server.port])
        _, task = slow.next_task()
        workspace.sql("UPDATE slot SET lease_expires_at = 1")
        status, receipt = slow.submit(task)
        self.assertEqual((status, receipt["counted"]), (201, True))


LeaseOnPostgres = on_postgres(Lease)
