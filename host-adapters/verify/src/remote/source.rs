//! Where a key set comes from: one address, or an issuer that says in its configuration where.

use crate::remote::FetchError;
use crate::remote::address::Address;
use crate::remote::discovery::Issuer;
use crate::remote::exchange::{Document, Exchange, Limits};

/// Asked anew at every fetch, the issuer's configuration too: an issuer may move its keys.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Keys(Address),
    Issuer(Issuer),
}

impl Source {
    /// Gets the document that holds the keys.
    pub(crate) fn fetch(&self, limits: &Limits) -> Result<Document, FetchError> {
        match self {
            Self::Keys(address) => Exchange::begin(address, limits).get(address),
            Self::Issuer(issuer) => {
                let exchange = Exchange::begin(issuer.configuration(), limits);
                let configuration = exchange.get(issuer.configuration())?;
                exchange.get(&issuer.key_address(&configuration.body)?)
            }
        }
    }
}
