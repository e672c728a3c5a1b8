//! What a picture takes for granted about something that the configuration leaves open: data, not words.

use std::collections::{BTreeMap, BTreeSet};

use crate::rules::finding::terraform;
pub(crate) use crate::rules::finding::terraform::Relation;

/// One assumption behind a picture.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Condition {
    /// What is open, as the configuration calls it: `var.enhanced`, `terraform.workspace`, an expression.
    pub(crate) subject: String,
    /// What is assumed about it.
    pub(crate) relation: Relation,
    /// Where it is declared: the file, and the line in native syntax.
    pub(crate) place: Option<(String, Option<u32>)>,
    /// This program could not follow what decides it, so it may be decided after all.
    pub(crate) unread: bool,
}

impl Condition {
    /// As findings carry it.
    pub(crate) fn said(&self) -> terraform::Condition {
        terraform::Condition { subject: self.subject.clone(), relation: self.relation.clone() }
    }
}

/// What tells the chosen pictures from the others: one open value that decides, else what they share and not all do,
/// else the assumptions of the first.
pub(crate) fn distinguishing(chosen: &[&[Condition]], others: &[&[Condition]]) -> Vec<Condition> {
    let Some((first, rest)) = chosen.split_first() else { return Vec::new() };
    for condition in *first {
        let about = |picture: &[Condition]| -> BTreeSet<Condition> {
            picture.iter().filter(|other| other.subject == condition.subject).cloned().collect()
        };
        let everywhere = rest.iter().all(|picture| !about(picture).is_empty());
        let with: BTreeSet<BTreeSet<Condition>> = chosen.iter().map(|picture| about(picture)).collect();
        let told = others.iter().all(|picture| !about(picture).is_empty() && !with.contains(&about(picture)));
        if everywhere && told && !others.is_empty() {
            return merged(with);
        }
    }
    let shared: Vec<Condition> = first
        .iter()
        .filter(|condition| rest.iter().all(|picture| picture.contains(condition)))
        .filter(|condition| !others.iter().all(|picture| picture.contains(condition)))
        .cloned()
        .collect();
    if shared.is_empty() { first.to_vec() } else { shared }
}

/// Several assumptions about one thing as one, where they list values.
fn merged(alternatives: BTreeSet<BTreeSet<Condition>>) -> Vec<Condition> {
    let mut values = BTreeMap::new();
    for alternative in &alternatives {
        match alternative.iter().collect::<Vec<_>>().as_slice() {
            [condition] => match &condition.relation {
                Relation::Is(own) => {
                    let kept: &mut Condition = values.entry(&condition.subject).or_insert_with(|| (*condition).clone());
                    if let Relation::Is(all) = &mut kept.relation {
                        all.extend(own.iter().cloned());
                    }
                }
                _ => return alternatives.into_iter().next().into_iter().flatten().collect(),
            },
            _ => return alternatives.into_iter().next().into_iter().flatten().collect(),
        }
    }
    values.into_values().collect()
}

/// Each range once, with the bounds that hold in the end.
pub(crate) fn tightened(conditions: &[Condition]) -> Vec<Condition> {
    let bounds = |subject: &str| {
        let own = conditions.iter().filter(|condition| condition.subject == subject);
        own.fold((None, None), |(low, high): (Option<i64>, Option<i64>), condition| match condition.relation {
            Relation::AtLeast(number) => (low.max(Some(number)), high),
            Relation::AtMost(number) => (low, Some(high.map_or(number, |high| high.min(number)))),
            _ => (low, high),
        })
    };
    let is_known = |subject: &str| {
        conditions.iter().any(|other| other.subject == subject && matches!(other.relation, Relation::Is(_)))
    };
    let mut kept: Vec<Condition> = Vec::new();
    for condition in conditions {
        // What it is says what it is not.
        if matches!(condition.relation, Relation::IsNot(_)) && is_known(&condition.subject) {
            continue;
        }
        let relation = match (&condition.relation, bounds(&condition.subject)) {
            (Relation::AtLeast(_) | Relation::AtMost(_), (Some(low), Some(high))) if low == high => {
                Relation::is(low.to_string())
            }
            (Relation::AtLeast(_), (Some(low), _)) => Relation::AtLeast(low),
            (Relation::AtMost(_), (_, Some(high))) => Relation::AtMost(high),
            (other, _) => other.clone(),
        };
        let condition = Condition { relation, ..condition.clone() };
        if !kept.contains(&condition) {
            kept.push(condition);
        }
    }
    kept
}
