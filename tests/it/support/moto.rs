//! moto: an emulator of AWS that shares no code with this project.
//!
//! The first run makes a virtual environment under `target/` and installs the pinned packages of
//! `fixtures/moto/requirements.txt`. One server per test process, on a free port; it ends when the process does,
//! because it lives only as long as its standard input.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::Value;

/// Set to leave these tests out.
pub(crate) const SKIP: &str = "INSPECTOR_AUDIT_SKIP_MOTO";

/// A running, seeded server.
#[derive(Debug)]
pub(crate) struct Moto {
    /// For `AWS_ENDPOINT_URL`.
    pub(crate) url: String,
    /// What is there, by `<account>/<region>` and section.
    pub(crate) expected: Value,
    /// Holds the server's standard input open.
    _server: Child,
}

/// The server of this process, started and seeded by the first test that asks; `None` where [`SKIP`] is set.
pub(crate) fn moto() -> Option<&'static Moto> {
    static MOTO: OnceLock<Moto> = OnceLock::new();
    if std::env::var_os(SKIP).is_some() {
        return None;
    }
    Some(MOTO.get_or_init(start))
}

fn start() -> Moto {
    let python = virtual_environment();
    let mut server = script(&python, "serve.py")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the server starts");
    let mut port = String::new();
    let stdout = server.stdout.take().expect("stdout is piped");
    BufReader::new(stdout).read_line(&mut port).expect("the server prints its port");
    let url = format!("http://127.0.0.1:{}", port.trim());
    let seeded = script(&python, "seed.py").arg(&url).output().expect("the seeding script starts");
    let expected = serde_json::from_str(&checked(&seeded, "seeding moto")).expect("the seeding script prints JSON");
    Moto { url, expected, _server: server }
}

/// What stands in an account of the server where the samples under `.github/deploy` were rolled out.
pub(crate) fn deployed(moto: &Moto) -> Value {
    let samples = Path::new(env!("CARGO_MANIFEST_DIR")).join(".github/deploy");
    let made = script(&virtual_environment(), "deploy.py").arg(&moto.url).arg(samples).output();
    let said = checked(&made.expect("the script starts"), "rolling out the samples in moto");
    serde_json::from_str(&said).expect("the script prints JSON")
}

/// A script of `fixtures/moto`, free of the machine's AWS settings and proxies.
fn script(python: &Path, name: &str) -> Command {
    let folder = fixtures();
    let mut command = Command::new(python);
    for (name, _) in std::env::vars_os() {
        if name.to_string_lossy().starts_with("AWS_") {
            command.env_remove(&name);
        }
    }
    command
        .arg(folder.join(name))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("AWS_CONFIG_FILE", folder.join("no-such-file"))
        .env("AWS_SHARED_CREDENTIALS_FILE", folder.join("no-such-file"))
        .env("NO_PROXY", "127.0.0.1")
        .env("no_proxy", "127.0.0.1");
    command
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/moto")
}

/// The interpreter of `target/moto-venv`, installed if it is not there or is of other requirements.
pub(crate) fn virtual_environment() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("target/tmp lies in target");
    let home = target.join("moto-venv");
    let python = home.join("bin/python");
    let requirements = fixtures().join("requirements.txt");
    let wanted = fs::read_to_string(&requirements).expect("readable requirements");
    // Two test processes must not install into one directory; the lock goes with the file.
    let lock = File::create(target.join("moto-venv.lock")).expect("a lock file");
    lock.lock().expect("the lock");
    let mark = home.join("installed.txt");
    if fs::read_to_string(&mark).is_ok_and(|installed| installed == wanted) {
        return python;
    }
    let system = system_python();
    let made = Command::new(system).args(["-m", "venv", "--clear"]).arg(&home).output().expect("python starts");
    checked(&made, "making a virtual environment");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]).arg(requirements);
    checked(&pip.output().expect("pip starts"), "installing moto");
    fs::write(mark, wanted).expect("the mark of a finished installation");
    python
}

/// A Python 3 of the machine.
fn system_python() -> &'static str {
    ["python3", "python"]
        .into_iter()
        .find(|name| {
            let version = Command::new(name).arg("--version").output();
            version.is_ok_and(|version| String::from_utf8_lossy(&version.stdout).starts_with("Python 3"))
        })
        .unwrap_or_else(|| panic!("no Python 3 was found; {}", leave_out()))
}

fn leave_out() -> String {
    format!("install Python 3.10 or newer with its venv module, or set {SKIP}=1 to leave the emulator tests out")
}

/// Standard output of a command that must not fail.
fn checked(output: &Output, what: &str) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (stdout, stderr) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{what} failed ({}); {}\n{stdout}{stderr}", output.status, leave_out());
    stdout
}
