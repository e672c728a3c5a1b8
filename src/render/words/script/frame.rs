//! The script: its frame. Whatever it holds of other people's text stands in quotes.

use chrono::{DateTime, Utc};

use super::others::Others;
use super::plan::{Body, Phase, Written};
use crate::aws_cli::word::{is_id, word};
use crate::render::words::line::{comment, printed};
use crate::text::clean;

/// The longest sentence that is printed, in characters.
const MAX_SENTENCE: usize = 2_000;

/// Plans, and what there is to know beside them.
#[derive(Debug, Clone, Default)]
pub struct Script {
    /// The plans.
    pub plans: Vec<Written>,
    /// What could not be seen or planned, a sentence each.
    pub left_open: Vec<String>,
}

impl Script {
    /// The whole script. `taken_at`: when the data was taken that the plans rest on.
    pub fn text(&self, taken_at: DateTime<Utc>) -> String {
        let plans = &self.plans;
        let mut out: Vec<String> = HEAD.iter().map(|line| (*line).to_owned()).collect();
        let at = taken_at.format("%Y-%m-%d %H:%M:%S UTC");
        out.push(comment(&format!("Made from what was seen at {at}. What has changed since is not in it.")));
        out.extend(USAGE.iter().map(|line| (*line).to_owned()));
        let is_used = |phase: &Phase| {
            *phase == Phase::About || plans.iter().flat_map(|plan| &plan.phases).any(|body| body.phase == *phase)
        };
        let used = Phase::ALL.into_iter().filter(is_used);
        out.extend(used.map(|phase| format!("#     {:9} {}", phase.name(), quiet(phase.describe()))));
        out.extend(["#".to_owned(), "# shellcheck disable=SC1003,SC2016".to_owned()]);
        out.extend(["set -eu", "AWS_PAGER=", "export AWS_PAGER"].map(str::to_owned));
        if plans.iter().any(Written::has_steps) {
            out.extend([String::new(), GUARD.to_owned()]);
        }
        let others = Others::of(plans);
        for (plan, number) in plans.iter().zip(1_usize..) {
            out.push(String::new());
            out.push(comment(&format!("Plan {number} of {}", plans.len())));
            let title = format!("Plan {number} of {}: {}", plans.len(), plan.title);
            let notes = [title]
                .into_iter()
                .chain(plan.notes.iter().cloned())
                .chain(others.excluded(number, plan))
                .chain(others.ended(number, plan));
            out.extend(function("about", number, notes.map(|note| sentence(&note))));
            for body in &plan.phases {
                out.push(String::new());
                let guard = guard(body);
                out.extend(function(body.phase.name(), number, [guard].into_iter().chain(body.lines.iter().cloned())));
            }
        }
        out.push(String::new());
        out.extend(self.dispatch());
        out.join("\n") + "\n"
    }

    fn dispatch(&self) -> Vec<String> {
        let mut out = vec!["case \"${1:-list} ${2:-}\" in".to_owned(), "  'list ')".to_owned()];
        if self.plans.is_empty() {
            out.push("    echo 'nothing to do'".to_owned());
        } else {
            out.push("    echo 'Without a step nothing is done. To run one: sh plan.sh STEP NUMBER, such as sh plan.sh about 1'".to_owned());
        }
        for (plan, number) in self.plans.iter().zip(1_usize..) {
            let phases = phases(plan).join(", ");
            out.push(format!("    {}", sentence(&format!("{number}: {} [{phases}]", plan.title))));
        }
        out.extend(self.left_open.iter().map(|text| format!("    {}", sentence(text))));
        out.push("    ;;".to_owned());
        for (plan, number) in self.plans.iter().zip(1_usize..) {
            out.extend(phases(plan).iter().map(|name| format!("  '{name} {number}') {name}_{number} ;;")));
        }
        out.extend(
            ["  *)", "    echo 'no such step: run this script without arguments' >&2", "    exit 2", "    ;;", "esac"]
                .map(str::to_owned),
        );
        out
    }
}

const HEAD: [&str; 2] = [
    "#!/bin/sh",
    "# A plan by inspector-audit fix. Printing it has changed nothing: read it, then run its steps one by one.",
];

const USAGE: [&str; 4] = [
    "#",
    "#   sh plan.sh              list the plans",
    "#   sh plan.sh STEP NUMBER  run one step of one plan, in this order. A plan leaves out what it does not need:",
    "#",
];

/// Stops where the credentials are those of another account than the plan is for.
const GUARD: &str = "\
account_is() {
  account=$(aws sts get-caller-identity ${2+\"$2\"} --query Account --output text)
  if [ \"$account\" != \"$1\" ]; then
    echo \"these credentials are for account $account; this step is for account $1\" >&2
    exit 1
  fi
}";

fn guard(body: &Body) -> String {
    let account = if is_id(&body.account) { body.account.as_str() } else { "''" };
    match &body.profile {
        Some(profile) => format!("account_is {account} --profile={}", word(profile)),
        None => format!("account_is {account}"),
    }
}

fn phases(plan: &Written) -> Vec<&'static str> {
    [Phase::About].into_iter().chain(plan.phases.iter().map(|body| body.phase)).map(Phase::name).collect()
}

/// Our own words without what a shell would act on, were the script pasted.
fn quiet(text: &str) -> String {
    comment(text).trim_start_matches("# ").to_owned()
}

/// A line that prints one sentence, on one line and not endless whatever it holds.
fn sentence(text: &str) -> String {
    let text = clean(text);
    let text = text.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ");
    printed(&text.chars().take(MAX_SENTENCE).collect::<String>())
}

fn function(name: &str, number: usize, lines: impl Iterator<Item = String>) -> Vec<String> {
    let mut out = vec![format!("{name}_{number}() {{")];
    out.extend(lines.map(|line| format!("  {line}")));
    out.push("}".to_owned());
    out
}
