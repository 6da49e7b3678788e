//! A pool of connections to PostgreSQL that survives connections which fail silently.
//!
//! The pool of sqlx cannot do this. It tests a returned connection by a ping without a time limit and keeps the slot while it
//! waits. A connection whose other end has failed blocks its slot until the kernel gives up, after 15 minutes or never. Neither deadpool nor bb8 bounds every use of a connection or fails fast while the database is away, and
//! both would be one more dependency. This pool:
//!
//! - bounds every wait: for a slot, for a new connection, for an answer, for a test, for the end of a cancelled statement;
//! - closes the socket immediately, without a message to the server, if a statement exceeds its limit;
//! - tests a connection before use if it was idle for a second, or if another connection has failed since its last use;
//! - tests idle connections every few seconds, which keeps them alive in the tables of firewalls and balancers;
//! - answers at once while the database is known to be away, and tries to reach it on one task, see [`Circuit`].
//!
//! sqlx opens its sockets itself and does not hand them out, so `SO_KEEPALIVE` and `TCP_USER_TIMEOUT` cannot be set at this
//! end without unsafe code. The limits above are stricter than both: nothing waits longer for the network than for a
//! statement. [`SETTINGS`] makes PostgreSQL set both for its own socket, so that it closes the connections of a server that
//! has failed.

use super::circuit::Circuit;
use super::lease::{PooledConnection, PostgresTransaction};
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection, Executor};
use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{sleep, timeout};

/// How long a task waits for a slot.
const SLOT: Duration = Duration::from_secs(2);
/// How long a new connection may take.
pub(super) const CONNECT: Duration = Duration::from_secs(2);
/// How long an idle connection may take to answer a ping, and a cancelled statement to end.
pub(super) const PING: Duration = Duration::from_secs(1);
/// How long a connection may lie unused before it is tested.
const IDLE: Duration = Duration::from_secs(1);
/// How long a statement may take before the other connections are suspected too.
const SLOW: Duration = Duration::from_secs(1);
/// How long a statement may take altogether; PostgreSQL itself gives up before.
pub(super) const LIMIT: Duration = Duration::from_millis(3500);
/// How often idle connections are tested.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How long an unused connection is kept, and how long any connection is kept.
const SURPLUS: Duration = Duration::from_secs(600);
const LIFETIME: Duration = Duration::from_secs(1800);
/// How often the pool tries to reconnect, and how long a try may take; every eighth try has the full limit.
const PROBE: Duration = Duration::from_millis(400);
const PROBE_LIMIT: Duration = Duration::from_secs(1);

/// The settings that the statements of this crate need, independent of the server's defaults. Only READ COMMITTED lets a
/// statement that waited for a row see the change that it waited for. A statement times out before its task does. PostgreSQL
/// detects within 30 seconds that this process or the network has failed.
const SETTINGS: &str = "SET default_transaction_isolation = 'read committed'; SET statement_timeout = '3s'; \
    SET idle_in_transaction_session_timeout = '10s'; SET tcp_keepalives_idle = 15; SET tcp_keepalives_interval = 5; \
    SET tcp_keepalives_count = 3; SET tcp_user_timeout = '30s'";

/// Connections to one PostgreSQL database. A clone is a second handle.
///
/// `&PostgresPool` is an [`Executor`], for single statements; [`begin`](Self::begin) is for several.
#[derive(Clone)]
pub struct PostgresPool(Arc<Shared>);

pub(super) struct Shared {
    options: Arc<PgConnectOptions>,
    most: u32,
    slots: Arc<Semaphore>,
    idle: Mutex<IdleConnections>,
    circuit: Circuit,
    closed: AtomicBool,
}

struct IdleConnections {
    /// The one that was used last is used first, so that surplus ones grow old at the beginning.
    connections: Vec<IdleConnection>,
    /// One that has not answered since then is tested before it is used.
    suspect: Instant,
    /// One that was opened before then is closed instead of being used again.
    renewed: Instant,
    /// Whether the database has rejected a write as a replica does since then.
    read_only: bool,
}

struct IdleConnection {
    connection: PgConnection,
    born: Instant,
    /// When it was given back.
    used: Instant,
    /// When it answered.
    answered: Instant,
}

impl PostgresPool {
    /// No connection is opened yet.
    pub(super) fn new(options: Arc<PgConnectOptions>, most: u32) -> Self {
        let now = Instant::now();
        let shared = Arc::new(Shared {
            options,
            most,
            slots: Arc::new(Semaphore::new(usize::try_from(most).unwrap_or(1))),
            idle: Mutex::new(IdleConnections { connections: Vec::new(), suspect: now, renewed: now, read_only: false }),
            circuit: Circuit::new(),
            closed: AtomicBool::new(false),
        });
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(heartbeat(Arc::downgrade(&shared)));
        }
        Self(shared)
    }

    /// Takes a connection, for statements that belong together without being a transaction. Each of them wants a time limit:
    /// see [`within_limit`](super::PostgresDatabase::within_limit).
    ///
    /// # Errors
    /// An I/O error at once while the database is known to be away; [`sqlx::Error::PoolTimedOut`] if no connection comes
    /// free in time; why no new connection can be opened.
    pub async fn acquire(&self) -> sqlx::Result<PooledConnection> {
        let shared = &self.0;
        shared.circuit.check()?;
        let slot = timeout(SLOT, Arc::clone(&shared.slots).acquire_owned()).await;
        let slot = slot.map_err(|_| sqlx::Error::PoolTimedOut)?.map_err(|_| sqlx::Error::PoolClosed)?;
        // It may have become known while the task waited.
        shared.circuit.check()?;
        shared.renew_if_read_only();
        while let Some((mut idle, proven)) = shared.pop() {
            if proven {
                return Ok(self.lease(idle.connection, idle.born, slot));
            }
            match timeout(PING, idle.connection.ping()).await {
                Ok(Ok(())) => return Ok(self.lease(idle.connection, idle.born, slot)),
                Ok(Err(error)) => {
                    tracing::debug!(%error, "closed an idle database connection that no longer works");
                    shared.suspect_others();
                }
                // The others lie as long or longer: each would cost as much time again.
                Err(_) => shared.close_idle("an idle database connection did not answer; closed all idle connections"),
            }
        }
        let born = Instant::now();
        let connection = shared.connect(CONNECT).await.inspect_err(|error| {
            if shared.circuit.open_unless_answered_since(born, error) {
                tokio::spawn(probe(Arc::downgrade(shared)));
            }
        })?;
        Ok(self.lease(connection, born, slot))
    }

    /// Begins a transaction. Dropped without [`commit`](PostgresTransaction::commit), it is rolled back.
    ///
    /// # Errors
    /// As [`acquire`](Self::acquire), and those of `BEGIN`.
    pub async fn begin(&self) -> sqlx::Result<PostgresTransaction> {
        PostgresTransaction::begin(self.acquire().await?, "BEGIN").await
    }

    /// Begins a transaction that only reads. All its statements see the database as it was at the first of them.
    ///
    /// # Errors
    /// As [`begin`](Self::begin).
    pub async fn begin_reading(&self) -> sqlx::Result<PostgresTransaction> {
        PostgresTransaction::begin(self.acquire().await?, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY").await
    }

    /// Returns how many connections are open.
    pub fn size(&self) -> u32 {
        let used = usize::try_from(self.0.most).unwrap_or(0).saturating_sub(self.0.slots.available_permits());
        u32::try_from(used.saturating_add(self.num_idle())).unwrap_or(u32::MAX).min(self.0.most)
    }

    /// Returns how many connections are open and not in use.
    pub fn num_idle(&self) -> usize {
        self.0.idle().connections.len()
    }

    /// Closes all idle connections, and those in use as they are given back; [`acquire`](Self::acquire) fails from then on.
    pub async fn close(&self) {
        self.0.closed.store(true, Ordering::Release);
        self.0.slots.close();
        let idle = std::mem::take(&mut self.0.idle().connections);
        let farewells = async {
            for idle in idle {
                let _ = idle.connection.close().await;
            }
        };
        let _ = timeout(PING, farewells).await;
    }

    /// Waits for an answer on a connection of the pool, within its limit. Others are suspected as soon as it takes long.
    pub(super) async fn within_limit<T>(&self, answer: impl Future<Output = sqlx::Result<T>>) -> sqlx::Result<T> {
        let mut answer = std::pin::pin!(answer);
        if let Ok(answer) = timeout(SLOW, answer.as_mut()).await {
            return answer;
        }
        self.0.suspect_others();
        timeout(LIMIT - SLOW, answer).await.unwrap_or_else(|_| {
            self.0.suspect_others();
            let text = format!("it did not answer within {} s", LIMIT.as_secs_f32());
            Err(sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, text)))
        })
    }

    /// Notes that the database has rejected a write as a replica does: after a failover the old primary may go on as one,
    /// while a new connection reaches the new primary. All connections are replaced, at most once a second: those that were
    /// opened to the old primary in that second are replaced at its end.
    pub(super) fn renew_read_only(&self) {
        self.0.idle().read_only = true;
        self.0.renew_if_read_only();
    }

    fn lease(&self, connection: PgConnection, born: Instant, slot: OwnedSemaphorePermit) -> PooledConnection {
        PooledConnection::new(connection, born, slot, Arc::clone(&self.0))
    }
}

impl Shared {
    /// Takes a connection back that is ready for the next statement.
    pub(super) fn give_back(&self, connection: PgConnection, born: Instant, slot: OwnedSemaphorePermit) {
        let now = Instant::now();
        self.circuit.answered(now);
        {
            let mut idle = self.idle();
            if !self.is_closed() && born >= idle.renewed && now.saturating_duration_since(born) < LIFETIME {
                idle.connections.push(IdleConnection { connection, born, used: now, answered: now });
            }
        }
        drop(slot);
    }

    /// Notes that something was wrong with a connection: the idle ones are tested before they are used.
    pub(super) fn suspect_others(&self) {
        self.idle().suspect = Instant::now();
    }

    /// Closes the sockets of all idle connections.
    fn close_idle(&self, reason: &'static str) {
        let closed = {
            let mut idle = self.idle();
            idle.suspect = Instant::now();
            std::mem::take(&mut idle.connections)
        };
        tracing::warn!(connections = closed.len(), "{reason}");
    }

    /// Opens new connections instead of all that there are; those in use are closed as they are given back.
    fn renew(&self, reason: &'static str) {
        {
            let mut idle = self.idle();
            (idle.renewed, idle.read_only) = (Instant::now(), false);
        }
        self.close_idle(reason);
    }

    /// Renews the connections if the database has rejected a write since the last time, and that was a second ago.
    fn renew_if_read_only(&self) {
        let due = {
            let idle = self.idle();
            idle.read_only && idle.renewed.elapsed() >= IDLE
        };
        if due {
            self.renew("database rejected a write; opened new connections");
        }
    }

    /// The idle connection that was used last, and whether it may be used without a test.
    fn pop(&self) -> Option<(IdleConnection, bool)> {
        let mut idle = self.idle();
        let connection = idle.connections.pop()?;
        let proven = connection.answered > idle.suspect && connection.answered.elapsed() < IDLE;
        Some((connection, proven))
    }

    fn idle(&self) -> MutexGuard<'_, IdleConnections> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_closed(&self) -> bool {
        self.closed.load(Ordering::Acquire)
    }

    /// A new connection with our settings.
    async fn connect(&self, limit: Duration) -> sqlx::Result<PgConnection> {
        let connected = timeout(limit, async {
            let mut connection = self.options.connect().await?;
            connection.execute(SETTINGS).await?;
            Ok(connection)
        });
        connected.await.unwrap_or_else(|_| {
            let text = format!("a new connection took longer than {} s", limit.as_secs());
            Err(sqlx::Error::Io(io::Error::new(ErrorKind::TimedOut, text)))
        })
    }

    /// Tests the connections that have been idle for some time, and closes those that are not needed.
    async fn test_idle(&self) {
        let began = Instant::now();
        loop {
            // Within a slot, as any use.
            let Ok(_slot) = Arc::clone(&self.slots).try_acquire_owned() else { return };
            let next = {
                let connections = &mut self.idle().connections;
                let at = connections.iter().position(|idle| idle.answered + IDLE < began);
                at.map(|at| (at, connections.remove(at)))
            };
            let Some((at, mut idle)) = next else { return };
            let now = Instant::now();
            if now.saturating_duration_since(idle.born) >= LIFETIME
                || now.saturating_duration_since(idle.used) >= SURPLUS
            {
                let _ = timeout(PING, idle.connection.close()).await;
            } else if let Ok(Ok(())) = timeout(PING, idle.connection.ping()).await {
                idle.answered = Instant::now();
                let connections = &mut self.idle().connections;
                let at = at.min(connections.len());
                connections.insert(at, idle);
            } else {
                return self.close_idle("an idle database connection did not answer; closed all idle connections");
            }
        }
    }
}

/// Tests idle connections as long as there is a pool.
async fn heartbeat(pool: Weak<Shared>) {
    loop {
        sleep(HEARTBEAT).await;
        match pool.upgrade() {
            Some(pool) if !pool.is_closed() => pool.test_idle().await,
            _ => return,
        }
    }
}

/// Tries to reach a database that is away until it answers.
async fn probe(pool: Weak<Shared>) {
    for number in 1_u64.. {
        sleep(PROBE).await;
        let Some(pool) = pool.upgrade().filter(|pool| !pool.is_closed()) else { return };
        match pool.connect(if number % 8 == 0 { CONNECT } else { PROBE_LIMIT }).await {
            Ok(connection) => {
                pool.circuit.close();
                // What there is was opened before the database went away.
                pool.renew("database reachable again; opened new connections");
                if let Ok(slot) = Arc::clone(&pool.slots).try_acquire_owned() {
                    pool.give_back(connection, Instant::now(), slot);
                }
                return;
            }
            Err(error) => pool.circuit.still_open(&error),
        }
    }
}

/// Shows no address, which may hold a password.
impl fmt::Debug for PostgresPool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("PostgresPool");
        shown.field("connections", &self.size()).field("idle", &self.num_idle()).finish_non_exhaustive()
    }
}
