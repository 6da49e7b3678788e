//! `log-lines IMAGE < STREAM`: a line for each record, as `defmt-print` would show it, without files and times.

use defmt_decoder::{DecodeError, Table};
use std::error::Error;
use std::io::{self, Read, Write};

fn main() -> Result<(), Box<dyn Error>> {
    let image = std::env::args_os().nth(1).ok_or("usage: log-lines IMAGE < STREAM")?;
    let table = Table::parse(&std::fs::read(image)?)?.ok_or("the image has no log: build it with the feature defmt")?;
    let mut stream = Vec::new();
    io::stdin().lock().read_to_end(&mut stream)?;
    let mut decoder = table.new_stream_decoder();
    decoder.received(&stream);
    let mut out = io::stdout().lock();
    loop {
        match decoder.decode() {
            Ok(record) => {
                let level = record.level().map_or("", |level| level.as_str());
                writeln!(out, "{:5} {}", level.to_uppercase(), record.display_message())?;
            }
            Err(DecodeError::UnexpectedEof) => return Ok(()),
            Err(DecodeError::Malformed) => return Err("what came is no log of this image".into()),
        }
    }
}
