//! A cluster: its folder, its port, its start and its end.

use crate::account::{self, Account};
use crate::programs::Programs;
use std::fs;
use std::io::Read;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

const USER: &str = "glowband";

pub(crate) struct Cluster {
    programs: Programs,
    account: Option<Account>,
    folder: PathBuf,
    port: u16,
    password: String,
}

/// A new folder that belongs to the account that will run PostgreSQL.
pub(crate) fn folder() -> Result<PathBuf, String> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = std::env::temp_dir().join(format!("glowband-postgres-{}-{number}", std::process::id()));
    let made = fs::DirBuilder::new().mode(0o700).create(&folder);
    made.map_err(|error| format!("cannot create {}: {error}", folder.display()))?;
    account::give(account::other()?, &folder)?;
    Ok(folder)
}

impl Cluster {
    pub(crate) fn create(programs: Programs, folder: PathBuf, settings: &[&str]) -> Result<Self, String> {
        let (account, password) = (account::owner(&folder)?, random_password()?);
        let cluster = Self { programs, account, folder, port: free_port()?, password };
        let password_file = cluster.folder.join("password");
        cluster.write(&password_file, &cluster.password)?;
        let mut initdb = cluster.command("initdb");
        initdb.args(["--username", USER, "--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C"]);
        initdb.arg("--no-sync").arg("--pwfile").arg(&password_file).arg("--pgdata").arg(cluster.data());
        run(initdb)?;
        let log = cluster.folder.join("log");
        cluster.write(&log, "")?;
        let mut lines = String::new();
        for setting in [
            "listen_addresses='127.0.0.1'",
            "max_connections=200",
            "shared_buffers=64MB",
            "timezone='UTC'",
            // Starts and stops often, and is asked much at once.
            "max_wal_size=2GB",
        ] {
            lines += &format!("{setting}\n");
        }
        settings.iter().for_each(|setting| lines += &format!("{setting}\n"));
        lines += &format!("port={}\nunix_socket_directories='{}'\n", cluster.port, cluster.folder.display());
        let configuration = cluster.data().join("postgresql.conf");
        let default =
            fs::read_to_string(&configuration).map_err(|error| format!("cannot read its settings: {error}"))?;
        fs::write(&configuration, default + &lines).map_err(|error| format!("cannot write its settings: {error}"))?;
        Ok(cluster)
    }

    /// Copies a running cluster into `folder` as a standby that follows it on a port of its own. It is not started yet.
    pub(crate) fn standby_of(primary: &Self, programs: Programs, folder: PathBuf) -> Result<Self, String> {
        let (account, password) = (account::owner(&folder)?, primary.password.clone());
        let cluster = Self { programs, account, folder, port: free_port()?, password };
        let mut copy = cluster.command("pg_basebackup");
        copy.args(["--host", "127.0.0.1", "--port", &primary.port.to_string(), "--username", USER, "--no-password"]);
        copy.args(["--write-recovery-conf", "--checkpoint", "fast", "--wal-method", "stream", "--no-sync"]);
        copy.arg("--pgdata").arg(cluster.data()).env("PGPASSWORD", &cluster.password);
        run(copy)?;
        cluster.write(&cluster.folder.join("log"), "")?;
        // The copy has the settings of the first one; of two lines for one setting the last one counts.
        let configuration = cluster.data().join("postgresql.conf");
        let failed = |error: std::io::Error| format!("cannot change the settings of the standby: {error}");
        let mut text = fs::read_to_string(&configuration).map_err(failed)?;
        text += &format!("port={}\nunix_socket_directories='{}'\n", cluster.port, cluster.folder.display());
        fs::write(&configuration, text).map_err(failed)?;
        Ok(cluster)
    }

    /// Makes a standby a primary.
    pub(crate) fn promote(&self) -> Result<(), String> {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("promote").arg("--pgdata").arg(self.data()).args(["--silent", "--wait", "--timeout", "60"]);
        run(pg_ctl)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn start(&self) -> Result<(), String> {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("start").arg("--pgdata").arg(self.data()).arg("--log").arg(self.folder.join("log"));
        pg_ctl.args(["--silent", "--wait", "--timeout", "60"]);
        run(pg_ctl).map_err(|error| {
            let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
            format!("{error}\n{log}")
        })
    }

    pub(crate) fn stop(&self, mode: &str) -> Result<(), String> {
        let mut pg_ctl = self.command("pg_ctl");
        pg_ctl.arg("stop").arg("--pgdata").arg(self.data()).args(["--mode", mode]);
        pg_ctl.args(["--silent", "--wait", "--timeout", "60"]);
        run(pg_ctl)
    }

    pub(crate) fn create_database(&self, name: &str) -> Result<(), String> {
        let mut createdb = self.command("createdb");
        createdb.args(["--host", "127.0.0.1", "--port", &self.port.to_string(), "--username", USER]);
        createdb.arg("--no-password").arg(name).env("PGPASSWORD", &self.password);
        run(createdb)
    }

    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://{USER}:{}@127.0.0.1:{}/{database}", self.password, self.port)
    }

    /// The process that the others are children of.
    pub(crate) fn process(&self) -> Result<i32, String> {
        let file = fs::read_to_string(self.data().join("postmaster.pid"));
        let first = file.ok().and_then(|text| text.lines().next()?.trim().parse().ok());
        first.ok_or_else(|| "PostgreSQL does not run".to_owned())
    }

    pub(crate) fn remove(&self) {
        let _ = fs::remove_dir_all(&self.folder);
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn command(&self, program: &str) -> Command {
        account::command(self.account, &self.programs.path(program))
    }

    /// A file that only the account can read, and that it owns.
    fn write(&self, path: &Path, text: &str) -> Result<(), String> {
        fs::write(path, text)
            .and_then(|()| fs::set_permissions(path, fs::Permissions::from_mode(0o600)))
            .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
        account::give(self.account, path)
    }
}

/// The outputs go to files: a pipe would be held open by what the program leaves running.
fn run(mut command: Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failed = |error: &dyn std::fmt::Display| format!("{name} failed: {error}");
    let (mut said, heard) = scratch().map_err(|error| failed(&error))?;
    let also_heard = heard.try_clone().map_err(|error| failed(&error))?;
    let status =
        command.stdin(Stdio::null()).stdout(heard).stderr(also_heard).status().map_err(|error| failed(&error))?;
    if status.success() {
        return Ok(());
    }
    let mut text = String::new();
    let _ = said.read_to_string(&mut text);
    Err(failed(&text.trim()))
}

/// A file without a name, for reading and for writing.
fn scratch() -> std::io::Result<(fs::File, fs::File)> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("glowband-postgres-{}-{number}.said", std::process::id()));
    let heard = fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
    let said = fs::File::open(&path)?;
    fs::remove_file(&path)?;
    Ok((said, heard))
}

fn free_port() -> Result<u16, String> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|listener| listener.local_addr());
    listener.map(|address| address.port()).map_err(|error| format!("there is no free port: {error}"))
}

/// Others on this machine can reach the port.
fn random_password() -> Result<String, String> {
    let mut bytes = [0; 16];
    fs::File::open("/dev/urandom")
        .and_then(|mut file| file.read_exact(&mut bytes))
        .map_err(|error| format!("cannot read /dev/urandom: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
