//! A crash at any step, of the process or of the machine, leaves the old state or the new one.

use super::disk::{Disk, RealDisk, write_atomically};
use super::*;
use crate::rotation::KeyPlan;
use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::sync::atomic::{AtomicUsize, Ordering};

const NOW: UnixSeconds = UnixSeconds(1_700_000_000);

/// The real disk, which fails after a number of steps, as if the process had ended. A write can stop half way.
struct StoppingDisk {
    steps: AtomicUsize,
}

impl StoppingDisk {
    fn step(&self, doing: impl FnOnce() -> io::Result<()>) -> io::Result<()> {
        let left = self.steps.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        left.map_err(|_| io::Error::other("stopped"))?;
        doing()
    }
}

impl Disk for StoppingDisk {
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.step(|| RealDisk.write_new(path, &bytes[..bytes.len() / 2]))?;
        self.step(|| fs::write(path, bytes))
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.sync_file(path))
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.step(|| RealDisk.rename(from, to))
    }

    fn sync_folder(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.sync_folder(path))
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.step(|| RealDisk.remove(path))
    }
}

/// A folder that is deleted after the test.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("glowband-crash-{}-{name}", std::process::id())))
    }

    fn folder(&self) -> KeyFolder {
        KeyFolder::new(&self.0)
    }

    fn plans(&self) -> Vec<KeyPlan> {
        let (keys, unusable) = self.folder().load().unwrap();
        assert!(unusable.is_empty(), "{unusable:?}");
        let mut plans: Vec<_> = keys.iter().map(IssuerKey::plan).collect();
        plans.sort_by_key(|plan| plan.active_from);
        plans
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Stops `doing` after each number of steps and checks the folder: every plan is an old or a new one. Doing it again
/// must then lead to the same result as without a crash.
fn stopped_anywhere(
    name: &str,
    prepare: impl Fn(&KeyFolder),
    doing: impl Fn(&KeyFolder) -> Result<(), KeyFolderError>,
) {
    let undisturbed = Place::new(&format!("{name}-whole"));
    prepare(&undisturbed.folder());
    let before = undisturbed.plans();
    doing(&undisturbed.folder()).unwrap();
    let after = undisturbed.plans();
    assert_ne!(before, after);
    for steps in 0.. {
        let place = Place::new(&format!("{name}-{steps}"));
        prepare(&place.folder());
        let stopping = KeyFolder { disk: Arc::new(StoppingDisk { steps: AtomicUsize::new(steps) }), ..place.folder() };
        let done = doing(&stopping);
        let found = place.plans();
        let known = |plan: &KeyPlan| before.contains(plan) || after.contains(plan);
        assert!(found.iter().all(known), "{steps}: {found:?}");
        assert!(found.len() >= before.len().min(after.len()), "{steps}: {found:?}");
        doing(&place.folder()).unwrap();
        assert_eq!(place.plans(), after, "{steps}");
        let names = fs::read_dir(&place.0).unwrap().map(|entry| entry.unwrap().file_name());
        assert!(names.filter(|name| name.to_string_lossy().ends_with(".tmp")).count() == 0, "{steps}");
        if done.is_ok() {
            assert!(steps >= 2, "there are steps to stop at");
            return;
        }
    }
}

fn start(folder: &KeyFolder, now: UnixSeconds) -> Result<(), KeyFolderError> {
    folder.start(RotationSchedule::default(), now).map(drop)
}

fn at(days: u64) -> UnixSeconds {
    UnixSeconds(NOW.0 + days * 86_400)
}

#[test]
fn a_crash_while_the_first_key_is_made() {
    stopped_anywhere("first", |_| {}, |folder| start(folder, NOW));
}

#[test]
fn a_crash_while_the_next_key_is_announced() {
    stopped_anywhere("next", |folder| start(folder, NOW).unwrap(), |folder| start(folder, at(29)));
}

#[test]
fn a_crash_while_a_plan_is_changed() {
    let longer = RotationSchedule::new(
        Duration::from_secs(40 * 86_400),
        Duration::from_secs(2 * 86_400),
        Duration::from_secs(86_400),
    )
    .unwrap();
    let prepare = |folder: &KeyFolder| {
        start(folder, NOW).unwrap();
        start(folder, at(29)).unwrap();
    };
    stopped_anywhere("plan", prepare, |folder| folder.start(longer, at(29)).map(drop));
}

#[test]
fn a_crash_while_a_key_is_removed() {
    let prepare = |folder: &KeyFolder| {
        start(folder, NOW).unwrap();
        start(folder, at(29)).unwrap();
    };
    stopped_anywhere("removed", prepare, |folder| start(folder, at(31)));
}

#[test]
fn a_crash_while_files_are_encrypted() {
    let place = Place::new("encrypted");
    let kek = || KeyEncryptionKey::read(&[1; 32]).unwrap();
    for steps in 0.. {
        let _ = fs::remove_dir_all(&place.0);
        start(&place.folder(), NOW).unwrap();
        start(&place.folder(), at(29)).unwrap();
        let plans = place.plans();
        let disk = Arc::new(StoppingDisk { steps: AtomicUsize::new(steps) });
        let done = KeyFolder { disk, ..place.folder().encrypt_with(kek()) }.rewrite();
        let (keys, unusable) = place.folder().encrypt_with(kek()).load().unwrap();
        assert!(unusable.is_empty() && keys.len() == plans.len());
        assert!(keys.iter().all(|key| plans.contains(&key.plan())));
        if done.is_ok() {
            assert!(steps >= 10, "two files of five steps");
            return;
        }
    }
}

/// A disk that loses everything that was not synced when the power fails.
#[derive(Default)]
struct ForgetfulDisk(Mutex<Remembered>);

#[derive(Clone, Default)]
struct Remembered {
    /// The content of each file, and whether it was synced.
    files: Vec<(Vec<u8>, bool)>,
    /// Every version of the folder since it was last synced. A power failure can leave any of them.
    folders: Vec<BTreeMap<PathBuf, usize>>,
}

impl ForgetfulDisk {
    fn holding(path: &Path, bytes: &[u8]) -> Self {
        let files = vec![(bytes.to_vec(), true)];
        Self(Mutex::new(Remembered { files, folders: vec![BTreeMap::from([(path.to_path_buf(), 0)])] }))
    }

    /// Returns what the file can contain after a power failure now: its content, or anything (`None`) if it was not
    /// synced.
    fn after_power_loss(&self, path: &Path) -> Vec<Option<Vec<u8>>> {
        let state = self.0.lock().unwrap();
        let files = state.folders.iter().filter_map(|folder| folder.get(path)).map(|file| &state.files[*file]);
        files.map(|(bytes, kept)| kept.then(|| bytes.clone())).collect()
    }

    fn change(&self, changing: impl FnOnce(&mut Remembered, &mut BTreeMap<PathBuf, usize>)) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let mut folder = state.folders.last().cloned().unwrap_or_default();
        changing(&mut state, &mut folder);
        state.folders.push(folder);
        Ok(())
    }
}

impl Disk for ForgetfulDisk {
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.change(|state, folder| {
            state.files.push((bytes.to_vec(), false));
            folder.insert(path.to_path_buf(), state.files.len() - 1);
        })
    }

    fn sync_file(&self, path: &Path) -> io::Result<()> {
        self.change(|state, folder| state.files[folder[path]].1 = true)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.change(|_, folder| {
            let file = folder.remove(from).expect("a file that is there");
            folder.insert(to.to_path_buf(), file);
        })?;
        assert_old_or_new(self, to);
        Ok(())
    }

    fn sync_folder(&self, _: &Path) -> io::Result<()> {
        let mut state = self.0.lock().unwrap();
        let last = state.folders.pop();
        state.folders = last.into_iter().collect();
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        self.change(|_, folder| {
            folder.remove(path);
        })
    }
}

#[track_caller]
fn assert_old_or_new(disk: &ForgetfulDisk, path: &Path) {
    for found in disk.after_power_loss(path) {
        assert!(found.as_deref() == Some(b"old") || found.as_deref() == Some(b"new"), "{found:?}");
    }
}

#[test]
fn a_power_failure_leaves_the_old_or_the_new_content() {
    let path = Path::new("folder/key.jwk");
    let disk = ForgetfulDisk::holding(path, b"old");
    write_atomically(&disk, Path::new("folder"), OsStr::new("key.jwk"), b"new").unwrap();
    assert_eq!(disk.after_power_loss(path), [Some(b"new".to_vec())]);
}
