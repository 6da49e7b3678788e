//! Reads a 32-bit little-endian ELF image: its symbols and the sizes of what it keeps in memory.
//! Just enough to check an image without any tool installed.

#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Image {
    /// Names of all symbols, as the compiler mangled them.
    pub(crate) symbols: Vec<String>,
    /// Bytes of each.
    pub(crate) sizes: Vec<u64>,
    /// Bytes of code and constants.
    pub(crate) read_only: u64,
    /// Bytes of static variables, initialised or not.
    pub(crate) writable: u64,
}

const SYMBOL_TABLE: u32 = 2;
const WRITABLE: u32 = 1;
const IN_MEMORY: u32 = 2;
const SYMBOL_SIZE: usize = 16;

struct Section {
    kind: u32,
    flags: u32,
    offset: usize,
    size: usize,
    link: usize,
}

/// Reads an image; the refusal says which part of the file is wrong.
pub(crate) fn read(file: &[u8]) -> Result<Image, String> {
    if file.get(..6) != Some(b"\x7fELF\x01\x01") {
        return Err("not a 32-bit little-endian ELF file".to_owned());
    }
    let sections = sections(file).ok_or("the section table is cut off")?;
    let mut image = Image::default();
    for section in &sections {
        if section.flags & IN_MEMORY == 0 {
            continue;
        }
        let size = section.size as u64;
        if section.flags & WRITABLE == 0 {
            image.read_only += size;
        } else {
            image.writable += size;
        }
    }
    for section in sections.iter().filter(|section| section.kind == SYMBOL_TABLE) {
        let table = part(file, section).ok_or("the symbol table is cut off")?;
        let names = sections.get(section.link).and_then(|names| part(file, names));
        let names = names.ok_or("the symbols have no names")?;
        for symbol in table.chunks_exact(SYMBOL_SIZE) {
            let at = word(symbol, 0).ok_or("a symbol is cut off")? as usize;
            let name = names.get(at..).ok_or("a symbol's name is out of range")?;
            let name = name.split(|&byte| byte == 0).next().unwrap_or_default();
            if !name.is_empty() {
                image.symbols.push(String::from_utf8_lossy(name).into_owned());
                image.sizes.push(word(symbol, 8).map_or(0, u64::from));
            }
        }
    }
    Ok(image)
}

fn sections(file: &[u8]) -> Option<Vec<Section>> {
    let start = word(file, 0x20)? as usize;
    let each = half(file, 0x2e)? as usize;
    let count = half(file, 0x30)? as usize;
    (0..count)
        .map(|number| {
            let header = file.get(start.checked_add(number * each)?..)?;
            Some(Section {
                kind: word(header, 4)?,
                flags: word(header, 8)?,
                offset: word(header, 16)? as usize,
                size: word(header, 20)? as usize,
                link: word(header, 24)? as usize,
            })
        })
        .collect()
}

fn part<'f>(file: &'f [u8], section: &Section) -> Option<&'f [u8]> {
    file.get(section.offset..section.offset.checked_add(section.size)?)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Header, names, two symbols, then the headers of four sections.
    fn image() -> Vec<u8> {
        let at = |offset: usize| u32::try_from(offset).expect("a small image");
        let names = b"\0_start\0__rust_alloc\0";
        let mut file = vec![0_u8; 52];
        file[..6].copy_from_slice(b"\x7fELF\x01\x01");
        let names_at = file.len();
        file.extend_from_slice(names);
        let symbols_at = file.len();
        for name in [0_u32, 1, 8] {
            for value in [name, 0, name * 10, 0] {
                file.extend_from_slice(&value.to_le_bytes());
            }
        }
        let table_at = file.len();
        let sections: [[u32; 5]; 4] = [
            // kind, flags, offset, size, link
            [1, 0b110, 0, 1200, 0],
            [8, 0b011, 0, 64, 0],
            [2, 0, at(symbols_at), 48, 3],
            [3, 0, at(names_at), at(names.len()), 0],
        ];
        for [kind, flags, offset, size, link] in sections {
            for value in [0, kind, flags, 0, offset, size, link, 0, 0, 0] {
                file.extend_from_slice(&value.to_le_bytes());
            }
        }
        file[0x20..0x24].copy_from_slice(&at(table_at).to_le_bytes());
        file[0x2e..0x30].copy_from_slice(&40_u16.to_le_bytes());
        file[0x30..0x32].copy_from_slice(&4_u16.to_le_bytes());
        file
    }

    #[test]
    fn symbols_and_sizes_are_read() {
        let symbols = vec!["_start".to_owned(), "__rust_alloc".to_owned()];
        let expected = Image { symbols, sizes: vec![10, 80], read_only: 1200, writable: 64 };
        assert_eq!(read(&image()), Ok(expected));
    }

    #[test]
    fn a_file_that_is_cut_anywhere_is_refused_and_never_panics() {
        let whole = image();
        for length in 0..whole.len() - 12 {
            assert!(read(&whole[..length]).is_err(), "{length} bytes");
        }
    }

    #[test]
    fn the_running_program_is_no_32_bit_image() {
        let own = std::fs::read(std::env::current_exe().expect("a path")).expect("a file");
        assert_eq!(read(&own), Err("not a 32-bit little-endian ELF file".to_owned()));
    }
}
