//! The frozen table `vectors/refusals.tsv`, read without the core's help.

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub number: u8,
    pub name: String,
    pub class: String,
    pub sentence: String,
}

/// The table's rows in their order; the first line is the header.
///
/// # Errors
/// The line that is not four fields with a number in front, or a header that is not the expected one.
pub fn parse(text: &str) -> Result<Vec<Row>, String> {
    let mut lines = text.lines();
    if lines.next() != Some("number\tname\tclass\tsentence") {
        return Err("the first line does not name the columns".to_owned());
    }
    lines.map(|line| row(line).ok_or_else(|| format!("not a row: {line}"))).collect()
}

fn row(line: &str) -> Option<Row> {
    let mut fields = line.split('\t');
    let row = Row {
        number: fields.next()?.parse().ok()?,
        name: fields.next()?.to_owned(),
        class: fields.next()?.to_owned(),
        sentence: fields.next()?.to_owned(),
    };
    fields.next().is_none().then_some(row)
}
