namespace Portico.EmbeddedHost.Durable;

/// <summary>The engine's tables. Times are UTC ticks; payloads are JSON.</summary>
internal static class HistorySchema
{
    // instances  one row per instance; a new execution (continue-as-new, replacement) is a new row, so that whatever
    //            still answers the old one finds nobody.
    // events     what reached an execution, numbered from 1 (Started). Those above instances.processed_seq are its inbox.
    // turns      the steps that consumed them: replay hands out the same events at the same clock.
    // actions    what the code asked for, numbered from 0 over all turns: replay is checked against it.
    // payloads   texts too long for their row (LargePayloads): the row has "@" and the number.
    // pending    the actions that are still owed: activities to run, timers to fire. Small, so that a start reads it whole.
    public const string Script = """
        CREATE TABLE IF NOT EXISTS instances(
            execution INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL UNIQUE,
            name TEXT NOT NULL,
            status INTEGER NOT NULL,
            suspended INTEGER NOT NULL DEFAULT 0,
            created_at INTEGER NOT NULL,
            updated_at INTEGER NOT NULL,
            start_at INTEGER NOT NULL DEFAULT 0,
            turn INTEGER NOT NULL DEFAULT 0,
            processed_seq INTEGER NOT NULL DEFAULT 0,
            parent_execution INTEGER,
            parent_task INTEGER,
            parent_id TEXT,
            parent_name TEXT,
            custom_status TEXT,
            output TEXT,
            failure TEXT);
        CREATE INDEX IF NOT EXISTS instances_open ON instances(status) WHERE status IN (0, 6);
        CREATE INDEX IF NOT EXISTS instances_parent ON instances(parent_execution) WHERE parent_execution IS NOT NULL;
        CREATE TABLE IF NOT EXISTS events(
            execution INTEGER NOT NULL,
            seq INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            task_id INTEGER NOT NULL,
            name TEXT,
            payload TEXT,
            at INTEGER NOT NULL,
            PRIMARY KEY(execution, seq)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS turns(
            execution INTEGER NOT NULL,
            number INTEGER NOT NULL,
            at INTEGER NOT NULL,
            upto_seq INTEGER NOT NULL,
            action_count INTEGER NOT NULL,
            PRIMARY KEY(execution, number)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS actions(
            execution INTEGER NOT NULL,
            task_id INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            name TEXT NOT NULL,
            target TEXT,
            payload TEXT,
            due_at INTEGER NOT NULL,
            PRIMARY KEY(execution, task_id)) WITHOUT ROWID;
        CREATE TABLE IF NOT EXISTS payloads(
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            execution INTEGER NOT NULL,
            json TEXT NOT NULL);
        CREATE INDEX IF NOT EXISTS payloads_execution ON payloads(execution);
        CREATE TABLE IF NOT EXISTS pending(
            execution INTEGER NOT NULL,
            task_id INTEGER NOT NULL,
            kind INTEGER NOT NULL,
            due_at INTEGER NOT NULL,
            PRIMARY KEY(execution, task_id)) WITHOUT ROWID;
        """;
}
