//! What plans of one script are to each other: which take back what others did, which make others needless.

use std::collections::HashMap;

use super::plan::Written;
use crate::render::text::grouped;

/// How many other plans are named.
const NAMED: usize = 8;

/// The plans by what they share, by their numbers, each in rising order.
pub(super) struct Others<'a> {
    /// By what they replace as a whole.
    replacing: HashMap<&'a str, Vec<usize>>,
    /// By account and region.
    together: HashMap<(&'a str, &'a str), Together>,
}

/// The plans of one account and region of which some end others.
#[derive(Default)]
struct Together {
    ending: Vec<usize>,
    /// By each of these.
    ended: Vec<usize>,
}

impl<'a> Others<'a> {
    pub(super) fn of(plans: &'a [Written]) -> Self {
        let mut others = Self { replacing: HashMap::new(), together: HashMap::new() };
        for (plan, number) in plans.iter().zip(1..) {
            for what in &plan.replaces {
                others.replacing.entry(what).or_default().push(number);
            }
            if !plan.ends.is_empty() {
                others.together.entry(place(plan)).or_default().ending.push(number);
            }
        }
        for (plan, number) in plans.iter().zip(1..) {
            let Some(Together { ending, ended }) = others.together.get_mut(&place(plan)) else { continue };
            // What ends a place ends the same of it whichever finding it was made for.
            let ends = ending.first().and_then(|first| plans.get(first - 1)).map(|first| &first.ends);
            if ends.is_some_and(|ends| plan.findings.iter().all(|finding| ends.contains(finding))) {
                ended.push(number);
            }
        }
        others
    }

    /// Plans that replace the same thing as a whole: the later would take back what the earlier did.
    pub(super) fn excluded(&self, number: usize, plan: &Written) -> Vec<String> {
        let note = |what: &String| {
            named(self.replacing.get(what.as_str())?, number).map(|others| {
                format!(
                    "Run only one of the plans {number} and {others}: each replaces {what} as a whole. Then make the plan again."
                )
            })
        };
        plan.replaces.iter().filter_map(note).collect()
    }

    /// Which plans one makes needless, and which make this one so.
    pub(super) fn ended(&self, number: usize, plan: &Written) -> Vec<String> {
        let Some(Together { ending, ended }) = self.together.get(&place(plan)) else { return Vec::new() };
        let is_in = |numbers: &[usize]| numbers.binary_search(&number).is_ok();
        let ends = named(ended, number).filter(|_| is_in(ending));
        let ends =
            ends.map(|plans| format!("It also ends what is behind these plans, which are then not needed: {plans}."));
        let ended_by = named(ending, number).filter(|_| is_in(ended));
        let ended_by = ended_by.map(|plans| format!("Not needed where one of these plans is carried out: {plans}."));
        ends.into_iter().chain(ended_by).collect()
    }
}

fn place(plan: &Written) -> (&str, &str) {
    (&plan.account, &plan.region)
}

/// `2, 5`, without the one that asks; nothing where there is no other.
fn named(numbers: &[usize], number: usize) -> Option<String> {
    let others = numbers.iter().filter(|other| **other != number);
    let first: Vec<String> = others.take(NAMED).map(ToString::to_string).collect();
    let own = usize::from(numbers.binary_search(&number).is_ok());
    let more = numbers.len().saturating_sub(own + first.len());
    let more = if more > 0 {
        format!(" and {} more", grouped(u64::try_from(more).unwrap_or(u64::MAX)))
    } else {
        String::new()
    };
    (!first.is_empty()).then(|| first.join(", ") + &more)
}

#[cfg(test)]
mod tests {
    use super::named;

    #[test]
    fn a_plan_names_the_first_others_and_counts_the_rest() {
        assert_eq!(named(&[3], 3), None);
        assert_eq!(named(&[1, 3, 5], 3).as_deref(), Some("1, 5"));
        let all: Vec<usize> = (1..=1_010).collect();
        assert_eq!(named(&all, 2).as_deref(), Some("1, 3, 4, 5, 6, 7, 8, 9 and 1,001 more"));
        assert_eq!(named(&all, 2_000).as_deref(), Some("1, 2, 3, 4, 5, 6, 7, 8 and 1,002 more"));
    }
}
