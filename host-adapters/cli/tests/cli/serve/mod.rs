//! `glowband serve` as a process: its files, sockets and signals, and the HTTP API.

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
