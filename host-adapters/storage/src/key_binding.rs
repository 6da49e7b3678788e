//! The table `refresh_secrets`: which refresh secrets the logins of a database are made with.

use glowband_session::StoreFuture;

/// Decides whether a server with the secrets of the names `own` may use a database that is bound to the names `bound`.
pub type BindingRule = fn(bound: &[String], own: &[String]) -> bool;

/// The names of the refresh secrets that a database is bound to. A name reveals nothing of its secret.
pub trait KeyBinding: Send + Sync {
    /// Returns the names that the database is bound to.
    fn names(&self) -> StoreFuture<'_, Vec<String>>;

    /// Adds the names `own` if the rule allows that, given the names that the database is bound to. Two calls at the same
    /// time run one after the other. Returns the answer of the rule.
    fn bind<'a>(&'a self, own: &'a [String], rule: BindingRule) -> StoreFuture<'a, bool>;

    /// Binds the database to the names `own` and no others.
    fn replace<'a>(&'a self, own: &'a [String]) -> StoreFuture<'a, ()>;
}
