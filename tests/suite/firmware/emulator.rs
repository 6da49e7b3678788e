//! QEMU's netduinoplus2, an STM32F405: one image, its serial line on a socket, its pin in a file.

use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

pub(crate) struct Emulator {
    machine: Machine,
    port: u16,
    pin: PathBuf,
}

/// The process, and the pipe by which it is told what to do (QMP).
struct Machine {
    process: Child,
    orders: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Emulator {
    /// Starts an image. It stands still until the first [`Wire`] is there to hear it.
    pub(crate) fn start(image: &Path) -> Self {
        assert!(image.is_file(), "{} is not built", image.display());
        let name = image.file_name().unwrap_or_default().display();
        let pin = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pin-{}-{name}.log", std::process::id()));
        let mut process = Command::new("qemu-system-arm")
            .args(["-M", "netduinoplus2", "-display", "none", "-S", "-qmp", "stdio"])
            // The system chooses the port: one that was free a moment ago may be another's by now.
            .args(["-serial", "tcp:127.0.0.1:0,server=on,wait=off,nodelay=on"])
            .args(["-serial", &format!("file:{}", pin.display())])
            .arg("-kernel")
            .arg(image)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("qemu-system-arm runs");
        let orders = process.stdin.take().expect("a pipe");
        let answers = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut machine = Machine { process, orders, answers };
        machine.obey("qmp_capabilities");
        let port = port_of(&machine.obey("query-chardev")).expect("a serial line on a socket");
        Self { machine, port, pin }
    }

    /// Where the command finds the door.
    pub(crate) fn at(&self) -> String {
        format!("tcp:127.0.0.1:{}", self.port)
    }

    /// A connection to the serial line; one at a time.
    pub(crate) fn wire(&mut self) -> Wire {
        let socket = TcpStream::connect(("127.0.0.1", self.port)).expect("the emulator listens");
        socket.set_nodelay(true).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(120))).expect("a socket");
        self.machine.obey("cont");
        Wire { reader: BufReader::new(socket.try_clone().expect("a socket")), socket }
    }

    /// Resets the machine, as its button would.
    pub(crate) fn reset(&mut self) {
        self.machine.obey("system_reset");
    }

    /// Every level that the pin was given since the start.
    pub(crate) fn pin(&self) -> String {
        std::fs::read_to_string(&self.pin).expect("a report of the pin")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.machine.process.kill();
        let _ = self.machine.process.wait();
        let _ = std::fs::remove_file(&self.pin);
    }
}

impl Machine {
    /// Gives an order and waits for what comes back; what happens meanwhile is passed over.
    fn obey(&mut self, order: &str) -> Value {
        writeln!(self.orders, "{}", json!({ "execute": order })).expect("the emulator runs");
        loop {
            let mut line = String::new();
            assert!(self.answers.read_line(&mut line).expect("text") > 0, "the emulator has ended");
            let said: Value = serde_json::from_str(&line).expect("JSON");
            assert!(said["error"].is_null(), "{order}: {line}");
            if !said["return"].is_null() {
                return said["return"].clone();
            }
        }
    }
}

/// Of `disconnected:tcp:127.0.0.1:42851,server=on`.
fn port_of(devices: &Value) -> Option<u16> {
    let names = devices.as_array()?.iter().filter_map(|device| device["filename"].as_str());
    let address = names.filter_map(|name| name.split_once("tcp:127.0.0.1:")).next()?.1;
    address.split(',').next()?.parse().ok()
}

/// The serial line.
pub(crate) struct Wire {
    socket: TcpStream,
    reader: BufReader<TcpStream>,
}

impl Wire {
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.socket.write_all(bytes).expect("the line takes it");
    }

    /// The next line that is said.
    pub(crate) fn hear(&mut self) -> String {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("an answer within two minutes");
        line.trim_end().to_owned()
    }

    pub(crate) fn ask(&mut self, line: &[u8]) -> String {
        self.send(&[line, b"\n"].concat());
        self.hear()
    }

    /// Another half of the line, to send from elsewhere.
    pub(crate) fn sender(&self) -> TcpStream {
        self.socket.try_clone().expect("a socket")
    }
}
