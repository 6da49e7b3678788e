//! RAM that no start clears, for an emulator: what it held before a reset, it holds afterwards.

use core::ptr::addr_of_mut;
use core::sync::atomic::{AtomicBool, Ordering};
use door::PAGE;

const PAGES: usize = 4;

/// What stands in front of pages that were erased once.
const MARK: [u32; 2] = [0x676C_6F77, 0x646F_6F72];

#[repr(C)]
struct Kept {
    mark: [u32; 2],
    pages: [[u8; PAGE]; PAGES],
}

#[expect(unsafe_code, reason = "a section that the runtime leaves alone")]
// SAFETY: the section holds nothing but this, and cortex-m-rt places it in RAM.
#[unsafe(link_section = ".uninit.kept")]
static mut KEPT: core::mem::MaybeUninit<Kept> = core::mem::MaybeUninit::uninit();

/// The pages, once; and whether they were kept from a start before.
#[expect(unsafe_code, reason = "a static that is not initialised")]
pub(crate) fn take() -> Option<(&'static mut [[u8; PAGE]], bool)> {
    static TAKEN: AtomicBool = AtomicBool::new(false);
    // One core, and only the start of the program comes here.
    if TAKEN.load(Ordering::Relaxed) {
        return None;
    }
    TAKEN.store(true, Ordering::Relaxed);
    // SAFETY: the flag lets one caller through, so this is the only reference. Every value of the memory is a value of
    // the type, integers alone; RAM holds some value after power-on, which the mark tells apart.
    let kept = unsafe { (*addr_of_mut!(KEPT)).assume_init_mut() };
    let known = kept.mark == MARK;
    kept.mark = MARK;
    Some((&mut kept.pages, known))
}
