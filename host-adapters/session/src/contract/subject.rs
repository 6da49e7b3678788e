//! What the suite works on.

use crate::{
    Login, NewSession, RefreshKeys, RefreshToken, Refreshed, Rules, Salt, Session, SessionId, SessionStore, Sessions,
};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

pub(super) const USER: &str = "alice";
pub(super) const CLIENT: &str = "app";
/// Long enough that no machine is too slow for it.
pub(super) const WINDOW: Duration = Duration::from_secs(60);
pub(super) const IDLE: Duration = Duration::from_secs(60 * 60);
pub(super) const ABSOLUTE: Duration = Duration::from_secs(3 * 60 * 60);

/// The future of time having passed.
pub type Passing = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A kind of store.
pub trait Backend: Send + Sync {
    /// A new and empty one. Whatever fails may panic.
    fn fresh(&self) -> impl Future<Output = Subject> + Send;
}

/// A new and empty store, and a hand on its clock.
#[derive(Clone)]
pub struct Subject {
    store: Arc<dyn SessionStore>,
    pass: Arc<dyn Fn(Duration) -> Passing + Send + Sync>,
}

impl Subject {
    /// The store, and what makes that much time pass for it. Where a clock cannot be moved, the times in all rows are
    /// moved back instead: it comes to the same.
    pub fn new(store: Arc<dyn SessionStore>, pass: impl Fn(Duration) -> Passing + Send + Sync + 'static) -> Self {
        Self { store, pass: Arc::new(pass) }
    }

    pub(super) fn store(&self) -> &Arc<dyn SessionStore> {
        &self.store
    }

    pub(super) async fn pass(&self, time: Duration) {
        (self.pass)(time).await;
    }

    /// A server on this store; all have the same secret.
    pub(super) fn sessions(&self) -> Sessions {
        self.sessions_with(keys())
    }

    pub(super) fn sessions_with(&self, keys: RefreshKeys) -> Sessions {
        let rules = Rules::new(IDLE, ABSOLUTE, WINDOW).expect("good rules");
        Sessions::new(Arc::clone(&self.store), keys, rules)
    }

    pub(super) async fn row(&self, id: SessionId) -> Session {
        self.store.read(id).await.expect("an answer").expect("a row").session
    }

    pub(super) async fn insert(&self, new: NewSession) -> Session {
        self.store.insert(new).await.expect("a row")
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject").finish_non_exhaustive()
    }
}

/// Runs one law over a new store of this kind, with several threads.
///
/// # Panics
/// If the law does not hold.
pub fn uphold<B: Backend, F: Future<Output = ()>>(backend: Option<B>, law: impl FnOnce(Subject) -> F) {
    if let Some(backend) = backend {
        block_on(Box::pin(async move { law(backend.fresh().await).await }));
    }
}

/// Boxed, so that the runtime is not compiled for each law anew.
fn block_on(law: Pin<Box<dyn Future<Output = ()> + '_>>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build();
    runtime.expect("a runtime").block_on(law);
}

/// Secret 1.
pub(super) fn keys() -> RefreshKeys {
    RefreshKeys::new(1, &[1; 32]).expect("a good secret")
}

/// A row to be, with an id of its own.
pub(super) fn new_session() -> NewSession {
    NewSession {
        id: SessionId::random().expect("random bytes"),
        user_id: USER.to_owned(),
        client: CLIENT.to_owned(),
        label: Some("Firefox on Linux".to_owned()),
        scope: Some("orders:read orders:write".to_owned()),
        key_id: 1,
        salt: Salt::random().expect("random bytes"),
        idle: IDLE,
        absolute: ABSOLUTE,
    }
}

pub(super) async fn open(sessions: &Sessions) -> Refreshed {
    sessions.open(Login::new(USER, CLIENT)).await.expect("a session")
}

/// The genuine token of any generation of a session.
pub(super) fn token(session: &Session, generation: u64) -> String {
    let session = Session { generation, ..session.clone() };
    RefreshToken::newest(&session, &keys()).expect("a token").as_str().to_owned()
}
