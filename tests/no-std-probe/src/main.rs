//! The smallest image that verifies: no operating system, no allocator, no runtime.
//! It is linked and looked into, not run; the firmware example is what runs.

#![no_std]
#![no_main]

use core::hint::black_box;
use core::panic::PanicInfo;

use glowband_core::{Es256Key, Hs256Key, KeySource, Policy, Refusal, UnixSeconds, Verifier};

/// What a door would do: prepare a key, read a token, decide.
// SAFETY: nothing else in this image has the name, and no code calls the linker's entry point.
#[unsafe(no_mangle)]
pub extern "C" fn _start() -> ! {
    let _ = black_box(door(black_box(&[0; 65]), black_box(&[0; 32]), black_box(b"a.b.c")));
    halt()
}

#[inline(never)]
fn door(point: &[u8], secret: &[u8], token: &[u8]) -> Result<(), Refusal> {
    opens(&Es256Key::from_sec1(point)?, token)?;
    opens(&Hs256Key::new(secret)?, token)
}

#[inline(never)]
fn opens<K: KeySource>(key: &K, token: &[u8]) -> Result<(), Refusal> {
    let policy = Policy::issuer("https://id.example").audience("door-42").leeway(30);
    let mut scratch = [0_u8; 512];
    let verified = Verifier::new(key, &policy).verify(token, UnixSeconds(1_700_000_000), &mut scratch)?;
    black_box(&verified);
    Ok(())
}

fn halt() -> ! {
    loop {
        core::hint::spin_loop();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    halt()
}
