//! `glowband verify`: a process for each token, and a batch for each key file.

use super::{Said, cases, compare, groups};
use crate::cli::program::{Run, glowband};
use glowband_tests::field_case::FieldCase;
use serde_json::{Value, json};

/// The flags that say what the case says.
fn flags(case: &FieldCase) -> Vec<String> {
    let file = case.key_file().to_string_lossy().into_owned();
    let mut flags: Vec<String> = ["verify", "--key", &file].map(str::to_owned).to_vec();
    for (name, values) in [("--iss", &case.iss), ("--aud", &case.aud)] {
        flags.extend(values.iter().flat_map(|value| [name.to_owned(), value.clone()]));
    }
    if let Some(typ) = &case.typ {
        flags.extend(["--typ".to_owned(), typ.clone()]);
    }
    if let Some(now) = case.now {
        flags.extend(["--now".to_owned(), now.to_string()]);
    }
    flags.extend(case.opt_ins.iter().map(|opt_in| format!("--{}", opt_in.replace('_', "-"))));
    flags
}

/// The numbers of the answers, or what the program said instead.
fn numbers(run: &Run, expected: usize) -> Result<Vec<u64>, String> {
    let lines: Vec<Value> = run.out.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    if lines.len() != expected {
        return Err(run.err.trim().to_owned());
    }
    let number = |answer: &Value| if answer["ok"] == true { Some(0) } else { answer["code"].as_u64() };
    lines.iter().map(|answer| number(answer).ok_or_else(|| answer.to_string())).collect()
}

#[test]
fn the_command_verifies_them_correctly() {
    let cases = cases("cli");
    let said: Vec<(&FieldCase, Said)> = cases
        .iter()
        .map(|case| {
            let mut arguments = flags(case);
            arguments.push("--json".to_owned());
            let run = glowband(&arguments, &format!("{}\n", case.read_token()));
            let said = numbers(&run, 1).map(|numbers| numbers[0]);
            if let Ok(number) = said {
                assert_eq!(run.code, i32::from(number != 0), "{}: {}", case.name, run.err);
            }
            (case, said)
        })
        .collect();
    compare("cli", &said, 200);
}

#[test]
fn the_batch_verifies_them_correctly() {
    let cases = cases("batch");
    let mut said: Vec<(&FieldCase, Said)> = Vec::new();
    for group in groups(&cases) {
        let mut arguments = flags(group[0]);
        arguments.push("--batch".to_owned());
        let requests: Vec<String> =
            group.iter().map(|case| json!({"id": case.name, "token": case.read_token()}).to_string()).collect();
        let run = glowband(&arguments, &(requests.join("\n") + "\n"));
        match numbers(&run, group.len()) {
            Ok(numbers) => said.extend(group.into_iter().zip(numbers.into_iter().map(Ok))),
            Err(fault) => said.extend(group.into_iter().map(|case| (case, Err(fault.clone())))),
        }
    }
    compare("batch", &said, 200);
}
