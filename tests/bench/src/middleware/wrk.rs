//! `wrk`, the load: one thread, 64 connections, one second.

use std::net::SocketAddr;
use std::process::Command;

pub struct Load {
    pub requests: f64,
    pub requests_a_second: f64,
}

/// Asks as fast as it can. An answer other than 200, or a failed connection, ends the measurement.
pub fn load(address: SocketAddr, path: &str, token: &str) -> Load {
    let mut wrk = Command::new("wrk");
    wrk.args(["-t1", "-c64", "-d1s", "-H", &format!("Authorization: Bearer {token}")]);
    let output = wrk.arg(format!("http://{address}{path}")).output().expect("wrk starts (the Debian package wrk)");
    let report = String::from_utf8_lossy(&output.stdout);
    let bad = !output.status.success() || report.contains("Non-2xx") || report.contains("Socket errors");
    assert!(!bad, "{path}: {report}{}", String::from_utf8_lossy(&output.stderr));
    read(&report).unwrap_or_else(|| panic!("wrk says something else than it did: {report}"))
}

/// Of `  123456 requests in 1.00s, 15.07MB read` and `Requests/sec: 123456.78`.
fn read(report: &str) -> Option<Load> {
    let requests = report.lines().find_map(|line| line.split_once(" requests in "))?.0.trim().parse().ok()?;
    let rate = report.lines().find_map(|line| line.strip_prefix("Requests/sec:"))?.trim().parse().ok()?;
    Some(Load { requests, requests_a_second: rate })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_report_is_read() {
        let report = "Running 1s test @ http://127.0.0.1:3000/bare\n  1 threads and 64 connections\n  Thread Stats   Avg\n\
                      \x20 95812 requests in 1.10s, 11.15MB read\nRequests/sec:  87103.51\nTransfer/sec:     10.13MB\n";
        let load = read(report).expect("a report");
        assert_eq!((load.requests, load.requests_a_second), (95_812.0, 87_103.51));
        assert!(read("unable to connect").is_none());
    }
}
