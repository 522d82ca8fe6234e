-- Lists of tasks by state and kind come in pages from an index, also when what is asked for is rare among a million.
CREATE INDEX task_state ON task (project_id, state, id);
CREATE INDEX task_kind ON task (project_id, kind, id);
CREATE INDEX task_state_kind ON task (project_id, state, kind, id);
