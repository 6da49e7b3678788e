//! Key folders, as servers and operators use them.

use crate::samples::{ISSUER, NOW, grant};
use glowband_issue::{
    AccessToken, Algorithm, Grant, IssuerKeys, KeyChange, KeyEncryptionKey, KeyFileProblem, KeyFolder, KeyFolderError,
    KeyState, RotationMode, RotationSchedule, Signer, SigningKey, UnixSeconds,
};
use glowband_verify::{HostVerifier, KeyReader, OwnedPolicy, Preparation};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

const DAY: u64 = 86_400;

/// A folder for one test, which is deleted afterwards.
struct TestFolder(PathBuf);

impl TestFolder {
    fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("keys-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    fn folder(&self) -> KeyFolder {
        KeyFolder::new(&self.0)
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = entries.filter(|path| path.extension().is_some_and(|ending| ending == "jwk")).collect();
        files.sort();
        files
    }

    /// Returns the file of the key with this `kid`.
    fn file_of(&self, kid: &str) -> PathBuf {
        self.0.join(format!("issuer-{kid}.jwk"))
    }
}

impl Drop for TestFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn schedule() -> RotationSchedule {
    RotationSchedule::default()
}

fn after(seconds: u64) -> UnixSeconds {
    UnixSeconds(NOW.0 + seconds)
}

fn kek(byte: u8) -> KeyEncryptionKey {
    KeyEncryptionKey::read(&[byte; 32]).unwrap()
}

fn states(keys: &IssuerKeys, now: UnixSeconds) -> Vec<KeyState> {
    keys.status(now).into_iter().map(|key| key.state).collect()
}

fn active(keys: &IssuerKeys, now: UnixSeconds) -> String {
    keys.signer(now).unwrap().key_id().unwrap().to_owned()
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::PermissionsExt::mode(&fs::metadata(path).unwrap().permissions()) & 0o7777
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn the_first_start_makes_a_folder_and_a_key_that_only_the_owner_can_read() {
    let place = TestFolder::new();
    let (keys, report) = place.folder().start(schedule(), NOW).unwrap();
    let kid = active(&keys, NOW);
    assert_eq!(report.changes, [KeyChange::Announced { kid: kid.clone(), active_from: NOW }]);
    assert_eq!((mode(&place.0), mode(&place.file_of(&kid))), (0o700, 0o600));
    assert_eq!(place.files(), [place.file_of(&kid)]);
    // The second start reads the same key.
    let (again, report) = place.folder().start(schedule(), after(60)).unwrap();
    assert_eq!((active(&again, after(60)), report.changes.len()), (kid, 0));
}

#[tokio::test]
async fn seventy_days_without_a_token_that_is_refused() {
    let place = TestFolder::new();
    let folder = place.folder();
    let (keys, _) = folder.start(schedule(), NOW).unwrap();
    let policy = || OwnedPolicy::issuer(ISSUER).audience("api").leeway(300);
    let own = HostVerifier::new(keys.verifying().clone(), policy());
    let mut copy = keys.jwks(NOW);
    let mut copied_at = NOW;
    let reader = KeyReader::new().prepare(Preparation::never());
    let mut foreign = HostVerifier::new(reader.jwks(copy.json().as_bytes()).unwrap(), policy());
    let mut live = Vec::new();
    let mut signed_by = Vec::new();
    for now in (0..70 * DAY).step_by(3000).map(after) {
        folder.keep_up(&keys, now).unwrap();
        let issued = Grant { issued_at: now, lifetime: Duration::from_secs(3600), ..grant() };
        let signer = keys.signer(now).unwrap();
        live.push(AccessToken::new(issued, "api").sign(&signer).await.unwrap());
        live.retain(|token| now.0 < token.expires_at().0 + 300);
        if signed_by.last().map(String::as_str) != signer.key_id() {
            signed_by.push(signer.key_id().unwrap().to_owned());
        }
        for token in &live {
            assert!(foreign.verify_at(token.as_str().as_bytes(), now).is_ok(), "with a copy of {copied_at:?}");
            assert!(own.verify_at(token.as_str().as_bytes(), now).is_ok());
        }
        // The latest time at which the token is valid.
        if now.0 >= copied_at.0 + copy.max_age().as_secs() {
            (copy, copied_at) = (keys.jwks(now), now);
            foreign = HostVerifier::new(reader.jwks(copy.json().as_bytes()).unwrap(), policy());
        }
    }
    assert_eq!(signed_by.len(), 3, "from day 0, 30 and 60 on");
    assert_eq!(place.files().len(), 1, "the files of gone keys are removed");
}

#[test]
fn processes_that_share_a_folder_rotate_once() {
    let place = TestFolder::new();
    let started: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> =
            (0..8).map(|_| scope.spawn(|| place.folder().start(schedule(), NOW).unwrap().0)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(place.files().len(), 1);
    let later = after(29 * DAY);
    thread::scope(|scope| {
        for keys in &started {
            // Each folder value has its own lock, like a process.
            scope.spawn(|| place.folder().keep_up(keys, later).unwrap());
        }
    });
    assert_eq!(place.files().len(), 2);
    let switch = after(30 * DAY);
    let names: Vec<_> = started.iter().map(|keys| (active(keys, later), active(keys, switch))).collect();
    assert!(names.iter().all(|pair| *pair == names[0] && pair.0 != pair.1), "{names:?}");
}

#[test]
fn changes_of_another_process_are_read() {
    let place = TestFolder::new();
    let folder = place.folder();
    let (keys, _) = folder.start(schedule(), NOW).unwrap();
    let first = active(&keys, NOW);
    assert!(!folder.keep_up(&keys, NOW).unwrap().read, "nothing was changed");
    let report = place.folder().rotate(&schedule(), after(10), RotationMode::Immediate).unwrap();
    let [KeyChange::Announced { kid, .. }] = report.changes.as_slice() else { panic!("{report:?}") };
    assert_eq!(active(&keys, after(20)), first);
    assert!(folder.keep_up(&keys, after(20)).unwrap().read);
    assert_eq!(active(&keys, after(20)), *kid);
    assert_eq!(states(&keys, after(20)), [KeyState::Retiring, KeyState::Active]);
    // The next command announces another key.
    place.folder().rotate(&schedule(), after(30), RotationMode::Announced).unwrap();
    place.folder().rotate(&schedule(), after(31), RotationMode::Announced).unwrap();
    folder.keep_up(&keys, after(40)).unwrap();
    assert_eq!(states(&keys, after(40)), [KeyState::Retiring, KeyState::Active, KeyState::Announced]);
}

#[cfg(unix)]
#[test]
fn a_fixed_permission_is_noticed_and_a_reload_always_reads() {
    use std::os::unix::fs::PermissionsExt;
    let place = TestFolder::new();
    let folder = place.folder();
    let (keys, _) = folder.start(schedule(), NOW).unwrap();
    let first = active(&keys, NOW);
    place.folder().rotate(&schedule(), after(10), RotationMode::Immediate).unwrap();
    let newer = place.files().into_iter().find(|path| *path != place.file_of(&first)).unwrap();
    let permit = |mode| fs::set_permissions(&newer, fs::Permissions::from_mode(mode)).unwrap();
    permit(0o644);
    assert_eq!(folder.keep_up(&keys, after(20)).unwrap().unusable.len(), 1);
    assert_eq!(active(&keys, after(20)), first);
    permit(0o600);
    let report = folder.keep_up(&keys, after(30)).unwrap();
    assert!(report.read && report.unusable.is_empty(), "{report:?}");
    assert_ne!(active(&keys, after(30)), first);
    assert!(!folder.keep_up(&keys, after(40)).unwrap().read, "nothing was changed");
    assert!(folder.reload(&keys, after(40)).unwrap().read);
}

/// As root, the test acts as the operator of a server with another user.
#[cfg(unix)]
#[test]
fn files_written_by_root_belong_to_the_folders_owner() {
    use std::os::unix::fs::{MetadataExt, chown};
    let place = TestFolder::new();
    let folder = place.folder();
    folder.start(schedule(), NOW).unwrap();
    fs::remove_file(place.0.join(".lock")).unwrap();
    if chown(&place.0, Some(65_534), Some(65_533)).is_err() {
        return eprintln!("skipped: only root gives files away");
    }
    for path in place.files() {
        chown(path, Some(65_534), Some(65_533)).unwrap();
    }
    place.folder().rotate(&schedule(), after(10), RotationMode::Immediate).unwrap();
    place.folder().encrypt_with(kek(1)).rewrite().unwrap();
    let entries: Vec<_> = fs::read_dir(&place.0).unwrap().map(|entry| entry.unwrap().metadata().unwrap()).collect();
    assert_eq!(entries.len(), 3, "two keys and the lock");
    assert!(entries.iter().all(|own| (own.uid(), own.gid(), own.mode() & 0o777) == (65_534, 65_533, 0o600)));
}

#[cfg(unix)]
#[test]
fn files_that_others_can_read_are_refused_with_the_command_that_fixes_them() {
    let place = TestFolder::new();
    let (keys, _) = place.folder().start(schedule(), NOW).unwrap();
    let file = place.file_of(&active(&keys, NOW));
    for bad in [0o640, 0o604, 0o660, 0o644] {
        set_mode(&file, bad);
        let error = place.folder().start(schedule(), NOW).unwrap_err().to_string();
        assert!(error.contains(&format!("chmod 600 {}", file.display())), "{error}");
        assert!(error.contains(&format!("mode {bad:04o}")), "{error}");
        assert_eq!(place.files().len(), 1, "no new key is made");
    }
    set_mode(&file, 0o400);
    assert!(place.folder().start(schedule(), NOW).is_ok());
    // Users who can create files in the folder can add keys.
    set_mode(&place.0, 0o770);
    let error = place.folder().start(schedule(), NOW).unwrap_err();
    assert!(matches!(error, KeyFolderError::FolderTooOpen { mode: 0o770, .. }), "{error:?}");
    assert!(error.to_string().contains("chmod 700"), "{error}");
}

#[test]
fn a_damaged_file_is_reported_and_the_other_keys_stay_in_use() {
    let place = TestFolder::new();
    let folder = place.folder();
    let (keys, _) = folder.start(schedule(), NOW).unwrap();
    let first = active(&keys, NOW);
    folder.rotate(&schedule(), after(10), RotationMode::Immediate).unwrap();
    folder.keep_up(&keys, after(20)).unwrap();
    let second = active(&keys, after(20));
    let good = fs::read(place.file_of(&second)).unwrap();
    let text = String::from_utf8(good.clone()).unwrap();
    for (damaged, words) in [
        (good[..good.len() / 2].to_vec(), "57 jwk_malformed"),
        (Vec::new(), "neither a JWK nor an encrypted JWK"),
        (vec![b' '; 70_000], "longer than any key"),
        (b"\xff\xfe".to_vec(), "neither a JWK nor an encrypted JWK"),
        (b"a.b.c.d.e".to_vec(), "no key-encryption key is given"),
        (text.replace("rotation", "rotten").into_bytes(), "no valid member rotation"),
        (text.replace("\"active_from\":1", "\"active_from\":\"1\"").into_bytes(), "57 jwk_malformed"),
        (text.replace("\"active_from\":1", "\"active_from\":-1").into_bytes(), "no valid member rotation"),
        (text.replace("\"kid\"", "\"kit\"").into_bytes(), "no kid"),
        (fs::read(place.file_of(&first)).unwrap(), "the kid is also used by"),
    ] {
        fs::write(place.file_of(&second), damaged).unwrap();
        let (fresh, report) = place.folder().start(schedule(), after(20)).unwrap();
        assert_eq!(report.unusable.len(), 1);
        let shown = report.unusable[0].to_string();
        let named = shown.contains(&first) || shown.contains(&second);
        assert!(shown.contains(words) && named, "{shown}");
        assert_eq!(active(&fresh, after(20)), first, "the other key is active again");
        assert!(text.split('"').filter(|part| part.len() == 43).all(|part| part == second || !shown.contains(part)));
    }
    fs::write(place.file_of(&second), good).unwrap();
    // A running process keeps its keys.
    fs::write(place.file_of(&first), "x").unwrap();
    fs::write(place.file_of(&second), "x").unwrap();
    assert_eq!(folder.keep_up(&keys, after(30)).unwrap().unusable.len(), 2);
    assert_eq!(active(&keys, after(30)), second);
    assert!(
        matches!(place.folder().start(schedule(), after(30)), Err(KeyFolderError::NoUsableKey(files)) if files.len() == 2)
    );
}

#[test]
fn a_running_issuer_keeps_its_keys_if_all_files_vanish() {
    let place = TestFolder::new();
    let folder = place.folder();
    let (keys, _) = folder.start(schedule(), NOW).unwrap();
    let kid = active(&keys, NOW);
    fs::remove_dir_all(&place.0).unwrap();
    for _ in 0..2 {
        let error = folder.keep_up(&keys, after(60)).unwrap_err();
        assert!(matches!(error, KeyFolderError::Emptied { .. }), "{error}");
    }
    assert_eq!(active(&keys, after(60)), kid);
    assert!(!place.0.exists());
}

#[test]
fn encrypted_files_disclose_nothing_and_need_their_key() {
    let place = TestFolder::new();
    let (keys, _) = place.folder().encrypt_with(kek(1)).start(schedule(), NOW).unwrap();
    let kid = active(&keys, NOW);
    let text = fs::read_to_string(place.file_of(&kid)).unwrap();
    assert_eq!(text.trim().split('.').count(), 5);
    assert!(!text.contains("kty") && !text.contains(&kid));
    let (again, _) = place.folder().encrypt_with(kek(1)).start(schedule(), NOW).unwrap();
    assert_eq!(active(&again, NOW), kid);
    for (folder, words) in [
        (place.folder().encrypt_with(kek(2)), "a key-encryption key that is not configured"),
        (place.folder(), "no key-encryption key is given"),
    ] {
        let error = folder.start(schedule(), NOW).unwrap_err().to_string();
        assert!(error.contains(words) && error.contains(&kid), "{error}");
        assert_eq!(place.files().len(), 1, "no new key is made");
    }
    // The announced key is encrypted too.
    place.folder().encrypt_with(kek(1)).rotate(&schedule(), after(10), RotationMode::Announced).unwrap();
    assert!(place.files().iter().all(|file| fs::read(file).unwrap().starts_with(b"eyJ")));
    let changed = text.replacen(|c: char| c == text.as_bytes()[text.len() - 4] as char, "_", 1);
    fs::write(place.file_of(&kid), changed).unwrap();
    let (_, unusable) = place.folder().encrypt_with(kek(1)).load().unwrap();
    assert!(matches!(unusable[0].problem, KeyFileProblem::DoesNotDecrypt | KeyFileProblem::OtherKey), "{unusable:?}");
}

#[test]
fn rewrite_encrypts_decrypts_and_changes_the_key() {
    let place = TestFolder::new();
    let (keys, _) = place.folder().start(schedule(), NOW).unwrap();
    place.folder().rotate(&schedule(), NOW, RotationMode::Announced).unwrap();
    let before = states(&place.folder().start(schedule(), NOW).unwrap().0, NOW);
    let same = |folder: KeyFolder| {
        let (read, report) = folder.start(schedule(), NOW).unwrap();
        assert!(report.unusable.is_empty() && report.changes.is_empty());
        assert_eq!((active(&read, NOW), states(&read, NOW)), (active(&keys, NOW), before.clone()));
    };
    assert_eq!(place.folder().encrypt_with(kek(1)).rewrite().unwrap(), 2);
    assert_eq!(place.folder().encrypt_with(kek(1)).rewrite().unwrap(), 0);
    same(place.folder().encrypt_with(kek(1)));
    assert_eq!(place.folder().encrypt_with(kek(2)).decrypt_with(kek(1)).rewrite().unwrap(), 2);
    same(place.folder().encrypt_with(kek(2)));
    assert!(place.folder().encrypt_with(kek(1)).rewrite().is_err());
    assert_eq!(place.folder().decrypt_with(kek(2)).rewrite().unwrap(), 2);
    same(place.folder());
    assert!(place.files().iter().all(|file| fs::read(file).unwrap().starts_with(b"{")));
}

#[test]
fn keys_of_every_algorithm_can_be_stored() {
    for algorithm in [Algorithm::Hs256, Algorithm::Es384, Algorithm::EdDsa] {
        let place = TestFolder::new();
        let (keys, _) = place.folder().algorithm(algorithm).start(schedule(), NOW).unwrap();
        assert_eq!(keys.signer(NOW).unwrap().algorithm(), algorithm);
        let (again, _) = place.folder().start(schedule(), NOW).unwrap();
        assert_eq!(again.signer(NOW).unwrap().algorithm(), algorithm);
        assert_eq!(again.verifying().snapshot().keys().len(), 1);
        assert_eq!(keys.jwks(NOW).json().contains("kty"), algorithm != Algorithm::Hs256);
    }
}

#[test]
fn other_files_are_not_touched() {
    let place = TestFolder::new();
    place.folder().start(schedule(), NOW).unwrap();
    for name in ["README", ".hidden.jwk", "key.pem", ".issuer-x.jwk.tmp"] {
        fs::write(place.0.join(name), "x").unwrap();
    }
    fs::create_dir(place.0.join("folder.jwk")).unwrap();
    let (keys, unusable) = place.folder().load().unwrap();
    assert_eq!((keys.len(), unusable.len()), (1, 1), "{unusable:?}");
    place.folder().rotate(&schedule(), NOW, RotationMode::Announced).unwrap();
    // An unfinished file of a process that has ended.
    assert!(!place.0.join(".issuer-x.jwk.tmp").exists());
    assert!(place.0.join(".hidden.jwk").exists() && place.0.join("key.pem").exists());
}

#[test]
fn a_lock_that_is_never_released_is_an_error() {
    let place = TestFolder::new();
    place.folder().start(schedule(), NOW).unwrap();
    let lock = fs::File::open(place.0.join(".lock")).unwrap();
    lock.lock().unwrap();
    let short_timeout = place.folder().lock_timeout(Duration::from_millis(100));
    let error = short_timeout.rotate(&schedule(), NOW, RotationMode::Announced).unwrap_err();
    assert!(matches!(error, KeyFolderError::Locked { .. }), "{error}");
    // Reading needs no lock, and neither does a start without changes.
    assert!(place.folder().start(schedule(), NOW).is_ok());
    drop(lock);
    assert_eq!(place.folder().rotate(&schedule(), NOW, RotationMode::Announced).unwrap().changes.len(), 1);
}

#[test]
fn the_command_line_accepts_key_files_of_the_folder() {
    let place = TestFolder::new();
    place.folder().start(schedule(), NOW).unwrap();
    let text = fs::read(&place.files()[0]).unwrap();
    assert!(KeyReader::new().parse(&text).is_ok());
    assert!(glowband_issue::SigningKeyReader::new().parse(&text).is_ok());
    let _: fn(Algorithm, Option<&str>) -> _ = SigningKey::generate;
}
