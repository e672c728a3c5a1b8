//! Plans: what to type for one way out of a finding, as a POSIX shell script to read first. Pure.
//!
//! A plan changes nothing by being printed, and its script does nothing without a step named. Foreign words are quoted,
//! foreign text stands in comments of one line, and what would run a scan on the way is not emitted.

mod exclude;
mod inspector;
mod notes;
mod registry;
mod script;
mod storage;

pub use script::script;

use serde_json::json;

use crate::model::Instance;
use crate::render::plain;
use crate::report::v1::Finding;
use crate::rules::efs::Facts;
use crate::rules::efs::ways;
use crate::rules::{Confidence, Way};
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
    /// Prepare what launches instances later.
    Template,
    /// Make it hold for instances that are launched later.
    Lasting,
    /// Read whether it holds.
    Confirm,
    /// Take back what [`Self::Lasting`] and [`Self::Template`] did.
    Unlasting,
    /// Put back what was there.
    Undo,
}

impl Step {
    const ALL: [Self; 8] = [
        Self::Look,
        Self::Check,
        Self::Apply,
        Self::Template,
        Self::Lasting,
        Self::Confirm,
        Self::Unlasting,
        Self::Undo,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Check => "check",
            Self::Apply => "apply",
            Self::Template => "template",
            Self::Lasting => "lasting",
            Self::Confirm => "confirm",
            Self::Unlasting => "unlasting",
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
            Self::Template => "a new version of the launch template, with metadata tags; run it once",
            Self::Lasting => "make it hold for instances that are launched later",
            Self::Confirm => "read whether it holds",
            Self::Unlasting => {
                "only after the steps template and lasting: take back what they did, before the step undo"
            }
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
    /// What a step of it replaces as a whole, so that no other plan may do so after it.
    replaces: Vec<String>,
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

    /// Adds every way out of the finding in full, as comments.
    pub fn compare(&mut self, finding: &Finding) {
        self.notes.extend(notes::all_ways(finding));
    }

    fn step(&mut self, step: Step, shell: Shell) {
        if !shell.lines.is_empty() {
            self.steps.push(Body { step, account: self.account.clone(), lines: shell.lines });
            // Listed in the order in which they are run.
            self.steps.sort_by_key(|body| body.step);
        }
    }
}

/// What `--way` calls a way out.
pub fn way_name(way: Way) -> &'static str {
    way.name()
}

/// The plan for one finding of a target, by the way asked for or the recommended one; `None` where a way was asked for
/// and the finding has none to choose from.
pub fn plan(facts: &Facts<'_>, finding: &Finding, wanted: Option<Way>) -> Option<Plan> {
    let mut notes = notes::about(finding);
    if ways::has_ways(&finding.rule) {
        let way = match wanted {
            Some(wanted) => finding.ways_out.iter().find(|way| way.way == wanted)?,
            None => finding.ways_out.iter().find(|way| way.recommended)?,
        };
        notes.extend(notes::of_way(way));
        notes.extend(notes::other_ways(finding, way));
        let mut plan = begin(finding, format!("{} for {}", way_name(way.way), finding.resource.id), notes);
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
        Some(instance) if excluding => exclude::exclude(facts, &[instance], false, &mut plan),
        Some(instance) if finding.rule == "metadata-tags-blocked" => exclude::unblock(facts, instance, &mut plan),
        _ => registry::commands(facts, finding, &mut plan),
    }
    Some(plan)
}

fn begin(finding: &Finding, title: String, notes: Vec<String>) -> Plan {
    Plan { title, account: finding.account.clone(), notes, replaces: Vec::new(), steps: Vec::new() }
}

fn take(facts: &Facts<'_>, finding: &Finding, way: Way, plan: &mut Plan) {
    let instances = ways::instances(facts, &finding.rule, &finding.resource.id);
    if finding.confidence == Confidence::Low && way != Way::DoNothing {
        look(facts, finding, &instances, plan);
    }
    match way {
        Way::DoNothing => {}
        Way::ExcludeInstances => {
            exclude::exclude(facts, &instances, ways::one_is_enough(facts, &finding.rule, &finding.resource.id), plan)
        }
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

/// A comment's text: one line, nothing in it that acts on a terminal.
fn one_line(text: &str) -> String {
    plain(text).split_whitespace().collect::<Vec<_>>().join(" ")
}
