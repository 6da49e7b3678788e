//! How deep the stack was: it is painted, used, and looked at.

const PAINT: u8 = 0xA5;
/// As much as is painted; more than any path takes.
const DEPTH: usize = 24 * 1024;
/// What the measuring itself may have in use below the frame that calls it.
const OWN: usize = 128;

/// Bytes of stack that `path` used, beyond its caller's.
#[inline(never)]
pub fn used_by(path: fn()) -> usize {
    let top = stack_pointer() - OWN;
    paint(top);
    path();
    let left = unpainted(top);
    OWN + top.saturating_sub(left)
}

fn stack_pointer() -> usize {
    let here = 0_u8;
    core::ptr::from_ref(core::hint::black_box(&here)).addr()
}

#[expect(unsafe_code, reason = "the free stack has no Rust name")]
#[inline(never)]
fn paint(top: usize) {
    let mut at = top - DEPTH;
    while at < top {
        // SAFETY: RAM below every frame in use, far above the statics: the stack has over 64 KB here and no interrupt
        // is enabled.
        unsafe { core::ptr::with_exposed_provenance_mut::<u8>(at).write_volatile(PAINT) };
        at += 1;
    }
}

/// The lowest address that was written since.
#[expect(unsafe_code, reason = "the free stack has no Rust name")]
#[inline(never)]
fn unpainted(top: usize) -> usize {
    let mut at = top - DEPTH;
    // SAFETY: as above; the bytes were written by `paint`.
    while at < top && unsafe { core::ptr::with_exposed_provenance::<u8>(at).read_volatile() } == PAINT {
        at += 1;
    }
    at
}
