//! A TCP proxy that fails as networks do: connections go silent without being closed, in one direction or both, and the
//! address leads elsewhere.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// What of a connection is no longer passed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mute {
    /// Nothing in either direction.
    Both,
    /// What the database answers.
    Answers,
    /// What the client sends.
    Requests,
}

/// A proxy to a PostgreSQL on this machine. Dropping it closes its connections.
pub struct Proxy {
    address: SocketAddr,
    first_target: u16,
    shared: Arc<Shared>,
}

struct Shared {
    /// The port that new connections lead to; 0: they are closed at once.
    target: AtomicU16,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    mute: Option<Mute>,
    /// Whether connections that are opened from now on are mute as well.
    new_ones_too: bool,
    /// Connections of this number and above were opened after the last order.
    first_new: usize,
    connections: Vec<[TcpStream; 2]>,
    ended: bool,
}

impl Proxy {
    /// Listens on a port of its own, and leads to this port.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub fn to(port: u16) -> Result<Self, String> {
        let failed = |error: std::io::Error| format!("cannot listen: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let address = listener.local_addr().map_err(failed)?;
        let (state, changed) = (Mutex::new(State::default()), Condvar::new());
        let shared = Arc::new(Shared { target: AtomicU16::new(port), state, changed });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if accepting.state().ended {
                    return;
                }
                if let Ok(stream) = stream {
                    accepting.lead(stream);
                }
            }
        });
        Ok(Self { address, first_target: port, shared })
    }

    /// A proxy to the server of this URL, and the URL through the proxy.
    ///
    /// # Errors
    /// As [`to`](Self::to); also if the URL does not belong to a [`PrivatePostgres`](crate::PrivatePostgres).
    pub fn before(url: &str) -> Result<(Self, String), String> {
        let (start, rest) = url.split_once("@127.0.0.1:").ok_or("a URL of another server")?;
        let (port, database) = rest.split_once('/').ok_or("a URL without a database")?;
        let proxy = Self::to(port.parse().map_err(|_| "a URL without a port")?)?;
        let through = format!("{start}@127.0.0.1:{}/{database}", proxy.address.port());
        Ok((proxy, through))
    }

    /// Connections that are open now go silent; new ones work.
    pub fn mute(&self, mute: Mute) {
        self.order(Some(mute), false);
    }

    /// All connections go silent, new ones too.
    pub fn mute_all(&self, mute: Mute) {
        self.order(Some(mute), true);
    }

    /// Passes on what was held.
    pub fn unmute(&self) {
        self.order(None, false);
    }

    /// New connections lead to this port; 0: they are closed at once.
    pub fn lead_to(&self, port: u16) {
        self.shared.target.store(port, Ordering::SeqCst);
    }

    /// New connections lead to the first port again.
    pub fn lead_back(&self) {
        self.lead_to(self.first_target);
    }

    /// Closes all connections.
    pub fn cut(&self) {
        let mut state = self.shared.state();
        for stream in state.connections.drain(..).flatten() {
            let _ = stream.shutdown(Shutdown::Both);
        }
        state.first_new = 0;
    }

    /// Returns how many connections were opened since the last [`cut`](Self::cut).
    pub fn opened(&self) -> usize {
        self.shared.state().connections.len()
    }

    fn order(&self, mute: Option<Mute>, new_ones_too: bool) {
        let mut state = self.shared.state();
        state.mute = mute;
        state.new_ones_too = new_ones_too;
        state.first_new = state.connections.len();
        drop(state);
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lead(self: &Arc<Self>, client: TcpStream) {
        let target = self.target.load(Ordering::SeqCst);
        let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, target)) else { return };
        let _ = (client.set_nodelay(true), server.set_nodelay(true));
        let clones = || Some([client.try_clone().ok()?, server.try_clone().ok()?]);
        let (Some(kept), Some([answered, answering])) = (clones(), clones()) else { return };
        let number = {
            let mut state = self.state();
            state.connections.push(kept);
            state.connections.len() - 1
        };
        let (requests, answers) = (Arc::clone(self), Arc::clone(self));
        std::thread::spawn(move || requests.pass_on(client, server, number, Mute::Answers));
        std::thread::spawn(move || answers.pass_on(answering, answered, number, Mute::Requests));
    }

    /// Passes on one direction, which every order but `other` silences.
    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream, number: usize, other: Mute) {
        let mut buffer = [0; 16 * 1024];
        loop {
            let read = from.read(&mut buffer).unwrap_or(0);
            let silent = |state: &mut State| {
                let ordered = state.mute.is_some_and(|mute| mute != other);
                ordered && !state.ended && (state.new_ones_too || number < state.first_new)
            };
            // An end is held as well: a silent peer does not announce that it has gone.
            let passing = self.changed.wait_while(self.state(), silent);
            drop(passing);
            if read == 0 || to.write_all(buffer.get(..read).unwrap_or_default()).is_err() {
                let _ = to.shutdown(Shutdown::Write);
                return;
            }
        }
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.state().ended = true;
        self.cut();
        self.shared.changed.notify_all();
        // The thread that accepts sees the end at the next connection.
        let _ = TcpStream::connect(self.address);
    }
}
