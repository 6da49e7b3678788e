//! The deepest stack that a function of a linked Cortex-M image can reach, from its disassembly.
//!
//! Every path of calls is followed, whether a token leads there or not: a bound, where paint shows what was used. A frame
//! is what a function pushes and subtracts anywhere; a call through a register may reach every function whose address
//! stands among the constants or is put into a register somewhere.

use std::collections::{BTreeMap, BTreeSet};

#[derive(Debug, Default)]
struct Function {
    name: String,
    frame: u64,
    calls: BTreeSet<u32>,
    calls_anything: bool,
    /// Lower halves of addresses, by the register that they were put into; and whole ones.
    halves: BTreeMap<String, u32>,
    mentioned: BTreeSet<u32>,
}

/// Bytes of stack of the function whose name has `root` in it, from `objdump -d -s` of the sections `.text` and `.rodata`.
pub(crate) fn of(listing: &str, root: &str) -> Result<u64, String> {
    let (functions, words) = read(listing);
    let mentioned = functions.values().flat_map(|function| &function.mentioned);
    let pointed_at: BTreeSet<u32> = words
        .iter()
        .chain(mentioned)
        .filter(|word| *word & 1 == 1)
        .map(|word| word - 1)
        .filter(|at| functions.contains_key(at))
        .collect();
    let mut roots = functions.iter().filter(|(_, function)| function.name.contains(root)).map(|(at, _)| *at);
    match (roots.next(), roots.next()) {
        (Some(root), None) => depth(root, &functions, &pointed_at, &mut Vec::new(), &mut BTreeMap::new()),
        (None, _) => Err(format!("no function {root} in the image")),
        _ => Err(format!("several functions {root} in the image")),
    }
}

fn depth(
    at: u32,
    functions: &BTreeMap<u32, Function>,
    pointed_at: &BTreeSet<u32>,
    open: &mut Vec<u32>,
    known: &mut BTreeMap<u32, u64>,
) -> Result<u64, String> {
    if let Some(depth) = known.get(&at) {
        return Ok(*depth);
    }
    let Some(function) = functions.get(&at) else { return Err(format!("a call to {at:#x}, which is no function")) };
    if open.contains(&at) {
        return Err(format!("{} calls itself, so its stack has no bound", function.name));
    }
    open.push(at);
    let anything = pointed_at.iter().filter(|_| function.calls_anything);
    let mut deepest = 0;
    for callee in function.calls.iter().chain(anything) {
        deepest = deepest.max(depth(*callee, functions, pointed_at, open, known)?);
    }
    open.pop();
    known.insert(at, function.frame + deepest);
    Ok(function.frame + deepest)
}

/// Functions by their addresses, and every aligned word of the sections.
fn read(listing: &str) -> (BTreeMap<u32, Function>, Vec<u32>) {
    let (mut functions, mut words) = (BTreeMap::<u32, Function>::new(), Vec::new());
    let mut current = 0;
    for line in listing.lines() {
        if let Some((at, name)) = heading(line) {
            current = at;
            functions.entry(at).or_default().name = name.to_owned();
        } else if let Some((instruction, operands)) = instruction(line) {
            if let Some(function) = functions.get_mut(&current) {
                take(function, current, instruction, operands);
            }
        } else if let Some(dumped) = dumped(line) {
            words.extend(dumped);
        }
    }
    // A jump within a function was taken for a call of what begins there; only beginnings count.
    let beginnings: BTreeSet<u32> = functions.keys().copied().collect();
    for function in functions.values_mut() {
        function.calls.retain(|callee| beginnings.contains(callee));
    }
    (functions, words)
}

/// `08000458 <name>:`
fn heading(line: &str) -> Option<(u32, &str)> {
    let (at, name) = line.strip_suffix(">:")?.split_once(" <")?;
    Some((u32::from_str_radix(at, 16).ok()?, name)).filter(|(_, name)| !name.starts_with('$'))
}

/// ` 800045a:<tab>b08d      <tab>sub<tab>sp, #52`
fn instruction(line: &str) -> Option<(&str, &str)> {
    let mut parts = line.split('\t');
    let at = parts.next()?.trim().strip_suffix(':')?;
    u32::from_str_radix(at, 16).ok()?;
    let instruction = parts.nth(1)?.trim();
    Some((instruction.split('.').next().unwrap_or(instruction), parts.next().unwrap_or_default()))
}

/// ` 80039d0 00112233 44556677 ...`: words as they lie in memory.
fn dumped(line: &str) -> Option<impl Iterator<Item = u32>> {
    let (at, rest) = line.strip_prefix(' ')?.split_once(' ')?;
    u32::from_str_radix(at, 16).ok()?;
    // Behind two blanks stand the same bytes as text.
    let words = rest.split("  ").next()?.split(' ');
    Some(
        words.filter(|word| word.len() == 8).filter_map(|word| u32::from_str_radix(word, 16).ok()).map(u32::swap_bytes),
    )
}

fn take(function: &mut Function, own: u32, instruction: &str, operands: &str) {
    let stacked = match instruction {
        "push" | "vpush" => registers(operands),
        "stmdb" if operands.starts_with("sp!") => registers(operands),
        "sub" | "subw" if operands.starts_with("sp,") => number_behind(operands, '#').unwrap_or(0),
        "str" | "strd" => operands.split_once("[sp, #-").and_then(|(_, rest)| number(rest)).unwrap_or(0),
        _ => 0,
    };
    function.frame += stacked;
    mention(function, instruction, operands);
    let jumps = instruction.starts_with('b') && !["bic", "bics", "bfi", "bfc", "bkpt"].contains(&instruction)
        || instruction.starts_with("cb");
    if !jumps {
        return;
    }
    match operands.split('<').next().and_then(|to| to.split([' ', ',']).rfind(|part| !part.is_empty())) {
        Some("lr") => {}
        Some(to) => match u32::from_str_radix(to, 16) {
            Ok(to) if operands.contains('<') => {
                if to != own || instruction == "bl" {
                    function.calls.insert(to);
                }
            }
            _ => function.calls_anything = true,
        },
        None => {}
    }
}

/// `movw r2, #12025` and `movt r2, #2048`.
fn mention(function: &mut Function, instruction: &str, operands: &str) {
    let Some((register, half)) = operands.split_once(", #") else { return };
    let Some(half) = number(half).and_then(|half| u32::try_from(half).ok()) else { return };
    if instruction == "movw" {
        function.halves.insert(register.to_owned(), half);
    } else if let ("movt", Some(low)) = (instruction, function.halves.get(register)) {
        function.mentioned.insert(half << 16 | low);
    }
}

/// Bytes of `{r4, r5-r7, lr}`.
fn registers(operands: &str) -> u64 {
    let list = operands.split(['{', '}']).nth(1).unwrap_or_default();
    let each = |register: &str| if register.trim().starts_with('d') { 8 } else { 4 };
    list.split(',')
        .map(|part| match part.split_once('-') {
            Some((first, last)) => {
                let index =
                    |register: &str| register.trim().get(1..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
                each(first) * (index(last) + 1_u64).saturating_sub(index(first))
            }
            None => each(part),
        })
        .sum()
}

fn number_behind(text: &str, mark: char) -> Option<u64> {
    number(text.split_once(mark)?.1)
}

fn number(text: &str) -> Option<u64> {
    let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LISTING: &str = "\
Contents of section .rodata:
 8000100 21000008 00000000                    !.......
08000010 <_start>:
 8000010:\tb580      \tpush\t{r7, lr}
 8000012:\tb084      \tsub\tsp, #16
 8000014:\tf000 f800 \tbl\t8000020 <callee>
 8000018:\td0fe      \tbeq.n\t8000012 <_start+0x2>
 800001a:\tbd80      \tpop\t{r7, pc}
08000020 <callee>:
 8000020:\te92d 4ff0 \tstmdb\tsp!, {r4-r11, lr}
 8000024:\t4770      \tbx\tlr
08000030 <any>:
 8000030:\tb500      \tpush\t{lr}
 8000032:\t4788      \tblx\tr1
08000038 <other>:
 8000038:\tb5ff      \tpush\t{r0-r7, lr}
 800003a:\tf240 0239 \tmovw\tr2, #57\t@ 0x39
 800003c:\tf6c0 0200 \tmovt\tr2, #2048\t@ 0x800
08000040 <again>:
 8000040:\tb500      \tpush\t{lr}
 8000042:\tf7ff fffd \tbl\t8000040 <again>
";

    #[test]
    fn frames_add_up_along_calls_by_name_and_by_address() {
        assert_eq!(of(LISTING, "callee"), Ok(36));
        assert_eq!(of(LISTING, "_start"), Ok(8 + 16 + 36));
        assert_eq!(of(LISTING, "any"), Ok(4 + 36));
        assert_eq!(of(LISTING, "other"), Ok(36));
    }

    #[test]
    fn what_has_no_bound_or_is_not_there_is_said() {
        assert!(of(LISTING, "again").is_err_and(|reason| reason.contains("calls itself")));
        assert!(of(LISTING, "nothing").is_err());
    }
}
