//! Time comes from the caller, and a board whose clock was never set may say so.

/// Whole seconds since 1970-01-01T00:00:00Z, leap seconds not counted (RFC 7519 §2, NumericDate).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "defmt", derive(defmt::Format))]
pub struct UnixSeconds(pub u64);

/// A source of the current time.
///
/// `None` means *unknown*: every token with a date is then refused with
/// [`Refusal::ClockUnknown`](crate::Refusal::ClockUnknown) instead of being waved through.
pub trait Clock {
    /// The current time, or `None` while it is not known.
    fn now(&self) -> Option<UnixSeconds>;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now(&self) -> Option<UnixSeconds> {
        (**self).now()
    }
}

/// A clock that stands still: for tests, and for judging a token as of a given moment.
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
