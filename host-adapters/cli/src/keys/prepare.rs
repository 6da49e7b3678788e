//! `glowband keys prepare`: the table of an ES256 key, for flash or for a file.

use crate::key_file::{contents, name, refused};
use crate::{Outcome, Stop};
use glowband_core::{Jwk, PreparedTable, TableEntry, TableShape};
use glowband_verify::{KeyFileError, PublicKey};
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

/// Compute the table of an ES256 key, for a chip's flash or a file
#[derive(clap::Args)]
#[command(
    long_about = "\
Computes the table of a public ES256 key (glowband-core's PreparedTable), and prints it as
Rust source or as bytes. Chips read it where it lies; nothing has to be computed at boot.
All keys share one table of the generator: --generator. Whoever can write a table can forge
signatures, so keep it where you would keep the key itself.",
    after_help = "\
Examples:
  glowband keys prepare issuer.public.jwk --shape comb4 > src/issuer_table.rs
  glowband keys prepare --generator --shape comb4 --name GENERATOR > src/generator_table.rs
  glowband keys prepare issuer.public.jwk --format bin > issuer.table"
)]
pub(super) struct Arguments {
    /// The public key, P-256: JWK, or PUBLIC KEY in PEM; `-` is standard input
    #[arg(required_unless_present = "generator", conflicts_with = "generator")]
    file: Option<PathBuf>,
    /// The table of the curve's generator, which all keys share
    #[arg(long)]
    generator: bool,
    /// Memory against time; for servers windows, for chips combs
    #[arg(long, value_enum, default_value_t = Shape::Comb4)]
    shape: Shape,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Rust)]
    format: Format,
    /// What the static is called in Rust source
    #[arg(long, default_value = "TABLE", value_parser = identifier)]
    name: String,
}

#[derive(Clone, Copy, clap::ValueEnum)]
enum Format {
    /// A `pub static` of entries, for PreparedTable::trusted
    Rust,
    /// Header, check value and entries, for PreparedTable::from_bytes
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
            return Err(Stop::usage("bytes are not for a terminal; write them to a file: … --format bin > key.table"));
        }
        Format::Bin => out.write_all(&table.header()).and_then(|()| out.write_all(table.entries().as_flattened())),
        Format::Rust => out.write_all(source(arguments, &table).as_bytes()),
    };
    written.and_then(|()| out.flush()).map_err(Stop::writing)?;
    Ok(Outcome::AllGood)
}

/// The SEC1 point of the one key in a file.
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
        [_] => Err(Stop::Usage(format!("{}: only keys on P-256, for ES256, can be prepared", name(path)))),
        _ => Err(Stop::Usage(format!("{}: one key is needed, and here are {}", name(path), keys.len()))),
    }
}

/// Rust source with the entries.
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
            // Writing to a string does not fail.
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
    if good { Ok(text.to_owned()) } else { Err("allowed is a name in Rust, such as ISSUER_TABLE".to_owned()) }
}
