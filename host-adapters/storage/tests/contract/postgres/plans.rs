//! What a refresh costs the database.

use super::{database, run, sessions};
use glowband_session::{Login, Sessions};
use sqlx::Row;
use std::time::Duration;

/// A refresh changes no index, so that the new row stays on its page (a "heap-only tuple") and nothing grows.
#[tokio::test]
async fn a_refresh_touches_the_row_alone() {
    let Some(database) = database().await else { return };
    let server = sessions(&database);
    let mut newest = Vec::new();
    for _ in 0..20 {
        newest.push(server.open(Login::new("alice", "app").label(Some("Firefox"))).await.unwrap().token);
    }
    for _ in 0..25 {
        for token in &mut newest {
            *token = server.refresh(token.as_str(), "app").await.unwrap().token;
        }
    }
    let counted = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'sessions'";
    // The database counts with a delay.
    for _ in 0..100 {
        let row = sqlx::query(counted).fetch_one(database.pool()).await.unwrap();
        let (updates, on_their_page): (i64, i64) = (row.get(0), row.get(1));
        if updates >= 400 {
            // None would, if an index had to change. A few leave their page while others hold old rows back.
            assert!(on_their_page * 2 >= updates, "{on_their_page} of {updates} updates");
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
        touch(&server).await;
    }
    panic!("the database counts no updates");
}

/// Has every connection tell what it counted.
async fn touch(server: &Sessions) {
    server.list("no such user").await.unwrap();
}

#[tokio::test]
async fn every_question_finds_its_rows_by_an_index() {
    let Some(database) = database().await else { return };
    // As large as it takes for an index to be worth it.
    run(
        &database,
        "INSERT INTO sessions (id, user_id, client, salt, generation, key_id, state, created_at, rotated_at, \
         last_seen_at, idle_expires_at, absolute_expires_at, ended_number) \
         SELECT decode(md5(n::text), 'hex'), 'user-' || n / 3, 'app', decode(md5('s' || n), 'hex'), 0, 1, \
         CASE WHEN n % 50 = 0 THEN 'closed' ELSE 'open' END, n, n, n, 9e15, 9e15 + n, \
         CASE WHEN n % 50 = 0 THEN n END FROM generate_series(1, 20000) AS n",
    )
    .await;
    run(&database, "ANALYZE sessions").await;
    let questions = [
        ("SELECT * FROM sessions WHERE id = decode(md5('7'), 'hex')", "sessions_pkey"),
        ("SELECT * FROM sessions WHERE id > decode(md5('7'), 'hex') ORDER BY id LIMIT 9", "sessions_pkey"),
        ("UPDATE sessions SET generation = 1 WHERE id = decode(md5('7'), 'hex') AND generation = 0", "sessions_pkey"),
        ("SELECT * FROM sessions WHERE user_id = 'user-7' AND state = 'open'", "sessions_by_user"),
        (
            "SELECT * FROM sessions WHERE ended_number >= 9 AND (ended_number, id) > (9, '') ORDER BY ended_number, id LIMIT 9",
            "sessions_by_end",
        ),
        (
            "SELECT id FROM sessions WHERE ended_number < 9 ORDER BY ended_number LIMIT 9 FOR UPDATE SKIP LOCKED",
            "sessions_by_end",
        ),
        (
            "SELECT id FROM sessions WHERE absolute_expires_at < 9 ORDER BY absolute_expires_at LIMIT 9 FOR UPDATE SKIP LOCKED",
            "sessions_by_absolute_expiry",
        ),
    ];
    for (question, index) in questions {
        let plan =
            sqlx::query(sqlx::AssertSqlSafe(format!("EXPLAIN {question}"))).fetch_all(database.pool()).await.unwrap();
        let plan: Vec<String> = plan.iter().map(|line| line.get(0)).collect();
        let plan = plan.join("\n");
        assert!(plan.contains(index) && !plan.contains("Seq Scan"), "{question}\n{plan}");
    }
}
