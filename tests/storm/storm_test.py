"""Many people at once, and servers that are killed in between."""
import http.client
import time

from case import StormTest, on_postgres
from people import Crowd, Person


class Storm(StormTest):
    def test_two_hundred_people_fill_three_hundred_tasks_exactly_although_the_server_is_killed_twice(self):
        workspace = self.workspace(people=200, tasks=300, overlap=3)
        server = workspace.serve()
        crowd = Crowd(workspace, [server])
        crowd.begin()
        for count in (250, 600):
            crowd.wait_for(count)
            server.kill()
            server.start()
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 900)
        self.assertGreater(sum(person.sent_again for person in crowd.people), 0, "nobody noticed the kills")

    def test_a_server_that_is_killed_again_and_again_under_64_writers_loses_nothing(self):
        workspace = self.workspace(people=64, tasks=400, overlap=4)
        server = workspace.serve()
        crowd = Crowd(workspace, [server])
        crowd.begin()
        for kill in range(1, 9):
            crowd.wait_for(kill * 160)
            server.kill()
            server.start()
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 1600)


StormOnPostgres = on_postgres(Storm)


class ManyServers(StormTest):
    database = "postgresql"

    def test_two_servers_on_one_database_share_the_work_and_one_may_die(self):
        workspace = self.workspace(people=64, tasks=200, overlap=3)
        servers = [workspace.serve(), workspace.serve()]
        crowd = Crowd(workspace, servers)
        crowd.begin()
        crowd.wait_for(200)
        servers[0].kill()
        time.sleep(0.3)
        servers[0].start()
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 600)

    def test_a_page_at_one_server_hears_of_the_work_that_is_done_at_another(self):
        workspace = self.workspace(people=1, tasks=2, overlap=1)
        here, there = workspace.serve(), workspace.serve()
        administrator = Person(workspace.crowd["administrator"], workspace.project, [there.port])
        stream = http.client.HTTPConnection("127.0.0.1", there.port, timeout=20)
        stream.request("GET", f"/api/v1/projects/{workspace.project}/events", headers=administrator.headers)
        answer = stream.getresponse()
        self.assertEqual(answer.status, 200)
        time.sleep(1.2)  # it has looked once
        person = Person(workspace.crowd["people"][0], workspace.project, [here.port])
        status, task = person.next_task()
        self.assertEqual(status, 200)
        self.assertEqual(person.submit(task)[0], 201)
        words = b""
        while b"event: task" not in words:
            line = answer.readline()
            self.assertTrue(line, "the stream ended")
            words += line
        stream.close()

    def test_failed_sign_ins_are_counted_by_all_servers_together(self):
        workspace = self.workspace(people=1, tasks=1, overlap=1)
        servers = [workspace.serve(), workspace.serve()]
        nobody = {"cookie": "", "csrf_token": ""}
        statuses = []
        for attempt in range(10):
            person = Person(nobody, workspace.project, [servers[attempt % 2].port])
            statuses.append(person.call("POST", "/session", {"login": "person0", "password": "not this one"})[0])
        self.assertEqual(statuses, [401] * 8 + [429] * 2)

    def test_the_event_log_is_sealed_as_long_as_any_server_lives(self):
        workspace = self.workspace(people=4, tasks=40, overlap=1)
        servers = [workspace.serve(), workspace.serve()]
        servers[0].kill()
        crowd = Crowd(workspace, servers[1:])
        crowd.begin()
        crowd.finish()
        give_up = time.monotonic() + 10
        while workspace.number("SELECT count(*) FROM event WHERE position IS NULL") and time.monotonic() < give_up:
            time.sleep(0.2)
        self.assertEqual(workspace.number("SELECT count(*) FROM event WHERE position IS NULL"), 0)
        self.assert_nothing_lost(workspace, crowd, 40)
