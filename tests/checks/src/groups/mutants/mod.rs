//! Changes to the core that its tests should notice: cargo-mutants makes them, one at a time, in a copy of the tree.
//!
//! | file | knows |
//! |---|---|
//! | `trial.rs` | one source file with its mutants, and whether it has been tried as it is |
//! | `survivors.rs` | the committed list of what no test notices, each line with its reason |

mod survivors;
mod trial;

use super::tree_copy;
use crate::needs::Need;
use crate::run::Run;
use survivors::Survivors;
use trial::Outcomes;

const TOOL: &str = "cargo-mutants";
const VERSION: &str = "27.1.0";
pub(crate) const NEED: Need = Need::CargoTool { name: TOOL, version: VERSION };

const SURVIVORS: &str = "tests/mutants/survivors.txt";

pub(crate) fn check(run: &mut Run<'_>) {
    let copy = run.workspace.keep("mutants/tree");
    let ready = tree_copy::renew(run, &copy, &["."]).and_then(|()| {
        let path = run.workspace.root.join(SURVIVORS);
        let text =
            std::fs::read_to_string(&path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        Ok((trial::wished(run)?, Survivors::read(&text)?))
    });
    let (trials, known) = match ready {
        Ok(ready) => ready,
        Err(error) => {
            run.finding("what is to be tried", Err(vec![error]));
            return;
        }
    };
    let mut sum = Outcomes::default();
    for trial in &trials {
        let Some(outcomes) = trial.outcomes(run, &copy) else { return };
        run.console.remark(&format!("{}: {outcomes}", trial.file));
        sum += outcomes;
    }
    let tried: Vec<&str> = trials.iter().map(|trial| trial.file.as_str()).collect();
    run.console.remark(&format!("{sum}; score {}", sum.score()));
    run.finding("no survivor but those of tests/mutants/survivors.txt", known.compare(&sum.missed, &tried));
}
