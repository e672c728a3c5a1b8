//! A sweep on engines that were not written here: Slurm, and GNU parallel, run eight shards, one worker is killed with -9,
//! the engine runs it again, and the merged report is that of a run that nobody disturbed.

#![expect(clippy::print_stdout, reason = "what is skipped says so")]

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest as _, Sha256};

use crate::support::audit::Audit;
use crate::support::call::access_key;
use crate::support::fake::FakeAws;
use crate::support::live::SECRET;
use crate::support::reply::Reply;
use crate::support::sweep::{accounts, accounts_file, at_one_time, files, mostly_empty, report_of, same};

const SHARDS: u64 = 8;

/// The shard that an account is in: part of what workers of different versions agree on.
fn shard_of(account: &str) -> u64 {
    let digest = Sha256::digest(account);
    digest.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte)) % SHARDS + 1
}

/// A program of that name; daemons are where only root looks for them.
fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let folders = std::env::split_paths(&path).chain(["/usr/sbin".into(), "/sbin".into()]);
    folders.map(|folder| folder.join(name)).find(|path| path.is_file())
}

fn parallel() -> Option<PathBuf> {
    let found = program("parallel")?;
    // Others of that name take other options.
    let said = Command::new(&found).arg("--version").output().ok()?;
    String::from_utf8_lossy(&said.stdout).starts_with("GNU parallel").then_some(found)
}

fn sweep_of(aws: &FakeAws, home: &Path) {
    let accounts = accounts_file(&accounts(40));
    std::fs::write(home.join("accounts.csv"), accounts).expect("a file");
    let plan = "targets --accounts-file accounts.csv --region us-east-1 --region eu-west-1 --output targets.jsonl";
    Audit::against(&aws.url()).within(home).args(plan).run().expect(0);
}

/// What a run says that nobody disturbs.
fn undisturbed() -> String {
    let aws = FakeAws::start();
    mostly_empty(&aws, &|reply| reply);
    let home = tempfile::tempdir().expect("a directory");
    sweep_of(&aws, home.path());
    Audit::against(&aws.url()).within(home.path()).args("collect --targets targets.jsonl --into sweep").run().expect(0);
    at_one_time(&home.path().join("sweep"));
    report_of(home.path(), Some("targets.jsonl"))
}

/// A sweep in which one worker does not come to an end, so that it is at work for certain when it is killed.
struct Disturbed {
    aws: FakeAws,
    home: tempfile::TempDir,
    victim: String,
}

const LOOKED_AT: &str = "elasticfilesystem:DescribeFileSystems";

impl Disturbed {
    fn new() -> Self {
        let aws = FakeAws::start();
        mostly_empty(&aws, &|reply| reply);
        let home = tempfile::tempdir().expect("a directory");
        sweep_of(&aws, home.path());
        let victim = accounts(40).pop().expect("an account");
        aws.on(LOOKED_AT).account(&victim).region("us-east-1").times(1).reply(Reply::Hang);
        Self { aws, home, victim }
    }

    /// What workers need to know.
    fn tell(&self, command: &mut Command) {
        command
            .current_dir(self.home.path())
            .env("HOME", self.home.path())
            .env("AWS_ENDPOINT_URL", self.aws.url())
            .env("AWS_ACCESS_KEY_ID", access_key("111122223333"))
            .env("AWS_SECRET_ACCESS_KEY", SECRET)
            .env("AWS_EC2_METADATA_DISABLED", "true");
    }

    /// Kills the worker that hangs; each writes who it is into a file named after what `name` makes of its shard.
    fn kill(&self, name: impl Fn(u64) -> u64) {
        self.aws.wait_until(|calls| {
            calls
                .iter()
                .any(|call| call.operation == LOOKED_AT && call.account == self.victim && call.region == "us-east-1")
        });
        let file = self.home.path().join(format!("pid-{}", name(shard_of(&self.victim))));
        let worker = std::fs::read_to_string(file).expect("the worker said who it is");
        let killed = Command::new("kill").args(["-9", worker.trim()]).status();
        assert!(killed.is_ok_and(|status| status.success()), "the worker was at work");
    }

    fn says(&self, whole: &str, log: &str) {
        assert_eq!(files(&self.home.path().join("sweep")).len(), 80, "{log}");
        at_one_time(&self.home.path().join("sweep"));
        same(&report_of(self.home.path(), Some("targets.jsonl")), whole, "the merged report");
    }
}

/// Waits until something is so, for a minute.
fn wait_for<T>(what: &str, mut is_so: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = is_so() {
            return found;
        }
        assert!(began.elapsed() < Duration::from_mins(1), "after a minute: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn eight_shards_of_which_one_is_killed_say_what_one_run_says() {
    let Some(parallel) = parallel() else {
        println!("skipped: GNU parallel is not installed");
        return;
    };
    let sweep = Disturbed::new();
    let worker = format!(
        "echo $$ >pid-$1.tmp && mv pid-$1.tmp pid-$1\nexec '{}' collect --targets targets.jsonl --into sweep --shard $1/{SHARDS}\n",
        env!("CARGO_BIN_EXE_inspector-audit")
    );
    std::fs::write(sweep.home.path().join("worker.sh"), worker).expect("a file");
    let mut command = Command::new(parallel);
    command
        .args(["--will-cite", "--jobs", "4", "--retries", "3", "--joblog", "jobs.log", "sh", "worker.sh", "{}", ":::"])
        .args((1..=SHARDS).map(|shard| shard.to_string()));
    sweep.tell(&mut command);
    let mut engine = Daemon(command.spawn().expect("the engine starts"));
    sweep.kill(|shard| shard);
    let status = wait_for("the engine is not done", || engine.0.try_wait().expect("the engine can be waited for"));
    let log = std::fs::read_to_string(sweep.home.path().join("jobs.log")).unwrap_or_default();
    assert!(status.success(), "{log}");
    sweep.says(&undisturbed(), &log);
}

/// A process that ends with the test.
struct Daemon(Child);

impl Drop for Daemon {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A controller of Slurm and two of its nodes on this machine, for whoever runs the test alone.
struct Slurm {
    folder: tempfile::TempDir,
    daemons: Vec<Daemon>,
}

impl Slurm {
    /// `None`, said, where it is not installed or does not come up.
    fn start() -> Option<Self> {
        let programs = ["slurmctld", "slurmd", "sbatch", "sinfo", "squeue", "scontrol"].map(program);
        let [Some(controller), Some(node), ..] = &programs else {
            println!("skipped: Slurm is not installed");
            return None;
        };
        let said = |command: &str, argument: &str| {
            let output = Command::new(command).arg(argument).output().expect("it runs");
            String::from_utf8_lossy(&output.stdout).trim().to_owned()
        };
        let (host, user) = (said("hostname", "-s"), said("id", "-un"));
        let folder = tempfile::tempdir().expect("a directory");
        let at = folder.path().display();
        // Free at this moment; all three are held until all are known.
        let held = [(); 3].map(|()| TcpListener::bind("127.0.0.1:0").expect("a port"));
        let [of_controller, first, second] = held.each_ref().map(|one| one.local_addr().expect("its address").port());
        drop(held);
        let configuration = format!(
            "ClusterName=sweep\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={of_controller}\nSlurmUser={user}\n\
             SlurmdUser={user}\nAuthType=auth/none\nCredType=cred/none\nMpiDefault=none\nProctrackType=proctrack/pgid\n\
             TaskPlugin=task/none\nSelectType=select/cons_tres\nSelectTypeParameters=CR_CPU\n\
             SlurmdParameters=config_overrides\nReturnToService=2\nStateSaveLocation={at}/state\n\
             SlurmdSpoolDir={at}/spool-%n\nSlurmctldPidFile={at}/controller.pid\nSlurmdPidFile={at}/%n.pid\n\
             SlurmctldLogFile={at}/controller.log\nSlurmdLogFile={at}/%n.log\n\
             NodeName=n1 NodeHostname={host} NodeAddr=127.0.0.1 Port={first} CPUs=2 RealMemory=4096\n\
             NodeName=n2 NodeHostname={host} NodeAddr=127.0.0.1 Port={second} CPUs=2 RealMemory=4096\n\
             PartitionName=all Nodes=n1,n2 Default=YES State=UP\n"
        );
        std::fs::write(folder.path().join("slurm.conf"), configuration).expect("a file");
        for name in ["state", "spool-n1", "spool-n2"] {
            std::fs::create_dir(folder.path().join(name)).expect("a directory");
        }
        let mut slurm = Self { folder, daemons: Vec::new() };
        for (daemon, arguments) in
            [(controller, ["-D", "-c"].as_slice()), (node, &["-D", "-N", "n1"]), (node, &["-D", "-N", "n2"])]
        {
            let mut command = slurm.command(&daemon.display().to_string());
            command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            slurm.daemons.push(Daemon(command.spawn().ok()?));
        }
        let began = Instant::now();
        while slurm.said(&["sinfo", "--noheader", "--format=%D %t"]) != "2 idle" {
            if began.elapsed() > Duration::from_secs(30) {
                println!("skipped: Slurm is installed and does not come up here");
                return None;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(slurm)
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("SLURM_CONF", self.folder.path().join("slurm.conf"));
        command
    }

    fn said(&self, words: &[&str]) -> String {
        let output = self.command(words[0]).args(&words[1..]).output().expect("it runs");
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    }
}

#[test]
fn the_sample_for_slurm_survives_a_killed_worker() {
    use std::os::unix::fs::PermissionsExt as _;

    let Some(slurm) = Slurm::start() else { return };
    let sweep = Disturbed::new();
    let home = sweep.home.path();
    // What the sample calls, and who it is.
    let worker = format!(
        "#!/bin/sh\necho $$ >pid-$SLURM_ARRAY_TASK_ID.tmp && mv pid-$SLURM_ARRAY_TASK_ID.tmp pid-$SLURM_ARRAY_TASK_ID\n\
         exec '{}' \"$@\"\n",
        env!("CARGO_BIN_EXE_inspector-audit")
    );
    std::fs::create_dir(home.join("bin")).expect("a directory");
    std::fs::write(home.join("bin/inspector-audit"), worker).expect("a file");
    std::fs::set_permissions(home.join("bin/inspector-audit"), std::fs::Permissions::from_mode(0o755)).expect("a mode");
    let path = std::env::var("PATH").unwrap_or_default();
    let mut submit = slurm.command("sbatch");
    submit.arg("--parsable").arg(concat!(env!("CARGO_MANIFEST_DIR"), "/.github/deploy/slurm.sh"));
    submit.env("PATH", format!("{}:{path}", home.join("bin").display()));
    sweep.tell(&mut submit);
    let submitted = submit.output().expect("sbatch runs");
    let job = String::from_utf8_lossy(&submitted.stdout).trim().to_owned();
    assert!(submitted.status.success() && !job.is_empty(), "{submitted:?}");
    // Tasks count from 0, shards from 1.
    sweep.kill(|shard| shard - 1);
    let task = format!("{job}_{}", shard_of(&sweep.victim) - 1);
    // It waits two minutes before it runs a job again; nothing but that time is taken away.
    wait_for("the task is not queued again", || {
        let state = slurm.said(&["squeue", "--noheader", "--format=%T", "--jobs", &task]);
        state.starts_with("PENDING").then_some(())
    });
    slurm.said(&["scontrol", "update", &format!("JobId={task}"), "StartTime=now"]);
    wait_for("the array is not done", || {
        slurm.said(&["squeue", "--noheader", "--jobs", &job]).is_empty().then_some(())
    });
    let log = slurm.said(&["scontrol", "show", "job", &job]);
    sweep.says(&undisturbed(), &log);
}
