//! Plans: what to type for one way out of a finding, as a POSIX shell script to read first. Pure.
//!
//! A plan changes nothing by being printed, and its script does nothing without a step named. Foreign words are quoted,
//! foreign text stands in comments of one line, and what would run a scan on the way is not emitted.

mod exclude;
mod inspector;
mod script;
mod storage;

pub use script::script;

use serde_json::json;

use crate::model::{Instance, ScanningFilter, Section};
use crate::render::plain;
use crate::rules::efs::ways;
use crate::rules::{Confidence, Facts, Finding, Way, WayOut};
use script::Shell;

/// The steps of a plan, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Step {
    /// Verify that the finding is true, where that is not sure.
    Look,
    /// Read what is there now.
    Check,
    /// Change it.
    Apply,
    /// Make it hold for instances that are launched later.
    Lasting,
    /// Read whether it holds.
    Confirm,
    /// Put back what was there.
    Undo,
}

impl Step {
    const ALL: [Self; 6] = [Self::Look, Self::Check, Self::Apply, Self::Lasting, Self::Confirm, Self::Undo];

    fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Check => "check",
            Self::Apply => "apply",
            Self::Lasting => "lasting",
            Self::Confirm => "confirm",
            Self::Undo => "undo",
        }
    }

    fn describe(self) -> &'static str {
        match self {
            Self::Look => {
                "verify first: does the instance mount the file system at all? Runs a command that only reads"
            }
            Self::Check => "read what is there now, and what stands in the way",
            Self::Apply => "make the change",
            Self::Lasting => "make it hold for instances that are launched later",
            Self::Confirm => "read whether it holds",
            Self::Undo => "put back what was there when the data was taken",
        }
    }
}

/// The plan for one finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What it does, in a few words.
    pub title: String,
    /// The account whose credentials the steps that are added need.
    account: String,
    notes: Vec<String>,
    steps: Vec<Body>,
}

/// One step of one plan.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Body {
    step: Step,
    /// The account whose credentials it needs.
    account: String,
    /// Its lines; empty for none.
    lines: Vec<String>,
}

impl Plan {
    /// Whether it has anything to run.
    pub fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    fn step(&mut self, step: Step, shell: Shell) {
        if !shell.lines.is_empty() {
            self.steps.push(Body { step, account: self.account.clone(), lines: shell.lines });
        }
    }
}

/// What `--way` calls a way out.
pub fn way_name(way: Way) -> &'static str {
    match way {
        Way::DoNothing => "do-nothing",
        Way::ExcludeInstances => "exclude",
        Way::StopReturningToStandard => "keep-cold",
        Way::StopTiering => "stop-tiering",
        Way::DeactivateDeepInspection => "deactivate-deep-inspection",
        Way::SlowSchedule => "slow-schedule",
    }
}

/// The plan for one finding of a target, by the way asked for or the recommended one; `None` where a way was asked for
/// and the finding has none to choose from.
pub fn plan(facts: &Facts<'_>, finding: &Finding, wanted: Option<Way>) -> Option<Plan> {
    let mut notes = about(finding);
    if ways::has_ways(&finding.rule) {
        let way = match wanted {
            Some(wanted) => finding.ways_out.iter().find(|way| way.way == wanted)?,
            None => finding.ways_out.iter().find(|way| way.recommended)?,
        };
        notes.extend(of_way(way));
        notes.extend(other_ways(finding, way));
        let mut plan = begin(finding, way_title(way, finding), notes);
        if way.available {
            take(facts, finding, way.way, &mut plan);
        }
        return Some(plan);
    }
    let excluding = matches!(finding.rule.as_str(), "exclusion-tag-ineffective" | "exclusion-metadata-only");
    if wanted.is_some() && !(excluding && wanted == Some(Way::ExcludeInstances)) {
        return None;
    }
    notes.push(format!("What to do: {}", finding.remediation.summary));
    let mut plan = begin(finding, format!("{} on {}", finding.rule, finding.resource.id), notes);
    let instance =
        facts.target.ec2.instances.complete().and_then(|all| all.iter().find(|one| one.id == finding.resource.id));
    match instance {
        Some(instance) if excluding => exclude::exclude(facts, &[instance], &mut plan),
        Some(instance) if finding.rule == "metadata-tags-blocked" => exclude::unblock(facts, instance, &mut plan),
        _ => commands(facts, finding, &mut plan),
    }
    Some(plan)
}

fn begin(finding: &Finding, title: String, notes: Vec<String>) -> Plan {
    Plan { title, account: finding.account.clone(), notes, steps: Vec::new() }
}

fn take(facts: &Facts<'_>, finding: &Finding, way: Way, plan: &mut Plan) {
    let instances = ways::instances(facts, finding);
    if finding.confidence == Confidence::Low && way != Way::DoNothing {
        look(facts, finding, &instances, plan);
    }
    match way {
        Way::DoNothing => {}
        Way::ExcludeInstances => exclude::exclude(facts, &instances, plan),
        Way::StopReturningToStandard => storage::keep_cold(facts, finding, plan),
        Way::StopTiering => storage::stop_tiering(facts, finding, plan),
        Way::DeactivateDeepInspection => inspector::deactivate(facts, plan),
        Way::SlowSchedule => inspector::slow(facts, finding, plan),
    }
}

/// The most instances that the first step looks at.
const LOOKED_AT: usize = 3;

/// Asks some running instances for their NFS mounts. It reads the mount table and touches no mount.
fn look(facts: &Facts<'_>, finding: &Finding, instances: &[&Instance], plan: &mut Plan) {
    let mut shell = Shell::new(&facts.target.region);
    shell.comment(&format!(
        "Is {} mounted there? Look for its address or its id; behind 127.0.0.1 stands the file system that a file in \
         /run/efs is named after.",
        finding.resource.id
    ));
    for instance in instances.iter().filter(|instance| instance.state == "running").take(LOOKED_AT) {
        let parameters = json!({ "commands": ["grep -w -e nfs -e nfs4 /proc/1/mounts; ls /run/efs"] });
        let id = script::word(&instance.id);
        let command =
            shell.call("ssm send-command", &format!("--instance-ids {id} --document-name AWS-RunShellScript"));
        shell.line(&format!(
            "command=$({command} --parameters {} --query Command.CommandId --output text)",
            script::word(&parameters.to_string())
        ));
        let wait = shell.call("ssm wait command-executed", &format!("--command-id \"$command\" --instance-id {id}"));
        // The wait fails where the command does, and grep fails where it finds nothing.
        shell.line(&format!("{wait} || true"));
        let answer =
            format!("--command-id \"$command\" --instance-id {id} --query StandardOutputContent --output text");
        shell.run("ssm get-command-invocation", &answer);
    }
    plan.step(Step::Look, shell);
}

/// The commands that a rule gives, in its order.
fn commands(facts: &Facts<'_>, finding: &Finding, plan: &mut Plan) {
    if finding.remediation.commands.iter().all(|command| command.starts_with('#')) {
        plan.notes.extend(finding.remediation.commands.iter().cloned());
        return;
    }
    let mut shell = Shell::new(&finding.region);
    for command in &finding.remediation.commands {
        match command.strip_prefix('#') {
            Some(comment) => shell.comment(comment.trim_start()),
            None => shell.line(command),
        }
    }
    let puts_registry = shell.lines.iter().any(|line| line.contains(PUT_REGISTRY));
    plan.notes.push("Keep what the commands that read print: not every change below has a step back.".to_owned());
    plan.step(Step::Apply, shell);
    if let Section::Complete(before) = &facts.target.ecr.registry_scanning
        // ENHANCED without rules means every repository, continuously: that is never sent.
        && puts_registry && (before.scan_type == "BASIC" || !before.rules.is_empty())
    {
        let rules = before.rules.iter().map(|rule| {
            let filter = |filter: &ScanningFilter| json!({ "filter": filter.filter, "filterType": filter.filter_type });
            let filters: Vec<_> = rule.filters.iter().map(filter).collect();
            json!({ "scanFrequency": rule.scan_frequency, "repositoryFilters": filters })
        });
        let rules = script::json(&rules.collect());
        let mut undo = Shell::new(&finding.region);
        undo.comment("The registry's scanning configuration as it was seen.");
        undo.run(PUT_REGISTRY, &format!("--scan-type {} --rules {rules}", script::word(&before.scan_type)));
        plan.step(Step::Undo, undo);
    }
}

/// The one call of a rule's commands that has a step back.
const PUT_REGISTRY: &str = "ecr put-registry-scanning-configuration";

fn about(finding: &Finding) -> Vec<String> {
    let name = finding.resource.name.as_ref().map_or_else(String::new, |name| format!(" ({name})"));
    let mut notes = vec![
        format!("Finding {} {}: {}", finding.rule, finding.fingerprint, finding.title),
        format!(
            "Account {}, region {}, {} {}{name}",
            finding.account, finding.region, finding.resource.kind, finding.resource.id
        ),
    ];
    if finding.confidence == Confidence::Low {
        notes.push("Confidence: low. Verify first that the instances mount the file system.".to_owned());
    }
    notes
}

fn way_title(way: &WayOut, finding: &Finding) -> String {
    format!("{} for {}", way_name(way.way), finding.resource.id)
}

fn of_way(way: &WayOut) -> Vec<String> {
    let mut notes = vec![format!("{}: {}", way_name(way.way), way.reason)];
    if let Some(monthly) = way.monthly_usd {
        let once = way.one_time_usd.map_or_else(String::new, |once| format!("; once {}", once.display()));
        let (likely, high) = (monthly.likely.display(), monthly.high.display());
        notes.push(format!("Left to pay: likely {likely} a month, at most {high}{once}."));
    }
    if way.instances_unprotected > 0 {
        notes.push(format!("Protection lost (instances: {}): {}", way.instances_unprotected, way.protection_lost));
    }
    notes.push(format!("Who may do it: {}. How sure that it ends the cost: {}.", way.who, way.confidence.as_str()));
    notes.extend(way.assumptions.iter().map(|assumption| format!("Assumed: {assumption}")));
    if !way.available {
        notes.push("This way cannot be taken here, so there is nothing to run.".to_owned());
    }
    notes
}

fn other_ways(finding: &Finding, taken: &WayOut) -> Option<String> {
    let others = finding.ways_out.iter().filter(|way| way.available && way.way != taken.way);
    let others = others.filter(|way| way.way != Way::DoNothing).map(|way| {
        let monthly = way.monthly_usd.map_or_else(|| "no price".to_owned(), |monthly| monthly.likely.display());
        format!("{} {monthly}", way_name(way.way))
    });
    let others: Vec<String> = others.collect();
    (!others.is_empty()).then(|| format!("Other ways (--way): {}", others.join(", ")))
}

/// A comment's text: one line, nothing in it that acts on a terminal.
fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
