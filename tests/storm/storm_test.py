"""Many people at once, and servers that are killed in between."""
import time

from case import StormTest, on_postgres
from people import Crowd


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
