//! QEMU's netduinoplus2, an STM32F405: one image, its serial line on a socket, its pin in a file.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Emulator {
    machine: Child,
    port: u16,
    monitor: u16,
    pin: PathBuf,
}

impl Emulator {
    /// Starts an image. It waits for the first [`Wire`].
    pub(crate) fn start(image: &Path) -> Self {
        assert!(image.is_file(), "{} is not built", image.display());
        let (port, monitor) = (free_port(), free_port());
        let pin = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("pin-{port}.log"));
        let machine = Command::new("qemu-system-arm")
            .args(["-M", "netduinoplus2", "-display", "none"])
            .args(["-monitor", &format!("tcp:127.0.0.1:{monitor},server=on,wait=off")])
            .args(["-serial", &format!("tcp:127.0.0.1:{port},server=on,wait=on,nodelay=on")])
            .args(["-serial", &format!("file:{}", pin.display())])
            .arg("-kernel")
            .arg(image)
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("qemu-system-arm runs");
        Self { machine, port, monitor, pin }
    }

    /// Where the command finds the door.
    pub(crate) fn at(&self) -> String {
        format!("tcp:127.0.0.1:{}", self.port)
    }

    /// A connection to the serial line; one at a time.
    pub(crate) fn wire(&self) -> Wire {
        let socket = connect(self.port);
        socket.set_nodelay(true).expect("a socket");
        socket.set_read_timeout(Some(Duration::from_secs(300))).expect("a socket");
        Wire { reader: BufReader::new(socket.try_clone().expect("a socket")), socket }
    }

    /// Resets the machine, as its button would.
    pub(crate) fn reset(&self) {
        let mut monitor = connect(self.monitor);
        monitor.write_all(b"system_reset\n").expect("the monitor listens");
        // It answers with its prompt when it is done.
        let mut said = Vec::new();
        let mut reader = BufReader::new(monitor);
        for _ in 0..2 {
            reader.read_until(b')', &mut said).expect("a prompt");
        }
    }

    /// Every level that the pin was given since the start.
    pub(crate) fn pin(&self) -> String {
        std::fs::read_to_string(&self.pin).expect("a report of the pin")
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.machine.kill();
        let _ = self.machine.wait();
        let _ = std::fs::remove_file(&self.pin);
    }
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
        self.reader.read_line(&mut line).expect("an answer within five minutes");
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

fn connect(port: u16) -> TcpStream {
    let until = Instant::now() + Duration::from_secs(20);
    loop {
        match TcpStream::connect(("127.0.0.1", port)) {
            Ok(socket) => return socket,
            Err(error) => assert!(Instant::now() < until, "port {port}: {error}"),
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).and_then(|listener| listener.local_addr()).expect("a port").port()
}
