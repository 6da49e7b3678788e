//! What was measured, as lines between processes and as a whole.

use std::fmt;

/// The time of one contestant: a row of a table, in one of its columns.
#[derive(Clone)]
pub struct Figure {
    pub table: String,
    pub row: String,
    pub column: String,
    /// Nanoseconds in the fastest round.
    pub fastest: f64,
    /// And in the middle one.
    pub median: f64,
}

/// What one process measured.
pub struct Figures(pub Vec<Figure>);

/// A contestant of ours and a peer in the same contest.
#[derive(Clone, Copy)]
pub struct Pair<'f> {
    pub ours: &'f Figure,
    pub peer: &'f Figure,
}

impl Pair<'_> {
    /// How much slower the peer is.
    pub fn by_fastest(self) -> f64 {
        self.peer.fastest / self.ours.fastest
    }

    pub fn by_median(self) -> f64 {
        self.peer.median / self.ours.median
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, row, column, fastest, median } = self;
        write!(f, "{table}\t{row}\t{column}\t{fastest:.2}\t{median:.2}")
    }
}

impl Figure {
    fn parse(line: &str) -> Self {
        let fields: Vec<_> = line.split('\t').collect();
        let [table, row, column, fastest, median] = fields[..] else { panic!("not a figure: {line}") };
        let [table, row, column] = [table, row, column].map(str::to_string);
        let [fastest, median] = [fastest, median].map(|number| number.parse().expect("a number"));
        Self { table, row, column, fastest, median }
    }
}

impl Figures {
    pub fn parse(text: &str) -> Self {
        Self(text.lines().map(Figure::parse).collect())
    }

    pub fn find(&self, table: &str, row: &str, column: &str) -> Option<&Figure> {
        self.0.iter().find(|it| it.table == table && it.row == row && it.column == column)
    }

    /// A contestant, and the peer in the row that begins so; both in one table and column.
    pub fn pair(&self, table: &str, ours: &str, column: &str, peer: &str) -> Option<Pair<'_>> {
        let ours = self.find(table, ours, column)?;
        let peer = self.0.iter().find(|it| it.table == table && it.column == column && it.row.starts_with(peer))?;
        Some(Pair { ours, peer })
    }

    /// Its tables, rows or columns, each once, in the order of their first appearance.
    pub fn distinct(&self, table: Option<&str>, part: impl Fn(&Figure) -> &str) -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for figure in self.0.iter().filter(|figure| table.is_none_or(|table| figure.table == table)) {
            if !found.iter().any(|known| known == part(figure)) {
                found.push(part(figure).to_string());
            }
        }
        found
    }
}

/// How many times as fast as the row `one`, of the first run, this one is. The two may be of different processes, whose
/// core was not equally fast: each is compared with the contestant that is in both.
pub fn speed(runs: &[Figures], figure: &Figure, one: &str) -> Option<f64> {
    let Figure { table, row, column, .. } = figure;
    let first = runs.first()?;
    let reference = first.find(table, one, column)?;
    if first.find(table, row, column).is_some() {
        return Some(reference.fastest / figure.fastest);
    }
    let other = runs.iter().find(|run| run.find(table, row, column).is_some())?;
    let mut bridges = other.0.iter().filter(|it| it.table == *table && it.column == *column);
    let (here, there) = bridges.find_map(|it| Some((it, first.find(table, &it.row, column)?)))?;
    Some(reference.fastest / there.fastest * here.fastest / figure.fastest)
}

/// Times in microseconds, three digits that count.
pub fn micros(nanoseconds: f64) -> String {
    let micros = nanoseconds / 1000.0;
    let digits = match micros {
        micros if micros < 1.0 => 3,
        micros if micros < 10.0 => 2,
        _ => 1,
    };
    format!("{micros:.digits$}")
}

/// `3.76×`, `31.4×`, `789×`.
pub fn times(ratio: f64) -> String {
    let digits = match ratio {
        ratio if ratio < 20.0 => 2,
        ratio if ratio < 100.0 => 1,
        _ => 0,
    };
    format!("{ratio:.digits$}×")
}
