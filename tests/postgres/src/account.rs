//! Who PostgreSQL runs as.

use std::fs;
use std::os::unix::fs::{MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

/// A user and a group.
#[derive(Clone, Copy)]
pub(crate) struct Account {
    user: u32,
    group: u32,
}

/// Another account than ours, if we are root.
pub(crate) fn other() -> Result<Option<Account>, String> {
    if !rustix::process::geteuid().is_root() {
        return Ok(None);
    }
    let users = fs::read_to_string("/etc/passwd").map_err(|error| format!("cannot read /etc/passwd: {error}"))?;
    let account = ["postgres", "nobody"].iter().find_map(|name| find(&users, name));
    account.map(Some).ok_or_else(|| {
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as".to_owned()
    })
}

fn find(users: &str, name: &str) -> Option<Account> {
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == name).then_some(())?;
        let (user, group) = (fields.nth(1)?.parse().ok()?, fields.next()?.parse().ok()?);
        Some(Account { user, group })
    })
}

/// A program that runs as the account, if there is one, and knows nothing of where and how we were started.
pub(crate) fn command(account: Option<Account>, program: &Path) -> Command {
    let mut command = Command::new(program);
    // Our own folder may be closed to the account.
    command.current_dir("/").env("LC_ALL", "C");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(|name| name.starts_with("PG"))) {
        command.env_remove(name);
    }
    if let Some(Account { user, group }) = account {
        command.uid(user).gid(group);
    }
    command
}

/// Gives a file or folder to the account.
pub(crate) fn give(account: Option<Account>, path: &Path) -> Result<(), String> {
    let Some(Account { user, group }) = account else { return Ok(()) };
    chown(path, Some(user), Some(group)).map_err(|error| format!("cannot give {} away: {error}", path.display()))
}

/// The account that owns a folder, if it is not ours.
pub(crate) fn owner(folder: &Path) -> Result<Option<Account>, String> {
    let metadata = fs::metadata(folder).map_err(|error| format!("cannot look at {}: {error}", folder.display()))?;
    let foreign = metadata.uid() != rustix::process::geteuid().as_raw();
    Ok(foreign.then_some(Account { user: metadata.uid(), group: metadata.gid() }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_found_by_its_whole_name() {
        let users = "root:x:0:0:root:/root:/bin/sh\nxpostgres:x:7:8::/:\npostgres:x:107:115:,,,:/var/lib:/bin/bash\n";
        let account = find(users, "postgres").unwrap();
        assert_eq!((account.user, account.group), (107, 115));
        assert!(find(users, "nobody").is_none());
    }
}
