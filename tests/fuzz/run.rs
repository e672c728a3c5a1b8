//! One target in a process of its own: corpus first, then mutations, each held to the laws.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::corpus::Corpus;
use crate::mutate::Random;
use crate::targets::{Bench, TARGETS};
use crate::{EXECUTIONS, Options};

/// Files in the directory of the process.
pub(crate) const STDOUT: &str = "stdout";
pub(crate) const STDERR: &str = "stderr";
pub(crate) const VERDICT: &str = "verdict";
pub(crate) const INPUT: &str = "input";

/// An execution that takes longer hangs: hundreds of times what the slowest takes.
const LIMIT: Duration = Duration::from_mins(1);
/// So many failures of one target are enough.
const FAILURES: usize = 20;
/// So many inputs that a run met are kept for later mutations.
const MET: usize = 4_000;

/// What the last panic said, and where.
static PANIC: Mutex<String> = Mutex::new(String::new());

/// The processor's seconds that this process has had, where the system tells (proc(5), "stat": fields 14 and 15, in
/// hundredths of a second on Linux).
fn processor_seconds() -> Option<u64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace().skip(11);
    let (user, system): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / 100)
}

/// Runs one target; what there is to say is in the file [`VERDICT`].
pub(crate) fn target(options: &Options, folder: &Path) -> ExitCode {
    let name = options.filter.as_deref().expect("a target");
    let target = TARGETS.iter().find(|target| target.name == name).expect("a target");
    std::panic::set_hook(Box::new(|panic| {
        *PANIC.lock().unwrap_or_else(PoisonError::into_inner) = panic.to_string();
    }));
    inspector_audit::io::init_log(0, false);
    let (alive, watched) = mpsc::channel::<()>();
    let (of, verdict) = (name.to_owned(), folder.join(VERDICT));
    std::thread::spawn(move || {
        // The processor's seconds at half of the limit: by them a machine that stood still is told from an input that hangs.
        let mut at_half = None;
        loop {
            match (watched.recv_timeout(LIMIT / 2), at_half) {
                (Ok(()), _) => at_half = None,
                (Err(mpsc::RecvTimeoutError::Disconnected), _) => return,
                (Err(mpsc::RecvTimeoutError::Timeout), None) => at_half = Some(processor_seconds()),
                (Err(mpsc::RecvTimeoutError::Timeout), Some(before)) => {
                    let input = fs::read(INPUT).unwrap_or_default();
                    let path = keep(&crate::kept(), &of, "hangs", &input);
                    let worked = match (before, processor_seconds()) {
                        (Some(before), Some(now)) => format!("worked {} s of the last", now.saturating_sub(before)),
                        _ => "may have worked the last".to_owned(),
                    };
                    let said = format!(
                        "{of}: {} takes more than {LIMIT:?}: the process {worked} {:?}; after some executions\n",
                        path.display(),
                        LIMIT / 2
                    );
                    let _ = fs::write(&verdict, said);
                    std::process::abort();
                }
            }
        }
    });
    let mut bench = Bench::new(folder);
    (target.prepare)(&bench);
    let mut failures: Vec<String> = Vec::new();
    let mut execute = |bench: &mut Bench, input: &[u8]| -> Option<u64> {
        let _ = alive.send(());
        fs::write(folder.join(INPUT), input).expect("a file in the temporary directory");
        bench.begin();
        let failure = match catch_unwind(AssertUnwindSafe(|| (target.run)(bench, input))) {
            Ok(Ok(())) => return Some(bench.signature()),
            Ok(Err(broken)) => broken,
            Err(_) => PANIC.lock().unwrap_or_else(PoisonError::into_inner).clone(),
        };
        let path = keep(&crate::kept(), name, "fails", input);
        failures.push(format!("{name}: {}\n  {failure}", path.display()));
        (failures.len() >= FAILURES).then_some(0)
    };
    let began = Instant::now();
    let mut done = 0;
    let mut most = Duration::ZERO;
    let mut corpus = Corpus::of(target);
    let mut signatures = BTreeSet::new();
    if let Some(path) = &options.input {
        execute(&mut bench, &fs::read(path).expect("the input"));
        done = 1;
    } else {
        for entry in corpus.entries.clone() {
            signatures.extend(execute(&mut bench, &entry));
            done += 1;
        }
        let wanted = options.executions.unwrap_or(EXECUTIONS / target.weight);
        let mut random = Random::new(options.seed);
        let own = corpus.entries.len();
        while done < wanted + u64::try_from(own).unwrap_or(0) {
            let input = corpus.mutant(&mut random, target.json);
            let at = Instant::now();
            let signature = execute(&mut bench, &input);
            most = most.max(at.elapsed());
            done += 1;
            // What made something new happen is worth more mutations.
            if let Some(signature) = signature
                && signatures.insert(signature)
                && corpus.entries.len() < own + MET
            {
                corpus.entries.push(input);
            }
        }
    }
    let mut said = String::new();
    for failure in &failures {
        let _ = writeln!(said, "{failure}");
    }
    let took = began.elapsed();
    let _ = writeln!(
        said,
        "fuzz {name}: {done} executions, {} outcomes, {} failures, {:.1} s, slowest {} ms{}",
        signatures.len(),
        failures.len(),
        took.as_secs_f64(),
        most.as_millis(),
        memory()
    );
    fs::write(folder.join(VERDICT), said).expect("a file in the temporary directory");
    ExitCode::from(u8::from(!failures.is_empty()))
}

/// The most memory that the process has had, where the system tells.
fn memory() -> String {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    peak.map_or_else(String::new, |peak| format!(", peak {}", peak.trim()))
}

/// Keeps an input that failed, named by its content.
pub(crate) fn keep(folder: &Path, target: &str, how: &str, input: &[u8]) -> PathBuf {
    let path = folder.join(format!("{target}-{how}-{:016x}", crate::mutate::hash(input)));
    let _ = fs::create_dir_all(folder).and_then(|()| fs::write(&path, input));
    path
}
