//! Where a key set comes from: one address, or an issuer that says in its configuration where.

use crate::remote::FetchError;
use crate::remote::address::Address;
use crate::remote::discovery::Issuer;
use crate::remote::document::Document;
use crate::remote::exchange::{Exchange, Limits};

/// Asked anew at every fetch, the issuer's configuration too: an issuer may move its keys.
#[derive(Clone, Debug)]
pub(crate) enum Source {
    Keys(Address),
    Issuer(Issuer),
}

impl Source {
    /// Gets the document that holds the keys.
    pub(crate) fn fetch(&self, limits: &Limits) -> Result<Document, FetchError> {
        let exchange = Exchange::begin(self.start(), limits)?;
        match self {
            Self::Keys(address) => exchange.get(address),
            Self::Issuer(issuer) => {
                let configuration = exchange.get(issuer.configuration())?;
                let keys = issuer.key_address(&configuration.body).map_err(|error| match error.address() {
                    // The address of the keys is what is wrong.
                    Some(_) => error,
                    None => error.at(&configuration.url),
                })?;
                exchange.get(&keys)
            }
        }
    }

    /// Returns the address that a fetch begins at.
    pub(crate) fn start(&self) -> &Address {
        match self {
            Self::Keys(address) => address,
            Self::Issuer(issuer) => issuer.configuration(),
        }
    }
}
