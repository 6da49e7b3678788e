//! `glowband serve` as its operators and clients meet it: a process, a folder, sockets, signals.

mod api;
mod check;
mod configuration;
mod faults;
mod limits;
mod operators;
mod process;
mod proxies;
mod secrets;
mod signals;
mod start;
mod tls;
mod wire;
