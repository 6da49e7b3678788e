//! The table of refusals as Markdown, for `core/REFUSALS.md`.

use glowband_tests::refusal_table::Row;

pub(crate) fn markdown(table: &[Row]) -> String {
    let mut text = String::from(
        "<!-- Generated from tests/vectors/refusals.tsv by `cargo run -p glowband-tests --bin generate`. -->\n\n\
         | number | name | class | meaning |\n|--:|---|---|---|\n",
    );
    for Row { number, name, class, sentence } in table {
        text += &format!("| {number} | `{name}` | {class} | {} |\n", sentence.replace('|', "\\|"));
    }
    text
}
