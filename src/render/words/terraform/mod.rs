//! The sentences of Terraform's findings.

mod evidence;
mod fault;
mod ignore;
mod open;
mod remedy;

use std::collections::BTreeSet;

use serde::Deserialize;

use self::fault::faults;
use super::told::{Told, quoted};
use crate::rules::finding::terraform::{
    Agreement, Assumption, Clash, Condition, Destroyed, Item, Reason, Relation, Side, What,
};

pub(crate) use evidence::SEQUENCE;
pub(super) use evidence::evidence;
pub(crate) use ignore::bad_ignore;
pub(super) use open::question;
pub(super) use remedy::remedy;

/// What a report's `reason` says about places and conditions, read back from its data.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Placed {
    /// The sides, the subject first.
    #[serde(default)]
    pub(crate) sides: Vec<Side>,
    /// How many more there are.
    #[serde(default)]
    pub(crate) more_sides: usize,
    /// When it holds, if not always.
    #[serde(default)]
    pub(crate) when: Option<Vec<Condition>>,
    /// When it does not hold.
    #[serde(default)]
    pub(crate) except: Vec<Condition>,
}

/// The places of a finding; none where the report has none (one of an earlier version).
pub(crate) fn placed(reason: &serde_json::Value) -> Placed {
    Placed::deserialize(reason).unwrap_or_default()
}

/// Headline and story.
pub(super) fn reason(reason: &Reason) -> Told {
    let own = reason.sides.first().map_or_else(String::new, place);
    let Told { mut title, mut message } = what(reason, &own);
    if let Some(when) = &reason.when {
        message = format!("{message} This is so when {}.", conditions(when));
        title = format!("With some values of the variables: {}", lower_first(&title));
    }
    Told { title, message }
}

#[expect(clippy::too_many_lines, reason = "one arm a case, each a sentence or two")]
fn what(reason: &Reason, own: &str) -> Told {
    let told = |title: &str, message: String| Told { title: title.to_owned(), message };
    match &reason.what {
        What::TerraformCouplingLoop { clash } => told(
            "Terraform and AWS switch ECR scanning on and off in turn, for ever",
            format!(
                "{} AWS keeps one setting behind both, so every apply undoes what the one before did; the plan is never \
                 empty.",
                contradiction(*clash, reason, own)
            ),
        ),
        What::TerraformCouplingLoopHidden { clash } => told(
            "A contradiction between Inspector and the ECR registry is hidden by ignore_changes",
            format!(
                "{} ignore_changes keeps Terraform from seeing it: there is no endless plan, but what is written is not \
                 what is live, and nothing says so.",
                contradiction(*clash, reason, own)
            ),
        ),
        What::TerraformEnablerEmptied => told(
            "The enabler enables nothing",
            format!(
                "{own} stands with no resource type at all, which nobody can write: AWS has switched Inspector off since, \
                 and ignore_changes keeps Terraform from switching it on again."
            ),
        ),
        What::TerraformEnablerConflict { hidden } => {
            let consequence = if *hidden {
                "ignore_changes keeps Terraform from seeing it: types that are written here stay off, and nothing says so."
            } else {
                "Every apply switches types off that the next one switches on again."
            };
            told(
                "Several enablers for one account switch each other's types off",
                format!(
                    "{} are for the same account and region and list different types. An enabler disables every type that \
                     it does not list. {consequence}",
                    names(&reason.sides, reason.more_sides)
                ),
            )
        }
        What::TerraformOrganizationConflict => told(
            "New member accounts get Inspector's ECR scanning while a registry is set to BASIC",
            format!(
                "{own} switches ECR scanning on in every account that joins; {} sets a registry to BASIC. Where the registry \
                 is that of a member account, both write the same setting.",
                names(others(reason), 0)
            ),
        ),
        What::TerraformScanRulesInvalid { faults: all, more_faults } => told(
            "Amazon ECR will reject these scanning rules",
            format!("{own} passes validation and plan, but the apply fails: {}.", faults(all, *more_faults)),
        ),
        What::TerraformEnablerInvalid { faults: all, more_faults } => {
            told("The apply will reject this enabler", format!("{own}: {}.", faults(all, *more_faults)))
        }
        What::TerraformEnhancedWithoutRules => told(
            "Every repository is scanned continuously by default",
            format!(
                "{own} asks for ENHANCED without a rule. Without rules every repository is scanned continuously: each new \
                 vulnerability re-scans every image it concerns, at a price each."
            ),
        ),
        What::TerraformEnablerWithoutRules => told(
            "Inspector scans every repository continuously, and no rule says so",
            format!(
                "{own} switches Inspector's ECR scanning on, which sets the registry to ENHANCED. No resource here writes \
                 the registry's rules, so every repository is scanned continuously (that an activation through Inspector \
                 starts with these defaults is inferred from Amazon ECR's documentation)."
            ),
        ),
        What::TerraformContinuousScanWins { filters } => {
            let filters: Vec<String> = filters.iter().map(|filter| quoted(filter)).collect();
            told(
                "CONTINUOUS_SCAN wins where both rules match",
                format!(
                    "{own}: repositories that both rules match are scanned continuously, so the SCAN_ON_PUSH filters {} have \
                     no effect.",
                    filters.join(", ")
                ),
            )
        }
        What::TerraformDestroy { resource, tainted } => destroy(*resource, *tainted, own),
        What::TerraformEnablerNarrowerThanLive { account, region, lost } => {
            let lost = lost.join(", ");
            let lists = reason.sides.first().map_or("", |side| side.value.as_str());
            Told {
                title: format!("Applying this switches off {lost} in {account}"),
                message: format!(
                    "{own} lists {lists}; in {account} {region} Inspector also scans {lost}. An enabler disables every type \
                     that it does not list, whoever switched it on."
                ),
            }
        }
        What::TerraformRegistryBasicUnlikeLive { account, region } => Told {
            title: format!("Applying this switches Inspector's ECR scanning off in {account}"),
            message: format!(
                "{own} writes BASIC; in {account} {region} the registry is ENHANCED and Inspector scans it. The apply \
                 switches that off, and Inspector itself if ECR is its only type."
            ),
        },
        What::TerraformRegistrySeveralWriters { writers, agreement } => {
            let consequence = match agreement {
                Agreement::BothScanTypes => {
                    "Each apply overwrites the other, and as ENHANCED and BASIC alternate, Inspector's ECR scanning is \
                     switched on and off in turn."
                }
                Agreement::Differ => "Each apply overwrites the other, and the plan is never empty.",
                Agreement::Same => "They say the same today; the day one changes, each apply overwrites the other.",
            };
            told(
                "Several resources write the scanning configuration of one registry",
                format!(
                    "{} are for the same account and region ({writers} in all), which has one scanning configuration. \
                     {consequence}",
                    names(&reason.sides, reason.more_sides)
                ),
            )
        }
        What::TerraformPlanToBasic => told(
            "The plan turns ENHANCED into BASIC, which switches Inspector's ECR scanning off",
            format!(
                "{own} goes from ENHANCED to BASIC: AWS then switches Inspector's ECR type off for the whole account and \
                 region, and Inspector itself if that was its only type; findings, filters and suppression rules go with it."
            ),
        ),
        What::TerraformPlanNarrowsEnabler { types, accounts } => narrowed(types, accounts, own),
    }
}

fn contradiction(clash: Clash, reason: &Reason, own: &str) -> String {
    let enablers = names(others(reason), reason.more_sides);
    match clash {
        Clash::BasicAgainstEcr => format!(
            "{enablers} switches Inspector's ECR scanning on; {own} sets the registry to BASIC, which switches it off."
        ),
        Clash::EnhancedWithoutEcr => format!(
            "{own} sets the registry to ENHANCED, which switches Inspector's ECR type on; {enablers} does not list ECR, and \
             an enabler switches off every type that it does not list."
        ),
    }
}

fn destroy(resource: Destroyed, tainted: bool, own: &str) -> Told {
    let again = if tainted { " It is tainted, so it is destroyed and made again." } else { "" };
    let (title, message) = match resource {
        Destroyed::Configuration => (
            "Destroying Inspector's configuration lengthens the re-scan windows",
            format!(
                "Destroying {own} sets the re-scan duration back to LIFETIME and the pull window to 90 days: more images \
                 stay under continuous scanning, and are billed."
            ),
        ),
        Destroyed::Enabler => (
            "Destroying the enabler switches Inspector off for whole accounts",
            format!(
                "Destroying {own} disables every Inspector scan type in its accounts, whoever else relies on them; where \
                 none is left on, findings, filters and suppression rules are deleted."
            ),
        ),
        Destroyed::Registry => (
            "Destroying the registry's scanning configuration switches Inspector's ECR scanning off",
            format!(
                "Destroying {own} does not remove a configuration: it writes BASIC without rules, which switches Inspector's \
                 ECR type off for the whole account and region, and Inspector itself if that was its only type."
            ),
        ),
    };
    Told { title: title.to_owned(), message: format!("{message}{again}") }
}

fn narrowed(types: &[String], accounts: &BTreeSet<String>, own: &str) -> Told {
    let mut sentences = Vec::new();
    if !types.is_empty() {
        sentences
            .push(format!("{own} no longer lists {}: Inspector stops scanning it in its accounts.", types.join(", ")));
    }
    if types.iter().any(|name| name == "ECR") {
        sentences.push("Without ECR the registry falls back to BASIC.".to_owned());
    }
    if !accounts.is_empty() {
        let shown: Vec<&str> = accounts.iter().take(3).map(String::as_str).collect();
        let more = accounts.len() - shown.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        sentences.push(format!("{own} no longer names {}{more}: everything is disabled there.", shown.join(", ")));
    }
    let title = match types {
        [] => "The plan takes accounts out of the enabler, which switches Inspector off there".to_owned(),
        lost => format!("The plan narrows the enabler, which switches {} off", lost.join(", ")),
    };
    Told { title, message: sentences.join(" ") }
}

fn others(reason: &Reason) -> &[Side] {
    reason.sides.get(1..).unwrap_or_default()
}

/// Address and place.
fn place(side: &Side) -> String {
    place_of(&side.address, &side.file, side.line)
}

fn place_of(address: &str, file: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{address} ({file}:{line})"),
        None => format!("{address} ({file})"),
    }
}

fn names(sides: &[Side], more: usize) -> String {
    let names = sides.iter().map(place).collect::<Vec<_>>().join(" and ");
    if more == 0 { names } else { format!("{names} and {more} more") }
}

/// Conditions in the words of the configuration.
pub(crate) fn conditions(conditions: &[Condition]) -> String {
    let words: Vec<String> = conditions.iter().map(condition).collect();
    if words.is_empty() { "the variables are others".to_owned() } else { words.join(" and ") }
}

fn condition(condition: &Condition) -> String {
    // A reference, or a call of one, stands for itself; anything with an operator in it is put in parentheses.
    let is_reference = condition.subject.chars().all(|c| c.is_ascii_alphanumeric() || "._-[]()\"*".contains(c));
    let subject = if is_reference { condition.subject.clone() } else { format!("({})", condition.subject) };
    let list = |values: &BTreeSet<String>| values.iter().cloned().collect::<Vec<_>>().join(" or ");
    match &condition.relation {
        Relation::Is(values) => format!("{subject} = {}", list(values)),
        Relation::IsNot(values) => format!("{subject} is not {}", list(values)),
        Relation::Has(member) => format!("{subject} contains {member}"),
        Relation::Lacks(member) => format!("{subject} does not contain {member}"),
        Relation::AtLeast(number) => format!("{subject} >= {number}"),
        Relation::AtMost(number) => format!("{subject} <= {number}"),
    }
}

fn lower_first(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        // A name keeps its capital.
        Some(_) if ["Terraform", "Inspector", "Amazon"].iter().any(|name| text.starts_with(name)) => text.to_owned(),
        Some(first) => first.to_lowercase().chain(chars).collect(),
        None => String::new(),
    }
}

/// One assumption, in a sentence.
pub(super) fn assumption(assumption: &Assumption) -> String {
    match *assumption {}
}

/// One item of a bill.
pub(super) fn item(item: Item) -> String {
    match item {}
}
