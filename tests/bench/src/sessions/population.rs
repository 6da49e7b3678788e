//! Many open sessions at once: made by the library itself in memory, and moved into a database in bulk.
//!
//! One by one it would take an hour. The rows come in the random order of their ids, as logins do, so that tables and
//! indexes are laid out as they would be.

use glowband_session::{Login, MemoryStore, RefreshKeys, Rules, Session, Sessions};
use sqlx::query_builder::{QueryBuilder, Separated};
use sqlx::{Connection, Database, Decode, Encode, Type};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Sessions that are open, and in no database yet.
pub struct Population {
    rows: Vec<Session>,
    /// The newest refresh token of each.
    pub tokens: Vec<String>,
}

/// The rules of the server: 14 days, 30 days, 10 seconds.
pub fn rules() -> Rules {
    let day = Duration::from_secs(24 * 60 * 60);
    Rules::new(14 * day, 30 * day, Duration::from_secs(10)).expect("they are the defaults")
}

impl Population {
    /// So many logins by this client, of each user in turn.
    pub async fn new(count: usize, keys: &RefreshKeys, users: &[String], client: &str) -> Self {
        let sessions = Sessions::new(Arc::new(MemoryStore::new()), keys.clone(), rules());
        let mut population = Self { rows: Vec::with_capacity(count), tokens: Vec::with_capacity(count) };
        for at in 0..count {
            let login = Login::new(&users[at % users.len()], client).label(Some("Firefox on Linux"));
            let opened = sessions.open(login).await.expect("memory takes it");
            population.tokens.push(opened.token.as_str().to_owned());
            population.rows.push(opened.session);
        }
        population
    }

    /// Adds them to a file that a library or a server has made and left. Answers the tokens, and the file's bytes for
    /// each session.
    pub async fn move_to_sqlite(self, path: &Path) -> (Vec<String>, f64) {
        let before = bytes(path);
        let options = sqlx::sqlite::SqliteConnectOptions::new().filename(path).pragma("cache_size", "-2000000");
        let mut connection = sqlx::SqliteConnection::connect_with(&options).await.expect("the file opens");
        let mut change = connection.begin().await.expect("there is no other writer");
        // Fewer than the 32 766 variables that a statement may have.
        for rows in self.rows.chunks(1000) {
            insertion::<sqlx::Sqlite>(rows).build().execute(&mut *change).await.expect("the rows are new");
        }
        change.commit().await.expect("there is room");
        for statement in ["ANALYZE", "PRAGMA wal_checkpoint(TRUNCATE)"] {
            sqlx::query(statement).execute(&mut connection).await.expect("there is no other client");
        }
        connection.close().await.expect("it was open");
        (self.tokens, (bytes(path) - before) as f64 / self.rows.len() as f64)
    }

    /// Adds them to a database that a library or a server has made. Answers the tokens, and the bytes of table and
    /// indexes for each session.
    pub async fn move_to_postgres(self, url: &str) -> (Vec<String>, f64) {
        let mut connection = sqlx::PgConnection::connect(url).await.expect("the database is there");
        let mut change = connection.begin().await.expect("there is no other writer");
        for rows in self.rows.chunks(1000) {
            insertion::<sqlx::Postgres>(rows).build().execute(&mut *change).await.expect("the rows are new");
        }
        change.commit().await.expect("there is room");
        for statement in ["VACUUM (ANALYZE) sessions", "CHECKPOINT"] {
            sqlx::query(statement).execute(&mut connection).await.expect("it is the owner's database");
        }
        let size = "SELECT pg_total_relation_size('sessions')";
        let size: i64 = sqlx::query_scalar(size).fetch_one(&mut connection).await.expect("the table is there");
        connection.close().await.expect("it was open");
        (self.tokens, size as f64 / self.rows.len() as f64)
    }
}

fn bytes(path: &Path) -> u64 {
    path.metadata().map_or(0, |file| file.len())
}

/// As both stores insert a row.
fn insertion<D: Database>(rows: &[Session]) -> QueryBuilder<D>
where
    for<'a> i64: Encode<'a, D> + Decode<'a, D> + Type<D>,
    for<'a> String: Encode<'a, D> + Type<D>,
    for<'a> Option<String>: Encode<'a, D> + Type<D>,
    for<'a> Vec<u8>: Encode<'a, D> + Type<D>,
{
    let columns = "id, user_id, client, label, scope, salt, generation, key_id, state, created_at, rotated_at, \
        last_seen_at, idle_expires_at, absolute_expires_at";
    let mut query = QueryBuilder::new(format!("INSERT INTO sessions ({columns}) "));
    query.push_values(rows, |mut row: Separated<'_, D, &str>, session| {
        let moment = |time: glowband_session::Timestamp| i64::try_from(time.0).expect("it is not that late");
        row.push_bind(session.id.as_bytes().to_vec());
        row.push_bind(session.user_id.clone()).push_bind(session.client.clone());
        row.push_bind(session.label.clone()).push_bind(session.scope.clone());
        row.push_bind(session.salt.as_bytes().to_vec());
        row.push_bind(0_i64).push_bind(i64::from(session.key_id)).push_bind(session.state.name().to_owned());
        row.push_bind(moment(session.created_at)).push_bind(moment(session.rotated_at));
        row.push_bind(moment(session.last_seen_at));
        row.push_bind(moment(session.idle_expires_at)).push_bind(moment(session.absolute_expires_at));
    });
    query
}
