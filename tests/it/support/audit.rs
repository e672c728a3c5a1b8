//! Runs the built binary in an environment of its own: nothing of the machine's AWS set-up reaches it.

use std::ffi::OsStr;
use std::io::Read;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A run that takes longer is killed and fails its test.
const LIMIT: Duration = Duration::from_secs(120);

/// Rules whose sections the fake and the emulator have no answers for; they are tested on snapshots.
#[cfg(feature = "aws")]
const UNANSWERED: &str =
    "--skip-rule ecr-change-blocked --skip-rule ecr-images-expired-from-scan --skip-rule inspector-free-trial";

/// The secret key of every run; it must turn up nowhere.
pub(crate) const SECRET: &str = "secret-key-of-the-tests-00000000000000000";

/// A run being prepared.
#[derive(Debug)]
pub(crate) struct Audit {
    command: Command,
    home: TempDir,
}

impl Audit {
    /// The binary with a home directory of its own, no credentials, no region, and nothing else of this process's
    /// environment.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().expect("a temporary directory");
        let mut command = Command::new(env!("CARGO_BIN_EXE_inspector-audit"));
        command
            .env_clear()
            .env("HOME", home.path())
            .env("USERPROFILE", home.path())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .current_dir(home.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // What Windows needs to open a socket.
        if let Some(root) = std::env::var_os("SystemRoot") {
            command.env("SystemRoot", root);
        }
        Self { command, home }
    }

    /// The same, sent to `url` in place of AWS, with the keys of a user of account 111122223333.
    #[cfg(feature = "aws")]
    pub(crate) fn against(url: &str) -> Self {
        let key = super::call::access_key("111122223333");
        Self::new().env("AWS_ENDPOINT_URL", url).env("AWS_ACCESS_KEY_ID", key).env("AWS_SECRET_ACCESS_KEY", SECRET)
    }

    /// Adds a profile with keys of an account to the run's configuration file.
    #[cfg(feature = "aws")]
    pub(crate) fn profile(self, name: &str, account: &str) -> Self {
        let key = super::call::access_key(account);
        let path = self.home.path().join(".aws/config");
        let known = std::fs::read_to_string(path).unwrap_or_default();
        let more = format!("{known}[profile {name}]\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n");
        self.file(".aws/config", more)
    }

    /// Adds an environment variable.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Adds arguments, split at spaces.
    pub(crate) fn args(mut self, arguments: &str) -> Self {
        self.command.args(arguments.split_whitespace());
        self
    }

    /// Makes it a scan, with these options split at spaces.
    #[cfg(feature = "aws")]
    pub(crate) fn scan(self, options: &str) -> Self {
        self.args("scan").args(UNANSWERED).args(options)
    }

    /// Adds one argument as it stands.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Writes a file into the run's directory.
    pub(crate) fn file(self, name: &str, content: impl AsRef<[u8]>) -> Self {
        let path = self.home.path().join(name);
        let parent = path.parent().expect("a file in a directory");
        std::fs::create_dir_all(parent).expect("a directory in the temporary directory");
        std::fs::write(path, content).expect("a file in the temporary directory");
        self
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Run {
        self.finish()
    }

    /// Runs it to its end with a standard output that nobody reads, like the left side of `| head` when head is done.
    pub(crate) fn run_with_closed_stdout(mut self) -> Run {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        self.command.stdout(writer);
        self.finish()
    }

    fn finish(mut self) -> Run {
        let began = Instant::now();
        let mut child = self.command.spawn().expect("the built binary starts");
        let stdout = child.stdout.take().map(read_on_a_thread);
        let stderr = read_on_a_thread(child.stderr.take().expect("stderr is piped"));
        let mut kill = |error| {
            let _ = child.kill();
            panic!("the binary was still running after {LIMIT:?} ({error}): {:?}", self.command);
        };
        // The pipes end with the process, so no waiting in a loop is needed.
        let stderr = stderr.recv_timeout(LIMIT).unwrap_or_else(&mut kill);
        let left = LIMIT.saturating_sub(began.elapsed());
        let stdout = stdout.map_or_else(String::new, |out| out.recv_timeout(left).unwrap_or_else(&mut kill));
        let status = child.wait().expect("the status of a child that has ended");
        Run { status, stdout, stderr, took: began.elapsed(), home: self.home }
    }
}

fn read_on_a_thread(mut pipe: impl Read + Send + 'static) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = pipe.read_to_end(&mut bytes);
        let _ = sender.send(String::from_utf8(bytes).expect("the binary prints UTF-8"));
    });
    receiver
}

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    status: ExitStatus,
    /// Its standard output.
    pub(crate) stdout: String,
    /// Its standard error.
    pub(crate) stderr: String,
    /// How long it took.
    pub(crate) took: Duration,
    home: TempDir,
}

impl Run {
    /// The exit status; a signal is a failure of the test.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {self:#?}"))
    }

    /// Asserts the exit status, and shows everything where it is another.
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(self.code(), code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// The path of a file in the run's directory.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Standard output as JSON.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }

    /// A file of the run's directory as JSON.
    pub(crate) fn json_file(&self, name: &str) -> Value {
        let path = self.path(name);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    /// The report as JSON, with short ways to its parts.
    pub(crate) fn report(&self) -> ReportView {
        ReportView(self.json())
    }
}

/// A report as a script reads it: by the names of its JSON.
#[derive(Debug)]
pub(crate) struct ReportView(pub(crate) Value);

impl ReportView {
    /// The rows of a list.
    pub(crate) fn list(&self, name: &str) -> &[Value] {
        self.0[name].as_array().unwrap_or_else(|| panic!("{name} is a list"))
    }

    /// The gaps that a call left; sections that nobody asked for have none.
    pub(crate) fn all_gaps(&self) -> Vec<&Value> {
        self.list("gaps").iter().filter(|gap| gap["operation"] != "").collect()
    }

    /// The gaps of one section.
    pub(crate) fn gaps(&self, section: &str) -> Vec<&Value> {
        self.all_gaps().into_iter().filter(|gap| gap["section"] == section).collect()
    }

    /// The one gap of a section.
    pub(crate) fn gap(&self, section: &str) -> &Value {
        match self.gaps(section).as_slice() {
            [gap] => gap,
            gaps => panic!("one gap of {section}, not {}: {:#}", gaps.len(), self.0["gaps"]),
        }
    }

    /// The findings of one rule.
    pub(crate) fn findings(&self, rule: &str) -> Vec<&Value> {
        self.list("findings").iter().filter(|finding| finding["rule"] == rule).collect()
    }

    /// The verdict of a rule on a target.
    pub(crate) fn verdict(&self, account: &str, region: &str, rule: &str) -> &str {
        let verdicts: Vec<_> = self
            .list("verdicts")
            .iter()
            .filter(|row| row["account"] == account && row["region"] == region && row["rule"] == rule)
            .collect();
        match verdicts.as_slice() {
            [row] => row["verdict"].as_str().expect("a verdict is text"),
            rows => panic!("one verdict of {rule} on {account} {region}, not {}", rows.len()),
        }
    }

    /// Whether nothing unseen could still be a finding.
    pub(crate) fn complete(&self) -> bool {
        self.0["complete"] == true
    }
}

/// The texts of a JSON list.
pub(crate) fn texts(value: &Value) -> Vec<&str> {
    value.as_array().expect("a list").iter().map(|item| item.as_str().expect("a text")).collect()
}
