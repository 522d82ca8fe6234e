"""Backups that are made while everybody works."""
import json
import os
import subprocess

import serving
from case import StormTest, on_postgres
from people import Crowd


class Backup(StormTest):
    def test_a_backup_under_load_restores_to_a_workspace_that_holds_all_that_was_acknowledged_before_it(self):
        workspace = self.workspace(people=32, tasks=200, overlap=3)
        server = workspace.serve()
        crowd = Crowd(workspace, [server])
        crowd.begin()
        crowd.wait_for(150)
        before = {receipt["judgment_id"] for receipt in crowd.receipts}
        target = workspace.root / "backup"
        made = json.loads(workspace.run("backup", str(target), "--json").stdout)
        crowd.finish()
        self.assert_nothing_lost(workspace, crowd, 600)

        environment = dict(os.environ)
        if workspace.url:
            environment["PRECEPTOR_DATABASE"] = serving.fresh_database()
        restored = workspace.root / "restored"
        done = subprocess.run([serving.PROGRAM, "restore", str(target), "--workspace", str(restored), "--json"],
                              env=environment, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        report = json.loads(done.stdout)
        self.assertEqual(report["differences"], [])
        self.assertGreaterEqual(report["events"], made["events"])
        kept = serving.Workspace.__new__(serving.Workspace)
        kept.folder, kept.url = restored, environment.get("PRECEPTOR_DATABASE", "") if workspace.url else ""
        there = {int(row[0]) for row in kept.sql("SELECT id FROM judgment")}
        self.assertLessEqual(before, there)


BackupOnPostgres = on_postgres(Backup)
