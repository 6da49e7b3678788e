//! A database for the commands, and logins in it as a server creates them.

use crate::program::{Folder, Run, command, run_command};
use glowband_session::{Login, RefreshKeys, Rules, Sessions};
use glowband_storage::{PostgresDatabase, PostgresStore, SqliteDatabase, SqliteStore};
use serde_json::Value;
use std::sync::Arc;

/// The database of the commands.
pub(crate) struct Place {
    pub(crate) folder: Folder,
    pub(crate) url: String,
}

impl Place {
    pub(crate) fn sqlite() -> Self {
        let folder = Folder::new();
        let url = format!("sqlite:{}", folder.path("accounts.sqlite"));
        Self { folder, url }
    }

    /// Returns SQLite and PostgreSQL, or only SQLite on a machine without PostgreSQL.
    pub(crate) fn each() -> Vec<Self> {
        let mut places = vec![Self::sqlite()];
        if let Some(postgres) = glowband_test_postgres::wanted() {
            places.push(Self { folder: Folder::new(), url: postgres.fresh_database().unwrap() });
        }
        places
    }

    /// Runs a command on this database. The URL has a password, so it is not passed as a flag.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Run {
        let data = self.folder.path("data");
        let mut command = command();
        command.env("GLOWBAND_DATABASE", &self.url).args(arguments).args(["--data", &data]);
        run_command(&mut command, input.as_bytes())
    }

    /// Returns the output lines of a command with `--json`.
    pub(crate) fn json(&self, arguments: &[&str], input: &str) -> Vec<Value> {
        let out = self.run(&[arguments, &["--json"]].concat(), input).expect(0).out;
        out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn add(&self, email: &str) -> Value {
        self.json(&["users", "add", email], "correct horse battery\n").remove(0)
    }

    /// Logs a user in, as a server does. Returns the session's id and the refresh token.
    pub(crate) fn login(&self, user_id: &str, label: &str) -> (String, String) {
        self.with_sessions(async |sessions| {
            let login = Login::new(user_id, "app").label(Some(label)).scope(Some("read"));
            let opened = sessions.open(login).await.unwrap();
            (opened.session.id.to_string(), opened.token.as_str().to_owned())
        })
    }

    /// Returns whether a refresh token is still valid.
    pub(crate) fn is_open(&self, token: &str) -> bool {
        self.with_sessions(async |sessions| {
            let found = sessions.find_by_token(token).await.unwrap();
            found.is_some_and(|presented| presented.current())
        })
    }

    fn with_sessions<T>(&self, work: impl AsyncFnOnce(Sessions) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let keys = RefreshKeys::new(1, &[7; 32]).unwrap();
            match self.url.strip_prefix("sqlite:") {
                Some(path) => {
                    let database = SqliteDatabase::open(path).await.unwrap();
                    let store = SqliteStore::new(database.clone());
                    let done = work(Sessions::new(Arc::new(store), keys, Rules::default())).await;
                    database.close().await;
                    done
                }
                None => {
                    let database = PostgresDatabase::connect(&self.url).await.unwrap();
                    let store = PostgresStore::new(database.clone());
                    let done = work(Sessions::new(Arc::new(store), keys, Rules::default())).await;
                    database.close().await;
                    done
                }
            }
        })
    }

    /// Runs an SQL statement.
    #[cfg(unix)]
    pub(crate) fn execute(&self, statement: &'static str) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            match self.url.strip_prefix("sqlite:") {
                Some(path) => {
                    let database = SqliteDatabase::open(path).await.unwrap();
                    sqlx::query(statement).execute(database.writer()).await.unwrap();
                    database.close().await;
                }
                None => {
                    let database = PostgresDatabase::connect(&self.url).await.unwrap();
                    sqlx::query(statement).execute(database.pool()).await.unwrap();
                    database.close().await;
                }
            }
        });
    }

    /// Returns the names of events, the latest first.
    pub(crate) fn events(&self) -> Vec<String> {
        let lines = self.json(&["audit", "list"], "");
        lines.iter().map(|line| line["event"].as_str().unwrap().to_owned()).collect()
    }
}
