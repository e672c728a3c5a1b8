//! What AWS will do next: sequences of steps.

use crate::rules::finding::coupling::{Event, Prediction, ResourceType, State, Step};

/// Follows `events` from `start`, until they end or a state comes back.
pub(crate) fn predict(start: &State, events: &[Event]) -> Prediction {
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
pub(crate) fn predict_reapplied(start: &State) -> Prediction {
    let ecr = Event::Enable([ResourceType::Ecr].into());
    // The rules a configuration writes are its own; a start without rules comes back without rules.
    let basic = Event::PutBasic(start.rules);
    predict(start, &[Event::Settle, ecr, basic, Event::Settle])
}
