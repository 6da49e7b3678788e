//! Limits the number of open connections, in total and per client address.
//!
//! When an address has reached its limit, its oldest idle connection is closed for a new one; without an idle connection,
//! the new one is refused. When the total is reached, the oldest idle connection of any address is closed; without an idle
//! connection, the new one waits. Trusted proxies and Unix sockets carry many clients and have no limit of their own.

use ipnet::IpNet;
use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::Notify;
use tokio::time::timeout;

/// How long a client may take to send the head of a request before its connection counts as idle.
const SLOW_HEAD: Duration = Duration::from_secs(5);
/// How often a waiting connection looks for an idle one.
const POLL_INTERVAL: Duration = Duration::from_millis(100);

/// How many connections may be open.
#[derive(Clone, Debug)]
pub(crate) struct ConnectionLimits {
    pub(crate) total: usize,
    /// The limit for one IPv4 address, or one /64 network of IPv6.
    pub(crate) per_address: usize,
    /// Networks whose addresses have no limit of their own.
    pub(crate) unlimited: Vec<IpNet>,
}

impl ConnectionLimits {
    pub(crate) fn none() -> Self {
        Self { total: usize::MAX, per_address: usize::MAX, unlimited: Vec::new() }
    }
}

/// Returns the unit that connections are counted for: an IPv4 address, or the /64 network of an IPv6 address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
        address => address,
    }
}

/// The slots of a listener. A clone refers to the same slots.
#[derive(Clone)]
pub(super) struct Slots(Arc<Shared>);

struct Shared {
    limits: ConnectionLimits,
    state: Mutex<State>,
    freed: Notify,
}

#[derive(Default)]
struct State {
    open: HashMap<u64, Arc<Activity>>,
    by_address: HashMap<IpAddr, usize>,
    next: u64,
}

/// The error if an address has reached its limit and none of its connections is idle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AddressLimitReached;

impl Slots {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Shared { limits, state: Mutex::default(), freed: Notify::new() }))
    }

    /// Returns whether the total limit is reached.
    pub(super) fn are_taken(&self) -> bool {
        self.0.state().open.len() >= self.0.limits.total
    }

    /// Takes a slot for a connection from this address, `None` for a Unix socket. Waits while all connections are in use.
    pub(super) async fn take(&self, address: Option<IpAddr>) -> Result<Slot, AddressLimitReached> {
        let limits = &self.0.limits;
        let unlimited = |address: &IpAddr| limits.unlimited.iter().any(|network| network.contains(address));
        let counted = address.filter(|address| !unlimited(address)).map(network);
        loop {
            let freed = {
                let mut state = self.0.state();
                if let Some(address) = counted
                    && state.by_address.get(&address).is_some_and(|open| *open >= limits.per_address)
                    && !state.ask_to_close(Some(address))
                {
                    return Err(AddressLimitReached);
                }
                if state.open.len() < limits.total {
                    return Ok(self.open(&mut state, counted));
                }
                state.ask_to_close(None);
                self.0.freed.notified()
            };
            let _ = timeout(POLL_INTERVAL, freed).await;
        }
    }

    fn open(&self, state: &mut State, counted: Option<IpAddr>) -> Slot {
        let number = state.next;
        state.next = state.next.wrapping_add(1);
        let activity = Arc::new(Activity::new(counted));
        state.open.insert(number, Arc::clone(&activity));
        if let Some(address) = counted {
            *state.by_address.entry(address).or_default() += 1;
        }
        Slot { shared: Arc::clone(&self.0), number, activity }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Asks the connection that has been idle for longest to close, of this address or of any. Returns `false` if none is
    /// idle.
    fn ask_to_close(&mut self, of: Option<IpAddr>) -> bool {
        let candidates = self.open.values().filter(|activity| of.is_none() || activity.address == of);
        let idle = candidates.filter_map(|activity| Some((activity.idle()?, activity)));
        // Connections without a partial request come first.
        let oldest = idle.min_by_key(|((slow, since), _)| (*slow, *since));
        let Some(((slow, _), activity)) = oldest else { return false };
        activity.ask_to_close(slow);
        if let Some(address) = activity.address {
            release(&mut self.by_address, address);
        }
        true
    }
}

fn release(by_address: &mut HashMap<IpAddr, usize>, address: IpAddr) {
    if let Some(open) = by_address.get_mut(&address) {
        *open -= 1;
        if *open == 0 {
            by_address.remove(&address);
        }
    }
}

/// The slot of an open connection, which is free again when this is dropped.
pub(super) struct Slot {
    shared: Arc<Shared>,
    number: u64,
    pub(super) activity: Arc<Activity>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.open.remove(&self.number);
            if let Some(address) = self.activity.address
                && self.activity.close_mode().is_none()
            {
                release(&mut state.by_address, address);
            }
        }
        self.shared.freed.notify_waiters();
        self.shared.freed.notify_one();
    }
}

/// What a connection is doing: whether it is idle, and whether it was asked to close.
pub(super) struct Activity {
    /// The address that the connection counts for; `None` if it is not limited.
    address: Option<IpAddr>,
    state: Mutex<ActivityState>,
    close: Notify,
}

struct ActivityState {
    requests: usize,
    /// When the last request ended or the connection was opened.
    idle_since: Instant,
    /// When the first byte after `idle_since` arrived.
    first_byte: Option<Instant>,
    close_mode: Option<CloseMode>,
}

/// How a connection is asked to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CloseMode {
    /// Gracefully: a request that has just arrived is answered.
    Graceful,
    /// At once, in the middle of the head of a request.
    Immediate,
}

impl Activity {
    pub(super) fn new(address: Option<IpAddr>) -> Self {
        let state = ActivityState { requests: 0, idle_since: Instant::now(), first_byte: None, close_mode: None };
        Self { address, state: Mutex::new(state), close: Notify::new() }
    }

    /// Records that bytes have arrived.
    pub(super) fn bytes_received(&self) {
        let mut state = self.state();
        if state.requests == 0 && state.first_byte.is_none() {
            state.first_byte = Some(Instant::now());
        }
    }

    /// Records that the TLS handshake is complete: the bytes so far were not a request.
    pub(super) fn handshake_done(&self) {
        let mut state = self.state();
        (state.idle_since, state.first_byte) = (Instant::now(), None);
    }

    /// Records that a request begins. It ends when the returned guard is dropped.
    pub(super) fn request(self: &Arc<Self>) -> Request {
        self.state().requests += 1;
        Request(Arc::clone(self))
    }

    /// Waits until the connection is asked to close.
    pub(super) async fn close_requested(&self) -> CloseMode {
        loop {
            let close = self.close.notified();
            if let Some(close_mode) = self.close_mode() {
                return close_mode;
            }
            close.await;
        }
    }

    /// Returns `None` if the connection is in use. Otherwise returns whether it has sent part of a request, and since when
    /// it has been idle.
    fn idle(&self) -> Option<(bool, Instant)> {
        let state = self.state();
        if state.requests > 0 || state.close_mode.is_some() {
            return None;
        }
        match state.first_byte {
            None => Some((false, state.idle_since)),
            Some(since) => (since.elapsed() >= SLOW_HEAD).then_some((true, since)),
        }
    }

    fn ask_to_close(&self, slow: bool) {
        self.state().close_mode = Some(if slow { CloseMode::Immediate } else { CloseMode::Graceful });
        self.close.notify_one();
    }

    fn close_mode(&self) -> Option<CloseMode> {
        self.state().close_mode
    }

    fn state(&self) -> MutexGuard<'_, ActivityState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request that is being answered.
pub(super) struct Request(Arc<Activity>);

impl Drop for Request {
    fn drop(&mut self) {
        let mut state = self.0.state();
        state.requests -= 1;
        if state.requests == 0 {
            (state.idle_since, state.first_byte) = (Instant::now(), None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slots(total: usize, per_address: usize) -> Slots {
        Slots::new(ConnectionLimits { total, per_address, unlimited: vec!["10.0.0.0/8".parse().unwrap()] })
    }

    fn address(text: &str) -> Option<IpAddr> {
        Some(text.parse().unwrap())
    }

    #[tokio::test]
    async fn an_address_at_its_limit_closes_its_own_oldest_idle_connection() {
        let slots = slots(10, 2);
        let stranger = slots.take(address("192.0.2.9")).await.unwrap();
        let first = slots.take(address("192.0.2.1")).await.unwrap();
        let second = slots.take(address("192.0.2.1")).await.unwrap();
        let third = slots.take(address("192.0.2.1")).await.unwrap();
        assert_eq!(first.activity.close_requested().await, CloseMode::Graceful);
        assert_eq!([&second, &third, &stranger].map(|slot| slot.activity.close_mode()), [None, None, None]);
        let busy = (second.activity.request(), third.activity.request());
        assert_eq!(slots.take(address("192.0.2.1")).await.err(), Some(AddressLimitReached));
        drop(busy);
        drop(slots.take(address("192.0.2.1")).await.unwrap());
        drop((first, second, third, stranger));
        assert!(slots.0.state().open.is_empty() && slots.0.state().by_address.is_empty());
    }

    #[tokio::test]
    async fn proxies_and_unix_sockets_have_no_limit_and_networks_are_counted_separately() {
        let slots = slots(20, 1);
        let mut held = Vec::new();
        for _ in 0..5 {
            held.push(slots.take(address("10.1.2.3")).await.unwrap());
            held.push(slots.take(None).await.unwrap());
        }
        held.push(slots.take(address("2001:db8:0:1::1")).await.unwrap());
        held.push(slots.take(address("2001:db8:0:2::1")).await.unwrap());
        assert!(held.iter().all(|slot| slot.activity.close_mode().is_none()));
        held.push(slots.take(address("2001:db8:0:1::2")).await.unwrap());
        assert_eq!(held.iter().filter(|slot| slot.activity.close_mode().is_some()).count(), 1);
    }

    #[tokio::test]
    async fn at_the_total_limit_the_oldest_idle_connection_closes_but_no_busy_one() {
        let slots = slots(2, 2);
        let (busy, idle) = (slots.take(address("192.0.2.1")).await.unwrap(), slots.take(None).await.unwrap());
        let request = busy.activity.request();
        let waiting = tokio::spawn({
            let slots = slots.clone();
            async move { slots.take(address("192.0.2.2")).await.unwrap() }
        });
        assert_eq!(idle.activity.close_requested().await, CloseMode::Graceful);
        assert!(!waiting.is_finished());
        drop(idle);
        let taken = waiting.await.unwrap();
        let _other = taken.activity.request();
        assert!(timeout(3 * POLL_INTERVAL, slots.take(None)).await.is_err());
        drop(request);
        let last = tokio::spawn(async move { slots.take(None).await.unwrap() });
        assert_eq!(busy.activity.close_requested().await, CloseMode::Graceful);
        drop(busy);
        last.await.unwrap();
    }

    #[test]
    fn connections_with_a_partial_request_close_after_silent_ones() {
        let activity = Activity::new(None);
        assert!(matches!(activity.idle(), Some((false, _))));
        activity.bytes_received();
        assert!(activity.idle().is_none());
        activity.state().first_byte = Instant::now().checked_sub(SLOW_HEAD);
        assert!(matches!(activity.idle(), Some((true, _))));
        activity.handshake_done();
        assert!(matches!(activity.idle(), Some((false, _))));
    }
}
