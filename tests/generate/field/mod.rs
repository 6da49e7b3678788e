//! Tokens and key documents in the shapes of real issuers, written to `field/issuers`: good ones, and beside each a few that

mod certificate;
mod shape;
mod signers;

mod issuers {
    pub(super) mod clouds;
    pub(super) mod entra;
    pub(super) mod google;
    pub(super) mod key_spellings;
    pub(super) mod keycloak;
    pub(super) mod vendors;
    pub(super) mod workloads;
}

use glowband_tests::field_case::field_folder;
use glowband_tests::refusal_table::Row;
use shape::Collection;
use signers::Signers;
use std::fs;
use std::path::PathBuf;

/// Every file of the folder, with its content.
pub(crate) fn files(table: &[Row]) -> Result<Vec<(PathBuf, String)>, String> {
    let path = field_folder().join("signing-keys.json");
    let text = fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let signers = Signers::read(&text)?;
    let mut all = Collection::new(table);
    issuers::google::write(&mut all, &signers);
    issuers::entra::write(&mut all, &signers);
    issuers::vendors::write(&mut all, &signers);
    issuers::keycloak::write(&mut all, &signers);
    issuers::clouds::write(&mut all, &signers);
    issuers::workloads::write(&mut all, &signers);
    issuers::key_spellings::write(&mut all, &signers);
    all.finish()
}
