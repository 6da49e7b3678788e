//! Counts the verdicts of a guard. The counters belong to the guard; there is no global state.

use crate::rejection::Rejection;
use glowband_core::{Class, Refusal};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

/// All classes of refusals, in the order of the counters.
const CLASSES: [Class; 9] = [
    Class::Form,
    Class::Header,
    Class::Key,
    Class::Signature,
    Class::Payload,
    Class::Claim,
    Class::Time,
    Class::Replay,
    Class::Setup,
];

/// The number of requests for each verdict of a guard and its clones.
#[derive(Debug, Default)]
pub struct Metrics {
    accepted: AtomicU64,
    anonymous: AtomicU64,
    no_token: AtomicU64,
    bad_request: AtomicU64,
    refused: [AtomicU64; CLASSES.len()],
    insufficient_scope: AtomicU64,
    claim_not_allowed: AtomicU64,
    cross_site: AtomicU64,
    keys_unavailable: AtomicU64,
    setup_fault: AtomicU64,
}

/// The counters at one point in time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Snapshot {
    /// Requests with an accepted token.
    pub accepted: u64,
    /// Requests without a token that an optional guard allowed.
    pub anonymous: u64,
    /// Requests without a token that were answered 401.
    pub no_token: u64,
    /// Requests with malformed credentials.
    pub bad_request: u64,
    refused: [u64; CLASSES.len()],
    /// Requests with a valid token that lacks a required scope. A scope layer inside a guard counts a request here that
    /// the guard has counted as accepted.
    pub insufficient_scope: u64,
    /// Requests with a valid token that does not satisfy a claim rule.
    pub claim_not_allowed: u64,
    /// Requests with a token in a cookie that another site may have caused.
    pub cross_site: u64,
    /// Requests for which the keys were not available.
    pub keys_unavailable: u64,
    /// Requests that failed because the server is misconfigured.
    pub setup_fault: u64,
}

impl Metrics {
    /// Returns the current counters.
    pub fn snapshot(&self) -> Snapshot {
        let read = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Snapshot {
            accepted: read(&self.accepted),
            anonymous: read(&self.anonymous),
            no_token: read(&self.no_token),
            bad_request: read(&self.bad_request),
            refused: self.refused.each_ref().map(read),
            insufficient_scope: read(&self.insufficient_scope),
            claim_not_allowed: read(&self.claim_not_allowed),
            cross_site: read(&self.cross_site),
            keys_unavailable: read(&self.keys_unavailable),
            setup_fault: read(&self.setup_fault),
        }
    }

    /// Writes the current counters in the text format of Prometheus.
    ///
    /// # Errors
    /// Returns the errors of `out`.
    pub fn write_prometheus(&self, out: &mut impl fmt::Write) -> fmt::Result {
        self.snapshot().write_prometheus(out)
    }

    pub(crate) fn accepted(&self) {
        add(&self.accepted);
    }

    pub(crate) fn anonymous(&self) {
        add(&self.anonymous);
    }

    pub(crate) fn rejected(&self, rejection: &Rejection) {
        match rejection {
            Rejection::NoToken => add(&self.no_token),
            Rejection::BadRequest(_) => add(&self.bad_request),
            Rejection::Refused(refusal) => self.refused(*refusal),
            Rejection::PaddedToken => self.refused(Refusal::Base64Invalid),
            Rejection::InsufficientScope(_) => add(&self.insufficient_scope),
            Rejection::ClaimNotAllowed(_) => add(&self.claim_not_allowed),
            Rejection::CrossSite => add(&self.cross_site),
            Rejection::KeysUnavailable => add(&self.keys_unavailable),
            Rejection::Setup(_) => add(&self.setup_fault),
        }
    }

    fn refused(&self, refusal: Refusal) {
        let counters = CLASSES.iter().zip(&self.refused);
        counters.filter(|(class, _)| **class == refusal.class()).for_each(|(_, counter)| add(counter));
    }
}

impl Snapshot {
    /// Returns the number of tokens that were refused for reasons of this class.
    pub fn refused(&self, class: Class) -> u64 {
        CLASSES.iter().zip(self.refused).filter(|(own, _)| **own == class).map(|(_, count)| count).sum()
    }

    /// Writes the counters in the text format of Prometheus, as one family:
    /// `glowband_requests_total{verdict="accepted"} 7`. All series exist from the start.
    ///
    /// # Errors
    /// Returns the errors of `out`.
    pub fn write_prometheus(&self, out: &mut impl fmt::Write) -> fmt::Result {
        out.write_str("# HELP glowband_requests_total Requests by the guard's verdict.\n")?;
        out.write_str("# TYPE glowband_requests_total counter\n")?;
        for (verdict, count) in [
            ("accepted", self.accepted),
            ("anonymous", self.anonymous),
            ("no_token", self.no_token),
            ("bad_request", self.bad_request),
            ("insufficient_scope", self.insufficient_scope),
            ("claim_not_allowed", self.claim_not_allowed),
            ("cross_site", self.cross_site),
            ("keys_unavailable", self.keys_unavailable),
            ("setup_fault", self.setup_fault),
        ] {
            writeln!(out, "glowband_requests_total{{verdict=\"{verdict}\"}} {count}")?;
        }
        for (class, count) in CLASSES.iter().zip(self.refused) {
            let class = class.name();
            writeln!(out, "glowband_requests_total{{verdict=\"refused\",class=\"{class}\"}} {count}")?;
        }
        Ok(())
    }
}

fn add(counter: &AtomicU64) {
    // Relaxed is enough: counters do not order other memory accesses.
    counter.fetch_add(1, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rejection::{Malformed, SetupFault};

    #[test]
    fn a_refusal_is_counted_once_in_its_class() {
        let metrics = Metrics::default();
        Refusal::ALL.iter().for_each(|refusal| metrics.rejected(&Rejection::Refused(*refusal)));
        let snapshot = metrics.snapshot();
        assert_eq!(CLASSES.iter().map(|class| snapshot.refused(*class)).sum::<u64>(), Refusal::ALL.len() as u64);
        for class in CLASSES {
            let expected = Refusal::ALL.iter().filter(|refusal| refusal.class() == class).count();
            assert_eq!(snapshot.refused(class), expected as u64, "{class:?}");
        }
        assert_eq!(snapshot.accepted + snapshot.no_token + snapshot.bad_request, 0);
    }

    #[test]
    fn prometheus_output_has_every_series() {
        let metrics = Metrics::default();
        metrics.accepted();
        metrics.anonymous();
        metrics.rejected(&Rejection::NoToken);
        metrics.rejected(&Rejection::BadRequest(Malformed::Header));
        metrics.rejected(&Rejection::InsufficientScope("a".into()));
        metrics.rejected(&Rejection::ClaimNotAllowed("a".into()));
        metrics.rejected(&Rejection::CrossSite);
        metrics.rejected(&Rejection::KeysUnavailable);
        metrics.rejected(&Rejection::Setup(SetupFault::GuardMissing));
        metrics.rejected(&Rejection::Refused(Refusal::Expired));
        let mut text = String::new();
        metrics.write_prometheus(&mut text).unwrap();
        assert_eq!(text.lines().filter(|line| line.ends_with(" 1")).count(), 10, "{text}");
        assert!(text.contains("glowband_requests_total{verdict=\"accepted\"} 1\n"));
        assert!(text.contains("glowband_requests_total{verdict=\"refused\",class=\"time\"} 1\n"));
        assert_eq!(text.lines().count(), 2 + 9 + 9);
    }
}
