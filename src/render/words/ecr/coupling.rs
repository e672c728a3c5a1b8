//! The coupling's state machine in words: predictions, and the page of the whole table.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::rules::finding::coupling::{
    Event, Grade, Prediction, ResourceType, Rules, Setting, State, TRANSITIONS, Transition,
};

/// Every step from where it starts, with the weakest evidence; which row of the table says so is for who reads the table.
pub(crate) fn prediction(prediction: &Prediction) -> String {
    let mut text = state(&prediction.start);
    let mut before = &prediction.start;
    for step in &prediction.steps {
        let effect = if step.state == *before { "nothing changes".to_owned() } else { state(&step.state) };
        // Writing to memory does not fail.
        let _ = write!(text, " -> [{}] {effect}", event(&step.event));
        before = &step.state;
    }
    if prediction.repeats {
        text.push_str(" -> and so on, one flip per apply");
    }
    match prediction.grade() {
        Some(weakest) => text + &format!(". Weakest evidence: {}.", grade(weakest)),
        None => text + ". Nothing is known to change this by itself.",
    }
}

/// The page of `explain ecr-coupling`, in Markdown: the rule behind it, then the table.
pub(crate) fn page() -> String {
    let mut page = String::from(
        "# ecr-coupling\n\nAWS keeps one bit behind two APIs: \"Inspector scans ECR\" and \"the registry's scan type is \
         ENHANCED\" are made equal, whichever of the two is written. Everything below holds for one account in one \
         region. The grade says how a step is known: `documented` by AWS, `indirect` (permissions, source code, public \
         incident reports), `article only` (one public observation) or `unknown`.\n\n\
         | # | event | when | effect | grade | source |\n|---|---|---|---|---|---|\n",
    );
    for row in TRANSITIONS {
        let Transition { id, event, guard, effect, grade: known, source } = row;
        let _ = writeln!(page, "| {id} | {event} | {guard} | {effect} | {} | {source} |", grade(*known));
    }
    page.push_str(
        "\nTerraform writes the bit from two resources. It flips for ever when one `aws_inspector2_enabler` of the \
         account has ECR and `aws_ecr_registry_scanning_configuration` says BASIC, when it lacks ECR and the registry \
         says ENHANCED, or when two enablers of one account list different types. The way out is one owner: manage \
         the registry's configuration alone, or make both say the same.\n",
    );
    page
}

fn grade(grade: Grade) -> &'static str {
    match grade {
        Grade::Documented => "documented",
        Grade::Indirect => "indirect",
        Grade::ArticleOnly => "article only",
        Grade::Unknown => "unknown",
    }
}

fn kind(kind: ResourceType) -> &'static str {
    if kind == ResourceType::Other { "another type" } else { kind.as_str() }
}

fn kinds<'a>(kinds: impl IntoIterator<Item = &'a ResourceType>) -> String {
    kinds.into_iter().map(|one| kind(*one)).collect::<Vec<_>>().join(", ")
}

fn state(state: &State) -> String {
    let registry = match (state.setting, state.rules) {
        (Setting::Basic, _) => "registry BASIC",
        (Setting::Enhanced, Rules::Written) => "registry ENHANCED",
        (Setting::Enhanced, Rules::Absent | Rules::ContinuousAll) => {
            "registry ENHANCED with CONTINUOUS_SCAN on every repository"
        }
    };
    let others: BTreeSet<_> = state.types.iter().filter(|kind| **kind != ResourceType::Ecr).collect();
    let ecr = state.types.contains(&ResourceType::Ecr);
    let inspector = match (ecr, others.is_empty()) {
        (false, true) => "Inspector off".to_owned(),
        (true, true) => "Inspector on for ECR alone".to_owned(),
        (true, false) => format!("Inspector on for ECR and {}", kinds(others)),
        (false, false) => format!("Inspector on for {} without ECR", kinds(others)),
    };
    format!("{registry}, {inspector}")
}

fn event(event: &Event) -> String {
    match event {
        Event::Enable(types) => format!("next apply enables {} in Inspector", kinds(types)),
        Event::Disable(types) => format!("Inspector's {} disabled", kinds(types)),
        Event::ConsoleActivation => "Inspector activated in the console".to_owned(),
        Event::PutEnhanced(_) => "registry set to ENHANCED".to_owned(),
        Event::PutBasic(_) => "next apply sets the registry to BASIC".to_owned(),
        Event::DestroyConfiguration => "registry configuration destroyed".to_owned(),
        Event::Settle => "AWS by itself, after a while".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_no_step_follows_nothing_is_known_to_change_it() {
        let start = State { setting: Setting::Enhanced, rules: Rules::Absent, ..State::untouched() };
        let text = prediction(&Prediction { start, steps: Vec::new(), repeats: false });
        let expected = "registry ENHANCED with CONTINUOUS_SCAN on every repository, Inspector off. Nothing is known to \
                        change this by itself.";
        assert_eq!(text, expected);
    }

    #[test]
    fn the_page_prints_every_row() {
        let page = page();
        for row in TRANSITIONS {
            assert!(page.contains(&format!("| {} | {} |", row.id, row.event)), "{}", row.id);
        }
    }
}
