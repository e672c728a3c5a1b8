//! The whole pipeline under inputs that nobody wrote: `cargo test --test fuzz`.
//!
//! Each target takes bytes through reading, judging and every format, and holds what comes out to the laws of `laws`. The
//! corpus is what lies in `fixtures`, and what a run met that was new; `fixtures/fuzz/<target>` has inputs that once broke
//! something. Without arguments each target runs its corpus and a few hundred mutations of a fixed seed. For longer runs:
//!
//! ```sh
//! cargo test --profile fuzz --no-default-features --test fuzz -- --executions 1000000 --seed 7 hcl
//! ```
//!
//! A target runs in a process of its own, so that an overflow of the stack or the end of the memory is seen, too. What
//! failed is kept in `target/tmp/fuzz`, one file each; `--input FILE` with the target's name runs it again.

#[cfg(feature = "aws")]
mod answers;
mod corpus;
mod laws;
mod mutate;
mod run;
#[cfg(feature = "aws")]
#[expect(dead_code, reason = "the fake of AWS can do more than this harness asks of it")]
mod support;
mod targets;

use std::collections::VecDeque;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use targets::TARGETS;

/// Executions of a target with weight 1 where nothing else is asked for.
const EXECUTIONS: u64 = 160;
const SEED: u64 = 20_261_121;

/// What the command line asks for.
#[derive(Debug, Clone)]
struct Options {
    /// Only targets whose name has this in it.
    filter: Option<String>,
    /// Of each target, where it is given.
    executions: Option<u64>,
    seed: u64,
    /// Only this input.
    input: Option<PathBuf>,
    /// The directory of a process that runs one target.
    child: Option<PathBuf>,
    list: bool,
}

impl Options {
    fn read(arguments: impl Iterator<Item = String>) -> Self {
        let mut options = Self { filter: None, executions: None, seed: SEED, input: None, child: None, list: false };
        let mut arguments: VecDeque<String> = arguments.collect();
        while let Some(argument) = arguments.pop_front() {
            let mut value = || arguments.pop_front().unwrap_or_else(|| panic!("{argument} needs a value"));
            match argument.as_str() {
                "--executions" => options.executions = Some(value().parse().expect("a number")),
                "--seed" => options.seed = value().parse().expect("a number"),
                "--input" => options.input = Some(std::path::absolute(value()).expect("a path")),
                "--child" => options.child = Some(value().into()),
                "--list" => options.list = true,
                // What `cargo test -- …` hands to every test binary.
                other if other.starts_with('-') => {}
                _ => options.filter = Some(argument),
            }
        }
        options
    }
}

fn main() -> ExitCode {
    let options = Options::read(std::env::args().skip(1));
    if let Some(folder) = &options.child {
        return run::target(&options, folder);
    }
    let wanted = |name: &str| options.filter.as_deref().is_none_or(|filter| name.contains(filter));
    let mut failed = 0;
    for target in TARGETS.iter().filter(|target| wanted(target.name)) {
        if options.list {
            say(&format!("{}: test", target.name));
        } else if !passes(target.name, &options) {
            failed += 1;
        }
    }
    if failed > 0 {
        say(&format!("fuzz: {failed} targets failed; the inputs are in {}", kept().display()));
    }
    ExitCode::from(u8::from(failed > 0))
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Where inputs that failed are kept.
fn kept() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("fuzz")
}

/// A directory whose files are no work for a disk, where there is one.
fn folder() -> tempfile::TempDir {
    let memory = tempfile::tempdir_in("/dev/shm");
    memory.or_else(|_| tempfile::tempdir()).expect("a temporary directory")
}

/// Runs one target in a process whose outputs are files, and tells how it went.
fn passes(name: &str, options: &Options) -> bool {
    let folder = folder();
    let open = |name: &str| {
        let file = std::fs::File::options().create(true).append(true).open(folder.path().join(name));
        file.expect("a file in the temporary directory")
    };
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command.arg("--child").arg(folder.path()).arg(name).args(["--seed", &options.seed.to_string()]);
    if let Some(executions) = options.executions {
        command.args(["--executions", &executions.to_string()]);
    }
    if let Some(input) = &options.input {
        command.arg("--input").arg(input);
    }
    command.env_clear().env("RUST_BACKTRACE", "0").current_dir(folder.path());
    if let Some(root) = std::env::var_os("SystemRoot") {
        command.env("SystemRoot", root);
    }
    // Only the answers of AWS have an AWS to ask; it is a file, since a process cannot change its environment safely.
    #[cfg(feature = "aws")]
    command.env("AWS_CONFIG_FILE", folder.path().join(answers::AWS_CONFIG)).env("AWS_EC2_METADATA_DISABLED", "true");
    let status = command.stdout(open(run::STDOUT)).stderr(open(run::STDERR)).status().expect("this program starts");
    let said = std::fs::read_to_string(folder.path().join(run::VERDICT)).unwrap_or_default();
    if !said.is_empty() {
        say(said.trim_end());
    }
    let whole = said.lines().last().is_some_and(|line| line.contains("executions"));
    if !status.success() && !whole {
        let input = std::fs::read(folder.path().join(run::INPUT)).unwrap_or_default();
        let path = run::keep(&kept(), name, "ended", &input);
        let errors = std::fs::read(folder.path().join(run::STDERR)).unwrap_or_default();
        let errors = String::from_utf8_lossy(&errors);
        say(&format!("{name}: the process ended ({status}): {}\n{}", path.display(), errors.trim_end()));
    }
    status.success()
}
