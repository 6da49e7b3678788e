//! Counts and times of requests by route, method and status.

use super::histogram::Histogram;
use axum::http::Method;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// Counters of requests.
#[derive(Debug, Default)]
pub(crate) struct Requests {
    /// The number of entries is limited by the number of routes.
    routes: RwLock<BTreeMap<RouteAndMethod, Arc<Route>>>,
}

type RouteAndMethod = (Box<str>, &'static str);

#[derive(Debug, Default)]
struct Route {
    statuses: RwLock<BTreeMap<u16, Arc<AtomicU64>>>,
    took: Histogram,
}

impl Requests {
    /// Counts an answered request. `route` is the pattern of the route, because clients choose paths freely.
    pub(crate) fn answered(&self, route: &str, method: &Method, status: u16, took: Duration) {
        let route = found_or_made(&self.routes, (route.into(), name(method)));
        route.took.add(took);
        found_or_made(&route.statuses, status).fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn write(&self, f: &mut impl fmt::Write) -> fmt::Result {
        const COUNT: &str = "glowband_http_requests_total";
        const TOOK: &str = "glowband_http_request_duration_seconds";
        let routes = self.routes.read().unwrap_or_else(PoisonError::into_inner).clone();
        writeln!(f, "# HELP {COUNT} Answered requests.\n# TYPE {COUNT} counter")?;
        for ((route, method), counted) in &routes {
            for (status, counter) in &*counted.statuses.read().unwrap_or_else(PoisonError::into_inner) {
                let count = counter.load(Ordering::Relaxed);
                writeln!(f, "{COUNT}{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}} {count}")?;
            }
        }
        writeln!(f, "# HELP {TOOK} Time from the request head to the response head.\n# TYPE {TOOK} histogram")?;
        for ((route, method), counted) in &routes {
            counted.took.write(f, TOOK, &format!("route=\"{route}\",method=\"{method}\""))?;
        }
        Ok(())
    }
}

fn found_or_made<K: Ord, V: Default>(all: &RwLock<BTreeMap<K, Arc<V>>>, key: K) -> Arc<V> {
    if let Some(found) = all.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
        return Arc::clone(found);
    }
    Arc::clone(all.write().unwrap_or_else(PoisonError::into_inner).entry(key).or_default())
}

/// Unknown methods share one label, because clients could otherwise create any number of series.
fn name(method: &Method) -> &'static str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    const NAMES: [&str; 7] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];
    KNOWN.iter().position(|known| known == method).and_then(|at| NAMES.get(at)).copied().unwrap_or("other")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_route_method_and_status() {
        let requests = Requests::default();
        let second = Duration::from_secs(1);
        requests.answered("/auth/sessions/{id}", &Method::DELETE, 204, second);
        requests.answered("/auth/sessions/{id}", &Method::DELETE, 204, second);
        requests.answered("/auth/sessions/{id}", &Method::DELETE, 404, second);
        requests.answered("none", &Method::from_bytes(b"BREW").unwrap(), 404, second);
        let mut text = String::new();
        requests.write(&mut text).unwrap();
        for line in [
            "glowband_http_requests_total{route=\"/auth/sessions/{id}\",method=\"DELETE\",status=\"204\"} 2",
            "glowband_http_requests_total{route=\"/auth/sessions/{id}\",method=\"DELETE\",status=\"404\"} 1",
            "glowband_http_requests_total{route=\"none\",method=\"other\",status=\"404\"} 1",
            "glowband_http_request_duration_seconds_count{route=\"/auth/sessions/{id}\",method=\"DELETE\"} 3",
        ] {
            assert!(text.lines().any(|own| own == line), "{line}\n{text}");
        }
    }
}
