//! `glowband keys prepare`: computes the precomputed table of an ES256 key.

use crate::key_file::{contents, name, refused};
use crate::{Outcome, Stop};
use glowband_core::{Jwk, PreparedTable, TableEntry, TableShape};
use glowband_verify::{KeyFileError, PublicKey};
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Precompute the table of an ES256 key that makes verification on a chip fast
#[derive(clap::Args)]
#[command(
    long_about = "\
Computes the table of a public ES256 key (PreparedTable of glowband-core) and prints it as
Rust source or as bytes. A chip reads the table directly from flash and computes nothing at
boot. The table of the curve's generator (--generator) is the same for all keys.

An attacker who can change a table can forge signatures: protect it like the public key.",
    after_help = "\
Examples:
  glowband keys prepare issuer.public.jwk --shape comb4 > src/issuer_table.rs
  glowband keys prepare --generator --shape comb4 --name GENERATOR > src/generator_table.rs
  glowband keys prepare issuer.public.jwk --format bin > issuer.table"
)]
pub(super) struct Arguments {
    /// The public key on P-256: a JWK, or PUBLIC KEY in PEM; `-` is standard input
    #[arg(required_unless_present = "generator", conflicts_with = "generator")]
    file: Option<PathBuf>,
    /// Compute the table of the curve's generator, which is the same for all keys
    #[arg(long)]
    generator: bool,
    /// The shape of the table: larger tables are faster. Use comb for chips and windows for servers
    #[arg(long, value_enum, default_value_t = Shape::Comb4)]
    shape: Shape,
    /// The output format
    #[arg(long, value_enum, default_value_t = Format::Rust)]
    format: Format,
    /// The name of the static in the Rust source
    #[arg(long, default_value = "TABLE", value_parser = identifier)]
    name: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// Rust source: a `pub static` for PreparedTable::trusted
    Rust,
    /// Bytes for PreparedTable::from_bytes: header, check value and entries
    Bin,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Shape {
    /// 2 KiB
    Comb2,
    /// 4 KiB
    Comb4,
    /// 8 KiB
    Comb8,
    /// 16 KiB
    Comb16,
    /// 32 KiB
    Comb32,
    /// 128 KiB
    Comb128,
    /// 32 KiB
    Windows4,
    /// 52 KiB
    Windows5,
    /// 86 KiB
    Windows6,
    /// 256 KiB
    Windows8,
}

impl Shape {
    fn of_core(self) -> TableShape {
        match self {
            Self::Comb2 => TableShape::Comb2,
            Self::Comb4 => TableShape::Comb4,
            Self::Comb8 => TableShape::Comb8,
            Self::Comb16 => TableShape::Comb16,
            Self::Comb32 => TableShape::Comb32,
            Self::Comb128 => TableShape::Comb128,
            Self::Windows4 => TableShape::Windows4,
            Self::Windows5 => TableShape::Windows5,
            Self::Windows6 => TableShape::Windows6,
            Self::Windows8 => TableShape::Windows8,
        }
    }
}

pub(super) fn run(arguments: &Arguments) -> Result<Outcome, Stop> {
    let shape = arguments.shape.of_core();
    let mut memory: Vec<TableEntry> = vec![[0; 64]; shape.entries()];
    let built = match &arguments.file {
        None => PreparedTable::generator(shape, &mut memory),
        Some(path) => PreparedTable::build(shape, &point(path)?, &mut memory),
    };
    let table = built.and_then(|table| table.check().map(|()| table));
    let table = table.map_err(|error| Stop::Usage(format!("the table cannot be computed: {error:?}")))?;
    let mut out = io::stdout().lock();
    let written = match arguments.format {
        Format::Bin if out.is_terminal() => {
            return Err(Stop::usage("--format bin prints bytes, which a terminal cannot show; add > key.table"));
        }
        Format::Bin => out.write_all(&table.header()).and_then(|()| out.write_all(table.entries().as_flattened())),
        Format::Rust => out.write_all(source(arguments, &table).as_bytes()),
    };
    written.and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood)
}

/// Returns the SEC1 point of the only key in a file.
fn point(path: &Path) -> Result<Vec<u8>, Stop> {
    let text = contents(path)?;
    let keys = match text.trim_ascii_start().first() {
        Some(b'{') => {
            Jwk::parse(&text).and_then(|jwk| PublicKey::from_jwk(&jwk)).map(|key| vec![key]).map_err(Into::into)
        }
        _ => PublicKey::all_from_pem(&text),
    };
    let keys = keys.map_err(|error: KeyFileError| refused(path, error.refusal(), &error))?;
    match keys.as_slice() {
        [PublicKey::P256(point)] => Ok(point.clone()),
        [_] => Err(Stop::Usage(format!("{}: the key is not on P-256; allowed: a key for ES256", name(path)))),
        _ => Err(Stop::Usage(format!("{}: the file has {} keys; allowed: one", name(path), keys.len()))),
    }
}

/// Returns the table as Rust source.
fn source(arguments: &Arguments, table: &PreparedTable<'_>) -> String {
    let (shape, length) = (format!("{:?}", table.shape()), table.entries().len());
    let whose = if arguments.generator { "the generator of P-256" } else { "an ES256 key" };
    let mut text = format!(
        "/// The table of {whose}, shape `TableShape::{shape}`: for `PreparedTable::trusted`.\npub static {}: \
         [glowband_core::TableEntry; {length}] = [\n",
        arguments.name
    );
    for entry in table.entries() {
        text.push_str("    [");
        for (at, byte) in entry.iter().enumerate() {
            let separator = if at == 0 { "" } else { ", " };
            // Writing to a string cannot fail.
            let _ = write!(text, "{separator}{byte}");
        }
        text.push_str("],\n");
    }
    text.push_str("];\n");
    text
}

fn identifier(text: &str) -> Result<String, String> {
    let good = text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    if good { Ok(text.to_owned()) } else { Err("allowed: a Rust identifier, such as ISSUER_TABLE".to_owned()) }
}
