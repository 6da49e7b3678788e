//! Futures of the store in memory, which never wait.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

pub(super) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("the store in memory waits"),
    }
}
