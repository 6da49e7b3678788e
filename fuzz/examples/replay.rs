//! Inputs through a target without an engine: `replay TARGET FOLDER...`

// Brings what the instruments call, where this is built with them.
use libfuzzer_sys as _;
use std::fs;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let name = words.next().unwrap_or_default();
    let Some((_, target)) = glowband_fuzz::targets::ALL.iter().find(|(own, _)| *own == name) else {
        eprintln!("there is no target `{name}`");
        return ExitCode::from(2);
    };
    let mut count = 0;
    for folder in words {
        // A corpus that does not exist yet is empty.
        let Ok(entries) = fs::read_dir(folder) else { continue };
        for file in entries.flatten().map(|entry| entry.path()).filter(|file| file.is_file()) {
            match fs::read(&file) {
                Ok(bytes) => target(&bytes),
                Err(error) => {
                    eprintln!("{}: {error}", file.display());
                    return ExitCode::from(2);
                }
            }
            count += 1;
        }
    }
    println!("{count} inputs");
    ExitCode::SUCCESS
}
