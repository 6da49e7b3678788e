//! Foreign libraries sign and we verify, and the other way round; and they verify what real issuers make.

use crate::needs::python;
use crate::run::Run;
use crate::step::Step;

pub(crate) fn check(run: &mut Run<'_>) {
    let python = python::interpreter(run.workspace, "interop");
    run.command_line_with(
        "GLOWBAND_INTEROP=1 cargo test --workspace --all-features --test suite -- interop::",
        &[("GLOWBAND_PYTHON", python.display().to_string())],
    );
    let mut page = run.workspace.program(&python);
    page.arg("tests/interop/migrating.py");
    run.step(Step::new("the Python and JavaScript of MIGRATING.md", page));
    let mut field = run.workspace.program(python);
    field.args(["-W", "ignore", "tests/interop/field.py"]);
    run.step(Step::new("the good tokens of tests/field by PyJWT, joserfc, jwcrypto, jose and OpenSSL", field));
}
