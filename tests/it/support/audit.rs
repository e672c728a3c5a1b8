//! Runs the built binary in an environment of its own: nothing of the machine's AWS set-up reaches it.

use std::ffi::OsStr;
use std::io::{Read, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A run that takes longer is killed and fails its test.
const LIMIT: Duration = Duration::from_mins(2);

/// A run being prepared.
#[derive(Debug)]
pub(crate) struct Audit {
    pub(super) command: Command,
    pub(crate) home: TempDir,
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

    /// Adds arguments, split at spaces.
    pub(crate) fn args(mut self, arguments: &str) -> Self {
        self.command.args(arguments.split_whitespace());
        self
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

    /// Runs it in that directory instead of its own.
    pub(crate) fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// What it reads from standard input.
    pub(crate) fn input(mut self, content: impl AsRef<[u8]>) -> Self {
        let mut file = tempfile::tempfile().expect("a temporary file");
        file.write_all(content.as_ref()).and_then(|()| file.rewind()).expect("a temporary file can be written");
        self.command.stdin(file);
        self
    }

    /// Runs it to its end with that as its standard output.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_into(mut self, stdout: impl Into<Stdio>) -> Run {
        self.command.stdout(stdout);
        self.finish()
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

    /// Runs it until `when` returns, then interrupts it as Ctrl-C does.
    #[cfg(all(unix, feature = "aws"))]
    pub(crate) fn interrupt(self, when: impl FnOnce()) -> Run {
        let running = self.start();
        when();
        running.signal("INT");
        running.end()
    }

    /// Runs it from a shell that does this first.
    #[cfg(unix)]
    pub(crate) fn after(mut self, first: &str) -> Self {
        let mut shell = Command::new("/bin/sh");
        shell.arg("-c").arg(format!("{first}; exec \"$0\" \"$@\"")).arg(self.command.get_program());
        shell.args(self.command.get_args()).env_clear();
        shell.envs(self.command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        shell.current_dir(self.home.path()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        self.command = shell;
        self
    }

    /// Runs it in a directory that others use too; its own stays empty.
    #[cfg(unix)]
    pub(crate) fn inside(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Starts it.
    #[cfg(unix)]
    pub(crate) fn start(mut self) -> Running {
        let child = self.command.spawn().expect("the built binary starts");
        Running { audit: self, child }
    }

    fn finish(mut self) -> Run {
        let child = self.command.spawn().expect("the built binary starts");
        self.wait(child)
    }

    fn wait(self, mut child: Child) -> Run {
        let began = Instant::now();
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
        Run { status, stdout, stderr, home: self.home }
    }
}

/// A run that goes on.
#[cfg(unix)]
#[derive(Debug)]
pub(crate) struct Running {
    audit: Audit,
    child: Child,
}

#[cfg(unix)]
impl Running {
    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let kill = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status();
        assert!(kill.is_ok_and(|status| status.success()), "kill -{name}");
    }

    /// Waits for its end.
    pub(crate) fn end(self) -> Run {
        self.audit.wait(self.child)
    }
}

/// Opens a pipe that a run is about to read, and waits until it does.
pub(crate) fn feed(pipe: PathBuf) -> std::fs::File {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || sender.send(std::fs::File::options().write(true).open(pipe)));
    receiver.recv_timeout(LIMIT).expect("the run opens the pipe").expect("a pipe")
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
    home: TempDir,
}

impl Run {
    /// The exit status; a signal is a failure of the test.
    pub(crate) fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("ended by a signal: {self:#?}"))
    }

    /// The signal that ended it.
    #[cfg(unix)]
    pub(crate) fn signal(&self) -> Option<i32> {
        std::os::unix::process::ExitStatusExt::signal(&self.status)
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
}
