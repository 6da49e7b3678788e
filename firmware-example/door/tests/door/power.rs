//! Power that goes at any step of a write: the old ring or the new one, never a third.

use crate::flash::{Done, SharedFlash};
use crate::signer::{NOW, Signer};
use crate::stage::Stage;

/// Enough for every page to be erased more than once.
const UPDATES: u32 = 150;

/// A story of many updates; gives the last version that the door said it had, and the one that it was asked for.
fn story(flash: &SharedFlash, owner: &Signer) -> (u32, u32) {
    let mut stage = Stage::started(flash.clone());
    let issuer = |version: u32| Signer::hs256("a", u8::try_from(version % 251).expect("a byte") + 1);
    if stage.ask(&owner.provision(&[&issuer(1)], "")) != "PROVISIONED door=door-42" {
        return (0, 1);
    }
    let padding = Signer::hs256("a-name-that-makes-the-record-longer-than-that", 255);
    for version in 2..=UPDATES {
        let answer = stage.ask(&owner.key_update(version, &[&issuer(version), &padding], ""));
        if answer != format!("KEYS version={version} keys=2") {
            assert_eq!(answer, "DENY 207 store_failed");
            return (version - 1, version);
        }
    }
    (UPDATES, UPDATES)
}

#[test]
fn power_loss_at_every_step_leaves_the_old_ring_or_the_new() {
    let owner = Signer::hs256("owner", 254);
    let whole = SharedFlash::new();
    assert_eq!(story(&whole, &owner), (UPDATES, UPDATES));
    let steps = whole.steps();
    assert!(steps > 200, "{steps}");
    let (mut old, mut new) = (0, 0);
    let ways = [Done::Nothing, Done::Half, Done::All];
    for (step, done) in (1..=steps).flat_map(|step| ways.map(|done| (step, done))) {
        let flash = SharedFlash::new();
        flash.fail_at(step, done);
        let (said, asked) = story(&flash, &owner);
        flash.power_on();
        let mut stage = Stage::started(flash);
        let status = stage.ask("STATUS");
        let found = (said..=asked).find(|version| {
            let door = if *version == 0 { "-" } else { "door-42" };
            status == format!("STATUS door={door} keys={version} denylist=0 time=unknown")
        });
        let found = found.unwrap_or_else(|| panic!("step {step} {done:?}: {status}, not {said} or {asked}"));
        if found == said {
            old += 1
        } else {
            new += 1
        }
        if found == 0 {
            continue;
        }
        // The ring that is there is whole, and the next update is taken.
        let issuer = Signer::hs256("a", u8::try_from(found).expect("a byte") + 1);
        owner.set_clock(&mut stage, NOW);
        assert!(stage.ask(&issuer.opens("alice", "")).starts_with("OPEN "), "step {step} {done:?}");
        stage.wait(4000);
        assert_eq!(stage.ask(&owner.key_update(1000, &[], "")), "KEYS version=1000 keys=0", "step {step} {done:?}");
        assert!(stage.reset().ask("STATUS").contains("keys=1000"), "step {step} {done:?}");
    }
    assert!(old > 0 && new > 0);
    println!("power lost before, in and after each of {steps} steps: {old} times the old ring, {new} times the new");
}

#[test]
fn a_door_whose_flash_holds_foreign_data_never_opens_and_accepts_no_owner() {
    let (owner, issuer) = (Signer::hs256("owner", 1), Signer::hs256("a", 2));
    let flash = SharedFlash::new();
    flash.spoil(0x5A);
    let mut stage = Stage::started(flash);
    let answers = [stage.ask(&owner.provision(&[&issuer], "")), stage.ask(&issuer.opens("alice", ""))];
    assert_eq!(answers, ["DENY 207 store_failed", "DENY 207 store_failed"]);
    assert_eq!(stage.ask("NONCE"), "DENY 207 store_failed");
}
