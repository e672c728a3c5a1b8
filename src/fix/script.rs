//! The script: its frame, quoting and comments. The only place that puts foreign text into it.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{Body, Plan, Step, one_line};
pub(super) use crate::rules::shell::word;

/// The longest comment.
const COMMENT: usize = 2_000;
/// From this many on, equal commands are written as a loop.
const LOOP: usize = 8;

/// The body of one step.
#[derive(Debug)]
pub(super) struct Shell {
    region: String,
    /// Its lines, without indentation; one may hold line breaks inside quotes.
    pub(super) lines: Vec<String>,
}

impl Shell {
    /// An empty body of commands for one region.
    pub(super) fn new(region: &str) -> Self {
        Self { region: word(region), lines: Vec::new() }
    }

    /// A comment.
    pub(super) fn comment(&mut self, text: &str) {
        self.lines.push(comment(text));
    }

    /// A line of our own, whose foreign words are quoted already.
    pub(super) fn line(&mut self, line: &str) {
        self.lines.push(line.to_owned());
    }

    /// One call of the CLI: `call("ec2 create-tags", "--resources …")`, whose foreign words are quoted already.
    pub(super) fn call(&self, operation: &str, arguments: &str) -> String {
        format!("aws {operation} --region {} {arguments}", self.region).trim_end().to_owned()
    }

    /// Runs one call.
    pub(super) fn run(&mut self, operation: &str, arguments: &str) {
        let call = self.call(operation, arguments);
        self.lines.push(call);
    }

    /// Runs one call for each id, which `arguments` gets quoted.
    pub(super) fn each(&mut self, ids: &[&str], operation: &str, arguments: impl Fn(&str) -> String) {
        if ids.len() < LOOP {
            for id in ids {
                self.run(operation, &arguments(&word(id)));
            }
            return;
        }
        let list = ids.iter().map(|id| word(id)).collect::<Vec<_>>().join(" \\\n    ");
        let call = self.call(operation, &arguments("\"$id\""));
        self.lines.push(format!("for id in {list}; do\n    {call}\n  done"));
    }
}

/// Foreign text as JSON for the CLI, in a word: plain ASCII, so that what is seen is what is there.
pub(super) fn json(value: &Value) -> String {
    let mut text = String::new();
    for c in value.to_string().chars() {
        if c.is_ascii() && !c.is_ascii_control() {
            text.push(c);
        } else {
            let mut units = [0_u16; 2];
            text.extend(c.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        }
    }
    word(&text)
}

/// `# text`, on one line whatever the text holds.
fn comment(text: &str) -> String {
    let text: String = one_line(text).chars().take(COMMENT).collect();
    format!("# {text}").trim_end().to_owned()
}

/// The whole script.
pub fn script(plans: &[Plan], taken_at: DateTime<Utc>) -> String {
    let mut out = vec![
        "#!/bin/sh".to_owned(),
        "# A plan by inspector-audit fix. Printing it has changed nothing: read it, then run its steps one by one.".to_owned(),
        comment(&format!("Made from what was seen at {}; what has changed since is not in it.", taken_at.to_rfc3339())),
        "#".to_owned(),
        "#   sh plan.sh              list the plans".to_owned(),
        "#   sh plan.sh STEP NUMBER  run one step of one plan, in this order (a plan leaves out what it does not need):".to_owned(),
    ];
    out.extend(Step::ALL.map(|step| format!("#     {:9} {}", step.name(), step.describe())));
    out.extend([
        "#".to_owned(),
        "# Dollar signs in single quotes are parts of names, not expansions:".to_owned(),
        "# shellcheck disable=SC2016".to_owned(),
        "set -eu".to_owned(),
        "AWS_PAGER=''".to_owned(),
        "export AWS_PAGER".to_owned(),
    ]);
    if plans.iter().any(Plan::has_steps) {
        out.extend([String::new(), GUARD.to_owned()]);
    }
    for (plan, number) in plans.iter().zip(1_usize..) {
        out.push(String::new());
        out.push(comment(&format!("==== Plan {number} of {}: {} ====", plans.len(), plan.title)));
        out.extend(plan.notes.iter().map(|note| comment(note)));
        out.extend(excluded(plans, number).iter().map(|note| comment(note)));
        for body in &plan.steps {
            out.push(String::new());
            out.extend(function(body, number));
        }
    }
    out.push(String::new());
    out.extend(dispatch(plans));
    out.join("\n") + "\n"
}

/// Plans that replace the same thing as a whole: the later would take back what the earlier did.
fn excluded(plans: &[Plan], number: usize) -> Vec<String> {
    let Some(plan) = number.checked_sub(1).and_then(|at| plans.get(at)) else { return Vec::new() };
    let note = |what: &String| {
        let others = plans.iter().zip(1_usize..).filter(|(other, at)| *at != number && other.replaces.contains(what));
        let others: Vec<String> = others.map(|(_, at)| at.to_string()).collect();
        (!others.is_empty()).then(|| {
            format!(
                "Run only one of the plans {number} and {}: each replaces {what} as a whole. Then make the plan again.",
                others.join(", ")
            )
        })
    };
    plan.replaces.iter().filter_map(note).collect()
}

/// Stops where the credentials are those of another account than the plan is for.
const GUARD: &str = "\
account_is() {
  account=$(aws sts get-caller-identity --query Account --output text)
  if [ \"$account\" != \"$1\" ]; then
    echo \"these credentials are for account $account; this step is for account $1\" >&2
    exit 1
  fi
}";

fn function(body: &Body, number: usize) -> Vec<String> {
    let mut out = vec![format!("{}_{number}() {{", body.step.name()), format!("  account_is {}", word(&body.account))];
    // Line breaks inside a line belong to its quoted words: they are not indented.
    out.extend(body.lines.iter().map(|line| format!("  {line}")));
    out.push("}".to_owned());
    out
}

fn dispatch(plans: &[Plan]) -> Vec<String> {
    let mut out = vec!["case \"${1:-list} ${2:-}\" in".to_owned()];
    out.push("  'list ')".to_owned());
    if plans.is_empty() {
        out.push("    echo 'nothing to do'".to_owned());
    }
    for (plan, number) in plans.iter().zip(1_usize..) {
        let steps: Vec<&str> = plan.steps.iter().map(|body| body.step.name()).collect();
        let steps = if steps.is_empty() { "nothing to run".to_owned() } else { steps.join(", ") };
        let line = one_line(&format!("{number}: {} [{steps}]", plan.title));
        out.push(format!("    printf '%s\\n' {}", word(&line)));
    }
    out.push("    ;;".to_owned());
    for (plan, number) in plans.iter().zip(1_usize..) {
        let steps = plan.steps.iter().map(|body| body.step.name());
        out.extend(steps.map(|step| format!("  '{step} {number}') {step}_{number} ;;")));
    }
    out.extend(
        ["  *)", "    echo 'no such step: run this script without arguments' >&2", "    exit 2", "    ;;", "esac"]
            .map(str::to_owned),
    );
    out
}
