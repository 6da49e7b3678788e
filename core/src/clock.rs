//! The time, which the caller provides. It can be unknown, as on a board whose clock was never set.

/// Whole seconds since 1970-01-01T00:00:00Z without leap seconds (RFC 7519 §2, NumericDate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UnixSeconds(pub u64);

/// A source of the current time.
///
/// `None` means *unknown*: every token with a date is then refused with
/// [`Refusal::ClockUnknown`](crate::Refusal::ClockUnknown).
pub trait Clock {
    /// Returns the current time, or `None` if it is unknown.
    fn now(&self) -> Option<UnixSeconds>;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Option<UnixSeconds> {
        (**self).now()
    }
}

/// A clock that always returns the same time: for tests, and to verify a token as of a given time.
impl Clock for UnixSeconds {
    fn now(&self) -> Option<UnixSeconds> {
        Some(*self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_stands_still_says_when() {
        let now = |clock: &dyn Clock| clock.now();
        assert_eq!(now(&UnixSeconds(7)), Some(UnixSeconds(7)));
        assert_eq!(now(&&UnixSeconds(7)), Some(UnixSeconds(7)));
    }
}
