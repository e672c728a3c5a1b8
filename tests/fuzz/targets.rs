//! The targets: what is read, and by which commands.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Parser as _;
use inspector_audit::cli::Cli;
use inspector_audit::render::Format;
use inspector_audit::settings::{Config, SAMPLE};
use inspector_audit::{commands, io, mounts, price};
use serde_json::{Value, json};

use crate::corpus::files;
use crate::laws;
use crate::mutate::hash;
use crate::run::{STDERR, STDOUT};

/// One of them.
#[derive(Debug)]
pub(crate) struct Target {
    pub(crate) name: &'static str,
    /// Whether its inputs are JSON.
    pub(crate) json: bool,
    /// How much longer than the quickest it takes, so that a short run is short.
    pub(crate) weight: u64,
    pub(crate) corpus: fn() -> Vec<Vec<u8>>,
    /// Writes what does not change.
    pub(crate) prepare: fn(&Bench),
    /// Takes an input through everything.
    pub(crate) run: fn(&mut Bench, &[u8]) -> Result<(), String>,
}

pub(crate) const TARGETS: &[Target] = &[
    Target { name: "snapshot", json: true, weight: 4, corpus: snapshots, prepare: nothing, run: snapshot },
    Target { name: "report", json: true, weight: 2, corpus: reports, prepare: base, run: report },
    Target { name: "sweep-plan", json: true, weight: 1, corpus: sweep_plans, prepare: base, run: sweep_plan },
    Target { name: "plan", json: true, weight: 1, corpus: plans, prepare: base, run: plan },
    Target { name: "state", json: true, weight: 1, corpus: states, prepare: base, run: plan },
    Target { name: "hcl", json: false, weight: 1, corpus: configurations, prepare: root, run: configuration },
    Target { name: "hcl-json", json: true, weight: 1, corpus: configurations_in_json, prepare: root, run: in_json },
    Target { name: "tfvars", json: false, weight: 1, corpus: values, prepare: root, run: values_of_variables },
    Target { name: "mount-table", json: true, weight: 1, corpus: tables, prepare: base, run: mount_table },
    Target { name: "mount-map", json: true, weight: 1, corpus: maps, prepare: base, run: mount_map },
    Target { name: "probe", json: false, weight: 1, corpus: probes, prepare: base, run: probe },
    Target { name: "prices", json: true, weight: 4, corpus: prices, prepare: base, run: price_file },
    Target { name: "products", json: true, weight: 1, corpus: products, prepare: nothing, run: product },
    #[cfg(feature = "aws")]
    Target {
        name: "aws-answers",
        json: false,
        weight: 4,
        corpus: crate::answers::corpus,
        prepare: nothing,
        run: crate::answers::run,
    },
    Target { name: "config", json: false, weight: 1, corpus: settings, prepare: base, run: config },
];

/// The instance that tables, maps and probes are about: the base world has it.
const INSTANCE: &str = "i-0a11111111111111a";

/// Where a target runs: a directory, the commands that were typed, and what they came to.
#[derive(Debug)]
pub(crate) struct Bench {
    folder: PathBuf,
    typed: Vec<(String, Cli)>,
    input: usize,
    executions: u64,
    signature: u64,
}

impl Bench {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), typed: Vec::new(), input: 0, executions: 0, signature: 0 }
    }

    pub(crate) fn begin(&mut self) {
        self.executions += 1;
        self.signature = 0;
    }

    /// What happened, so that what is new is known.
    pub(crate) fn signature(&self) -> u64 {
        self.signature
    }

    pub(crate) fn file(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.folder.join(name), content).expect("a file in the temporary directory");
    }

    /// Whether it is one of the executions that go all the way though nothing new was read: one in eight.
    fn all_the_way(&self) -> bool {
        self.executions % 8 == 1
    }

    fn sees(&mut self, what: &str) {
        // Numbers and names differ in every mutation and are nothing new.
        let mut quoted = false;
        let kept = what.bytes().filter(|byte| {
            quoted ^= *byte == b'`' || *byte == b'"';
            !quoted && byte.is_ascii_alphabetic()
        });
        self.signature = self.signature.rotate_left(7) ^ hash(&kept.collect::<Vec<_>>());
    }

    /// Runs a command, and holds to the laws what it printed and the files named by `--output`.
    pub(crate) fn command(&mut self, typed: &str, input: usize) -> Result<bool, String> {
        let known = self.typed.iter().position(|(known, _)| known == typed);
        let at = known.unwrap_or_else(|| {
            let arguments = std::iter::once("inspector-audit").chain(typed.split(' '));
            self.typed.push((typed.to_owned(), Cli::try_parse_from(arguments).expect("a command line")));
            self.typed.len() - 1
        });
        self.input = input;
        let (stdout, stderr) = (self.folder.join(STDOUT), self.folder.join(STDERR));
        for path in [&stdout, &stderr] {
            fs::File::options().write(true).open(path).and_then(|file| file.set_len(0)).expect("an output");
        }
        let done = commands::run(&self.typed[at].1);
        if let Err(error) = &done {
            io::print_error(error);
        }
        let said = fs::read(&stderr).expect("standard error");
        laws::holds("standard error", &said, input)?;
        laws::holds("standard output", &fs::read(&stdout).expect("standard output"), input)?;
        self.sees(&format!("{:?}", done.as_ref().ok()));
        for line in String::from_utf8_lossy(&said).lines().take(4) {
            self.sees(line);
        }
        if done.is_err() {
            return Ok(false);
        }
        let mut outputs = typed.split(' ').skip_while(|word| *word != "--output");
        while let Some(path) = outputs.nth(1) {
            let output = fs::read(self.folder.join(path)).expect("an output");
            laws::holds(path, &output, input)?;
            if path.split('.').next_back() == Some("csv") {
                self.sees(&rules(&output));
            }
        }
        Ok(true)
    }
}

/// The rules that a CSV names.
fn rules(output: &[u8]) -> String {
    let text = String::from_utf8_lossy(output);
    let mut rules: Vec<&str> = text.lines().filter_map(|line| line.split(',').nth(1)).collect();
    rules.sort_unstable();
    rules.dedup();
    rules.concat()
}

/// All formats: one on standard output, the others as files.
fn all_formats() -> String {
    let mut typed = " --format json".to_owned();
    for format in Format::ALL {
        let _ = write!(typed, " --output report.{}", format.extension());
    }
    typed
}

/// A few.
const FEW: &str = " --format table --output report.csv --output report.json";

fn nothing(_: &Bench) {}

/// A world, and the report of it.
fn base(bench: &Bench) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    bench.file("base.json", fs::read(folder.join("snapshots/cold-files-scanned.json")).expect("a fixture"));
    bench.file("base-report.json", fs::read(folder.join("golden/report.json")).expect("a fixture"));
}

fn contents(folder: &str, extensions: &[&str]) -> Vec<Vec<u8>> {
    files(folder, extensions).into_iter().map(|(_, bytes)| bytes).collect()
}

fn snapshots() -> Vec<Vec<u8>> {
    let full = contents("tests/it/support", &["full_snapshot.json"]);
    [contents("fixtures/snapshots", &[".json"]), contents("fixtures/sweep", &["-1.json"]), full].concat()
}

fn snapshot(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("s.json", input);
    let scan = format!("scan --snapshot s.json --allow-gaps --fail-on never{}", all_formats());
    if bench.command(&scan, input.len())? {
        bench.command("fix --snapshot s.json", input.len())?;
        let what_if = "what-if --snapshot s.json --inspector-ec2 on --ecr-scan-type basic";
        bench.command(&format!("{what_if}{FEW} --output report.html --output report.md"), input.len())?;
        bench.command("fix --snapshot s.json --way exclude", input.len())?;
    }
    Ok(())
}

fn reports() -> Vec<Vec<u8>> {
    contents("fixtures/golden", &["report.json"])
}

fn report(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("r.json", input);
    let mut read = false;
    for format in ["table", "json", "markdown"] {
        read |=
            bench.command(&format!("diff r.json base-report.json --fail-on never --format {format}"), input.len())?;
        read |=
            bench.command(&format!("diff base-report.json r.json --fail-on never --format {format}"), input.len())?;
        if !read {
            return Ok(());
        }
    }
    bench.command(&format!("scan --snapshot base.json --fail-on never --baseline r.json{FEW}"), input.len())?;
    bench.command("fix --snapshot base.json --report r.json", input.len())?;
    Ok(())
}

fn sweep_plans() -> Vec<Vec<u8>> {
    contents("fixtures/sweep", &[".jsonl"])
}

fn sweep_plan(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("plan.jsonl", input);
    bench.command(&format!("scan --snapshot base.json --fail-on never --expect plan.jsonl{FEW}"), input.len())?;
    Ok(())
}

fn plans() -> Vec<Vec<u8>> {
    contents("fixtures/terraform/plans", &[".json"])
}

fn states() -> Vec<Vec<u8>> {
    contents("fixtures/terraform/states", &[""])
}

fn plan(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("p.json", input);
    let live = if bench.all_the_way() { " --snapshot base.json" } else { "" };
    bench.command(&format!("terraform p.json --fail-on never{live}{}", all_formats()), input.len())?;
    Ok(())
}

/// An empty root module.
fn root(bench: &Bench) {
    fs::create_dir_all(bench.folder.join("root/modules/m")).expect("a directory");
    bench.file(
        "root/modules/m/main.tf",
        "variable \"x\" {\n  default = \"BASIC\"\n}\noutput \"x\" {\n  value = var.x\n}\n",
    );
}

/// The files of a root as one text, as a root with one file would have them.
fn configurations() -> Vec<Vec<u8>> {
    let mut roots: Vec<(PathBuf, Vec<u8>)> = Vec::new();
    for (path, bytes) in files("fixtures/terraform/hcl", &[".tf", ".tofu"]) {
        match roots.last_mut() {
            Some((folder, text)) if path.starts_with(&*folder) => text.extend([b"\n".to_vec(), bytes].concat()),
            _ => roots.push((path.parent().expect("a directory").to_owned(), bytes)),
        }
    }
    roots.into_iter().map(|(_, text)| text).collect()
}

fn configuration(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("root/main.tf", input);
    bench.command(&format!("terraform root --fail-on never{}", all_formats()), input.len())?;
    Ok(())
}

fn configurations_in_json() -> Vec<Vec<u8>> {
    contents("fixtures/terraform/hcl", &[".tf.json"])
}

fn in_json(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("root/main.tf.json", input);
    bench.command(&format!("terraform root --fail-on never{FEW}"), input.len())?;
    Ok(())
}

const VARIABLES: &str = r#"
variable "types" {
  type    = list(string)
  default = ["ECR"]
}
variable "kind" {
  type = string
}
variable "rules" {
  type    = map(object({ frequency = string, filters = optional(set(string), ["*"]) }))
  default = {}
}
variable "any" {}
resource "aws_inspector2_enabler" "this" {
  account_ids    = ["111122223333"]
  resource_types = var.types
}
resource "aws_ecr_registry_scanning_configuration" "this" {
  scan_type = try(var.kind, var.any.kind)
  dynamic "rule" {
    for_each = var.rules
    content {
      scan_frequency = rule.value.frequency
      dynamic "repository_filter" {
        for_each = rule.value.filters
        content {
          filter      = repository_filter.value
          filter_type = "WILDCARD"
        }
      }
    }
  }
}
"#;

fn values() -> Vec<Vec<u8>> {
    vec![
        b"types = [\"ECR\", \"EC2\"]\nkind = \"BASIC\"\nany = { kind = \"ENHANCED\" }\n".to_vec(),
        b"kind = null\nrules = {\n  a = { frequency = \"SCAN_ON_PUSH\" }\n  b = { frequency = \"MANUAL\", filters = [\"x*\"] }\n}\n"
            .to_vec(),
        b"kind = <<-EOT\n  BASIC\nEOT\n# comment\nany = [1, 2.5, true, null, \"\\u00e9\"]\n".to_vec(),
    ]
}

fn values_of_variables(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("root/main.tf", VARIABLES);
    bench.file("root/terraform.tfvars", input);
    bench.command(&format!("terraform root --fail-on never{FEW}"), input.len())?;
    Ok(())
}

fn tables() -> Vec<Vec<u8>> {
    let mounts = "/dev/nvme0n1p1 / xfs rw,noatime 0 0\n127.0.0.1:/ /mnt/efs nfs4 rw,vers=4.1,port=20313,addr=127.0.0.1 0 0\n\
                  fs-0aaaaaaaaaaaaaaa1.efs.ap-northeast-1.amazonaws.com:/ /mnt/a\\040b nfs4 rw,vers=4.1,addr=10.0.1.10 0 0\n";
    let info = "22 1 259:1 / / rw,noatime shared:1 - xfs /dev/nvme0n1p1 rw\n\
                35 22 0:45 / /mnt/efs rw,relatime shared:20 - nfs4 10.0.1.10:/ rw,vers=4.1,addr=10.0.1.10\n";
    let findmnt = json!({"filesystems": [{"target": "/", "source": "/dev/xvda1", "fstype": "ext4", "options": "rw", "children": [
        {"target": "/mnt/efs", "source": "fs-0aaaaaaaaaaaaaaa1.efs.ap-northeast-1.amazonaws.com:/", "fstype": "nfs4", "options": "rw,vers=4.1"},
        {"target": "/auto", "source": "/etc/auto.efs", "fstype": "autofs", "options": "rw,fd=6"}]}]});
    vec![mounts.into(), info.into(), findmnt.to_string().into_bytes()]
}

fn mount_table(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let parsed = mounts::table::parse(INSTANCE, at(), &String::from_utf8_lossy(input));
    bench.sees(&match &parsed {
        Ok(host) => format!("{:?} {:?} {:?}", host.failed, host.incomplete, kinds(host)),
        Err(error) => error.to_string(),
    });
    if bench.all_the_way() {
        bench.file("table", input);
        bench.command(
            &format!("scan --snapshot base.json --fail-on never --mount-table {INSTANCE}=table{FEW}"),
            input.len(),
        )?;
    }
    Ok(())
}

fn kinds(host: &inspector_audit::model::HostMounts) -> Vec<String> {
    host.mounts.iter().take(3).map(|mount| format!("{:?}{:?}", mount.kind, mount.presence)).collect()
}

fn at() -> chrono::DateTime<chrono::Utc> {
    "2026-11-21T03:04:05Z".parse().expect("a time")
}

fn maps() -> Vec<Vec<u8>> {
    let csv = "account,region,instance,file_system,mount_point,observed_at,expires_at,note\n\
               111122223333,ap-northeast-1,i-0a11111111111111a,fs-0aaaaaaaaaaaaaaa1,/mnt/efs,2026-11-20,2027-01-01,\"by hand, \"\"sure\"\"\"\n\
               ,,i-0a22222222222222b,none,,,,\n";
    let list = json!([{"instance": INSTANCE, "file_system": "fs-0aaaaaaaaaaaaaaa1", "mount_point": "/mnt", "observed_at": "2026-11-20T00:00:00Z"},
                      {"instance": "i-0a22222222222222b", "file_system": "none", "account": "111122223333", "note": "x"}]);
    vec![csv.into(), list.to_string().into_bytes()]
}

fn mount_map(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let parsed = mounts::map::parse("map", &String::from_utf8_lossy(input));
    for problem in parsed.problems.iter().take(3) {
        bench.sees(&problem.message);
    }
    bench.sees(if parsed.rows.is_empty() { "no row" } else { "rows" });
    if bench.all_the_way() {
        bench.file("map", input);
        bench.command(&format!("scan --snapshot base.json --fail-on never --mount-map map{FEW}"), input.len())?;
    }
    Ok(())
}

fn probes() -> Vec<Vec<u8>> {
    let output = |records: &str, count: usize| {
        format!("EFSPROBE|1\nI|\nO|amzn|2023|mntns=same\n{records}P|none\nE|{count}|0\n")
            .replace('|', "\t")
            .into_bytes()
    };
    let mount = "M|0:50|/|/mnt/efs|nfs4|127.0.0.1:/|vers=4.1,proto=tcp,port=20313,addr=127.0.0.1\n";
    let state = "S|fs-0aaaaaaaaaaaaaaa1|20313|mnt.efs|elasticfilesystem|-|-|-|live=1\n";
    vec![output("", 2), output(mount, 3), output(&format!("{mount}{state}"), 4), output(&format!("{state}{state}"), 4)]
}

fn probe(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let host = mounts::probe::parse(INSTANCE, at(), &String::from_utf8_lossy(input));
    bench.sees(&format!("{:?} {:?} {:?}", host.failed, host.incomplete, kinds(&host)));
    if bench.all_the_way() {
        let base = fs::read(bench.folder.join("base.json")).expect("the base");
        let mut world: Value = serde_json::from_slice(&base).expect("JSON");
        world["targets"][0]["evidence"]["probe"] = json!({"complete": {"rows": [host], "truncated": null}});
        bench.file("s.json", world.to_string());
        let judged = bench.command(&format!("scan --snapshot s.json --fail-on never{FEW}"), input.len())?;
        if !judged {
            return Err("a snapshot with what the probe said is refused".to_owned());
        }
    }
    Ok(())
}

fn prices() -> Vec<Vec<u8>> {
    let own = br#"{"schema_version": 1, "currency": "USD", "sources": [{"name": "ours", "as_of": "2024-01-01"}], "rates": [
        {"service": "AmazonEFS", "region": "us-east-1", "dimension": "ia_access_read", "usd": "0.02", "unit": "GiB", "source": 0}],
        "overrides": [{"service": "AmazonEFS", "dimension": "ia_access_read", "discount_percent": "50"}]}"#;
    [vec![own.to_vec()], contents("fixtures/prices", &[".json"])].concat()
}

fn price_file(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    bench.file("prices.json", input);
    if bench.command("prices --prices prices.json --format json", input.len())? {
        bench.command("prices --prices prices.json", input.len())?;
        bench.command(&format!("scan --snapshot base.json --fail-on never --prices prices.json{FEW}"), input.len())?;
    }
    bench.command("prices --refresh new.json --offers prices.json", input.len())?;
    Ok(())
}

fn products() -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for answer in contents("fixtures/prices", &["efs.json", "efs-odd.json", "inspector.json"]) {
        let answer: Value = serde_json::from_slice(&answer).expect("JSON");
        let entries = answer["PriceList"].as_array().into_iter().flatten().filter_map(Value::as_str);
        all.extend(entries.map(|entry| entry.as_bytes().to_vec()));
    }
    all
}

fn product(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    match price::list::table(std::iter::once(&*text), at().date_naive()) {
        Ok(listed) => {
            for note in &listed.notes {
                bench.sees(note);
            }
            for (_, _, dimension, _) in listed.table.iter() {
                bench.sees(dimension);
            }
            price::PriceTable::from_json(&listed.table.to_json(), "again").map_err(|error| error.to_string())?;
        }
        Err(error) => bench.sees(&error.to_string()),
    }
    Ok(())
}

fn settings() -> Vec<Vec<u8>> {
    let plain = "fail_on = \"never\"\nallow_gaps = true\nread_fraction = \"0.5\"\n[thresholds]\ncritical = 5000\nhigh = 1000\n\
                 [[suppress]]\nrule = \"efs-*\"\nregion = \"ap-northeast-1\"\nreason = \"known\"\nexpires = 2027-01-01\n";
    let uncommented: Vec<&str> = SAMPLE.lines().map(|line| line.strip_prefix("# ").unwrap_or(line)).collect();
    let sample = uncommented.join("\n");
    vec![plain.into(), SAMPLE.into(), sample.into_bytes()]
}

fn config(bench: &mut Bench, input: &[u8]) -> Result<(), String> {
    let text = String::from_utf8_lossy(input);
    match Config::parse(&text, Path::new("inspector-audit.toml")) {
        Ok(config) => {
            bench.sees(&format!("{:?}", config.rule_settings()));
            bench.sees(if config.suppressions().is_empty() { "none" } else { "some" });
        }
        Err(error) => bench.sees(&error.to_string()),
    }
    // With AWS a file could ask the Price List API.
    if cfg!(not(feature = "aws")) && bench.all_the_way() {
        // Where it was found, so that it writes nothing elsewhere.
        bench.file("inspector-audit.toml", input);
        bench.command("scan --snapshot base.json --allow-gaps --format json", input.len())?;
    }
    Ok(())
}
