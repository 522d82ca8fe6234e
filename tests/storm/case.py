"""What every test of the storm asks of the database afterwards."""
import unittest

import serving


class StormTest(unittest.TestCase):
    database = "sqlite"

    def workspace(self, people, tasks, overlap):
        made = serving.Workspace(self.database, people, tasks, overlap)
        self.addCleanup(made.close)
        return made

    def assert_nothing_lost(self, workspace, crowd, counted):
        """counted judgments are there, not one more; each acknowledged one is; no task has more than its overlap; nothing
        was counted twice; the event log and all that follows from it hold."""
        self.assertEqual(crowd.refusals, [])
        self.assertEqual(
            workspace.number("SELECT count(*) FROM judgment WHERE counted = 1 AND supersedes_id IS NULL"), counted)
        there = {int(row[0]) for row in workspace.sql("SELECT id FROM judgment")}
        acknowledged = [receipt["judgment_id"] for receipt in crowd.receipts]
        self.assertEqual(len(acknowledged), len(set(acknowledged)), "a judgment was acknowledged as two")
        self.assertLessEqual(set(acknowledged), there, "an acknowledged judgment is lost")
        self.assertEqual(len(there), len(acknowledged), "a judgment is kept that nobody was told of")
        over = workspace.sql(
            "SELECT task.id FROM task JOIN judgment ON task_id = task.id WHERE judgment.counted = 1 "
            "AND supersedes_id IS NULL GROUP BY task.id, task.overlap, task.counted "
            "HAVING count(*) > task.overlap OR count(*) <> task.counted OR count(*) <> count(DISTINCT person_id)")
        self.assertEqual(over, [], "tasks that are over-served, miscounted or judged twice by one person")
        twice = workspace.sql("SELECT slot_id FROM judgment WHERE counted = 1 AND supersedes_id IS NULL "
                              "GROUP BY slot_id HAVING count(*) > 1")
        self.assertEqual(twice, [], "slots that are filled twice")
        code, report = workspace.verify()
        self.assertEqual((code, report["differences"]), (0, []))
        self.assertEqual(report["judgments"], len(there))


def on_postgres(case):
    """The same tests on PostgreSQL."""
    return type(case.__name__ + "OnPostgres", (case,), {"database": "postgresql", "__module__": case.__module__})
