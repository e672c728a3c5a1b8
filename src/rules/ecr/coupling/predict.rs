//! What AWS will do next, in words: sequences of steps, and the page of the whole table.

use std::fmt;

use super::{Event, Grade, ResourceType, State, TRANSITIONS, Transition};

/// One predicted step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What happens.
    pub event: Event,
    /// Where it leads.
    pub state: State,
    /// The rows of the table that say so.
    pub rows: Vec<&'static Transition>,
}

/// What follows from a state, step by step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prediction {
    /// Where it starts.
    pub start: State,
    /// The steps; steps that change nothing and that no row speaks of are left out.
    pub steps: Vec<Step>,
    /// Whether the last state has been there before: the steps since then go on for ever.
    pub repeats: bool,
}

impl Prediction {
    /// The grade of the weakest step; `None` where nothing happens.
    pub fn grade(&self) -> Option<Grade> {
        self.steps.iter().flat_map(|step| &step.rows).map(|row| row.grade).max()
    }
}

impl fmt::Display for Prediction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.start)?;
        let mut before = &self.start;
        for step in &self.steps {
            let rows: Vec<_> = step.rows.iter().map(|row| row.id).collect();
            let effect = if step.state == *before { "nothing changes".to_owned() } else { step.state.to_string() };
            write!(f, " -> [{}] {effect} ({})", step.event, rows.join(", "))?;
            before = &step.state;
        }
        if self.repeats {
            f.write_str(" -> and so on, one flip per apply")?;
        }
        match self.grade() {
            Some(grade) => write!(f, ". Weakest evidence: {grade}."),
            None => f.write_str(". Nothing is known to change this by itself."),
        }
    }
}

/// Follows `events` from `start`, until they end or a state comes back.
pub fn predict(start: &State, events: &[Event]) -> Prediction {
    let mut prediction = Prediction { start: start.clone(), steps: Vec::new(), repeats: false };
    let mut seen = vec![start.clone()];
    let mut state = start.clone();
    for event in events {
        let (next, rows) = state.apply(event);
        if next == state && rows.is_empty() {
            continue;
        }
        prediction.steps.push(Step { event: event.clone(), state: next.clone(), rows });
        prediction.repeats = next != state && seen.contains(&next);
        if prediction.repeats {
            break;
        }
        seen.push(next.clone());
        state = next;
    }
    prediction
}

/// What follows where something (Terraform, a script, a person) keeps asking for ECR scanning in Inspector and for
/// BASIC in the registry: the way it flips for ever. Once the two sides are equal only those two are left to act.
pub fn predict_reapplied(start: &State) -> Prediction {
    let ecr = Event::Enable([ResourceType::Ecr].into());
    // The rules a configuration writes are its own; a start without rules comes back without rules.
    let basic = Event::PutBasic(start.rules);
    predict(start, &[Event::Settle, ecr, basic, Event::Settle])
}

/// The page of `explain ecr-coupling`, in Markdown: the rule behind it, then the table.
pub fn page() -> String {
    use fmt::Write as _;
    let mut page = String::from(
        "# ecr-coupling\n\nAWS keeps one bit behind two APIs: \"Inspector scans ECR\" and \"the registry's scan type is \
         ENHANCED\" are made equal, whichever of the two is written. Everything below holds for one account in one \
         region. The grade says how a step is known: `documented` by AWS, `indirect` (permissions, source code, public \
         incident reports), `article only` (one public observation) or `unknown`.\n\n\
         | # | event | when | effect | grade | source |\n|---|---|---|---|---|---|\n",
    );
    for row in TRANSITIONS {
        let Transition { id, event, guard, effect, grade, source } = row;
        let _ = writeln!(page, "| {id} | {event} | {guard} | {effect} | {grade} | {source} |");
    }
    page.push_str(
        "\nTerraform writes the bit from two resources. It flips for ever when one `aws_inspector2_enabler` of the \
         account has ECR and `aws_ecr_registry_scanning_configuration` says BASIC, when it lacks ECR and the registry \
         says ENHANCED, or when two enablers of one account list different types. The way out is one owner: manage \
         the registry's configuration alone, or make both say the same.\n",
    );
    page
}
