//! A batch as a stream: a caller that waits for each answer, a caller that closes the pipe, and a million lines.

use crate::program::{DOOR_JWK, DOOR_SECRET, Folder, command, run};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

fn batch(arguments: &[&str]) -> Child {
    command().args(["verify", "--batch"]).args(arguments).stdin(Stdio::piped()).spawn().unwrap()
}

#[test]
fn each_answer_is_written_before_the_next_request() {
    let mut child = batch(&[]);
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for id in 0..50 {
        // Part of the next line was already sent, which must not delay the answer.
        write!(stdin, "{{\"id\":{id},\"token\":\"a.b.c\"}}\n{{").unwrap();
        stdin.flush().unwrap();
        let answer = answers.next().unwrap().unwrap();
        assert!(answer.starts_with(&format!("{{\"id\":{id},")), "{answer}");
        stdin.write_all(b"}\n").unwrap();
        assert!(answers.next().unwrap().unwrap().contains("bad_request"));
    }
    drop(stdin);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[test]
fn a_closed_pipe_ends_the_batch_quietly() {
    let mut child = batch(&[]);
    let mut stdin = child.stdin.take().unwrap();
    drop(child.stdout.take());
    let mut written = Ok(());
    // More than fits into the pipe and all buffers.
    for _ in 0..100_000 {
        written = written.and_then(|()| stdin.write_all(b"{\"token\":\"a.b.c\"}\n"));
    }
    drop(stdin);
    let mut err = String::new();
    child.stderr.take().unwrap().read_to_string(&mut err).unwrap();
    assert_eq!((child.wait().unwrap().code(), err.as_str()), (Some(1), ""));
}

#[test]
fn a_million_lines_need_constant_memory() {
    const LINES: usize = 1_000_000;
    let folder = Folder::new();
    let secret = folder.file("secret", DOOR_SECRET);
    let payload = folder.file("payload", "x");
    let token = run(&["sign", "--secret-file", &secret, "--jws", &payload]).expect(0).out;
    let request = format!("{{\"id\":0,\"token\":\"{}\",\"jwk\":{DOOR_JWK},\"jws\":true}}\n", token.trim());
    let began = Instant::now();
    let mut child = batch(&[]);
    let status = format!("/proc/{}/status", child.id());
    let stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        let mut stdin = BufWriter::with_capacity(1 << 16, stdin);
        for _ in 0..LINES {
            stdin.write_all(request.as_bytes()).unwrap();
        }
        stdin.flush().unwrap();
        // Keeps the program running until its memory was measured.
        stdin
    });
    let mut answers = BufReader::with_capacity(1 << 16, child.stdout.take().unwrap());
    let mut line = Vec::new();
    let mut peaks = Vec::new();
    for count in 1..=LINES {
        line.clear();
        answers.read_until(b'\n', &mut line).unwrap();
        assert!(line.starts_with(b"{\"id\":0,\"ok\":true,"), "{}", String::from_utf8_lossy(&line));
        if count == LINES / 10 || count == LINES {
            peaks.extend(peak_kib(&status));
        }
    }
    drop(writer.join().unwrap());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    let took = began.elapsed();
    println!("{LINES} lines in {took:.1?}, peak memory in KiB at a tenth and at the end: {peaks:?}");
    if cfg!(target_os = "linux") {
        let [early, late] = peaks[..] else { panic!("the peak could not be read") };
        assert!(late < 64 * 1024, "{late} KiB");
        assert!(late <= early + 256, "memory grew from {early} to {late} KiB");
    }
    assert!(took < Duration::from_secs(60), "{took:?}");
}

/// Returns the peak memory of the process, if the system reports it.
fn peak_kib(status: &str) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let line = text.lines().find(|line| line.starts_with("VmHWM:"))?;
    line.split_ascii_whitespace().nth(1)?.parse().ok()
}
