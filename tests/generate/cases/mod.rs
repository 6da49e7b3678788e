//! The cases, by what they attack.

mod algorithms;
mod claim_types;
mod confusion;
mod dates;
mod encoding;
mod form;
mod headers;
mod json_text;
mod key_material;
mod ordinary;
mod policies;
mod replays;
mod requests;
mod rings;
mod signatures;

use crate::book::Book;

pub(crate) fn write_all(book: &mut Book) {
    ordinary::write(book);
    algorithms::write(book);
    confusion::write(book);
    rings::write(book);
    key_material::write(book);
    signatures::write(book);
    headers::write(book);
    form::write(book);
    encoding::write(book);
    json_text::write(book);
    claim_types::write(book);
    policies::write(book);
    dates::write(book);
    replays::write(book);
    requests::write(book);
}
