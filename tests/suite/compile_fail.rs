//! What the types forbid does not compile, and the compiler says why.
//!
//! `TRYBUILD=overwrite cargo test -p glowband-tests --test suite -- compile_fail::` writes the expected messages anew;
//! read them before they are kept: the reason must be the one that the case is about.

#[test]
fn misuse_does_not_compile() {
    let cases = trybuild::TestCases::new();
    // The same words, used as they are meant: a failure of the others is then not for want of a name.
    cases.pass("compile-fail/meant-use.rs");
    cases.compile_fail("compile-fail/refused/*.rs");
}
