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
    together: Vec<Together>,
    /// Where a finding stands among these, by its fingerprint.
    by_finding: HashMap<&'a str, usize>,
}

/// Plans that end the same findings, and those that need not be carried out then.
#[derive(Default)]
struct Together {
    ending: Vec<usize>,
    /// By each of these.
    ended: Vec<usize>,
}

impl<'a> Others<'a> {
    pub(super) fn of(plans: &'a [Written]) -> Self {
        let mut others = Self { replacing: HashMap::new(), together: Vec::new(), by_finding: HashMap::new() };
        for (plan, number) in plans.iter().zip(1..) {
            for what in &plan.replaces {
                others.replacing.entry(what).or_default().push(number);
            }
            // By findings, not by account: what its steps need may be credentials of another one.
            let Some(first) = plan.ends.iter().next() else { continue };
            let at = others.by_finding.get(first.as_str()).copied().unwrap_or_else(|| {
                others.by_finding.extend(plan.ends.iter().map(|finding| (finding.as_str(), others.together.len())));
                others.together.push(Together::default());
                others.together.len() - 1
            });
            others.together.get_mut(at).into_iter().for_each(|together| together.ending.push(number));
        }
        for (plan, number) in plans.iter().zip(1..) {
            if let Some(at) = others.place(plan)
                && let Some(together) = others.together.get_mut(at)
            {
                together.ended.push(number);
            }
        }
        others
    }

    /// Where all findings of a plan stand; nowhere if no other plan ends them all.
    fn place(&self, plan: &Written) -> Option<usize> {
        let at = |finding: &String| self.by_finding.get(finding.as_str()).copied();
        let first = at(plan.findings.first()?)?;
        plan.findings.iter().all(|finding| at(finding) == Some(first)).then_some(first)
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
        // A plan that ends others settles what it ends itself, but it may settle more.
        let at = plan.ends.iter().next().and_then(|first| self.by_finding.get(first.as_str()).copied());
        let Some(Together { ending, ended }) = at.or_else(|| self.place(plan)).and_then(|at| self.together.get(at))
        else {
            return Vec::new();
        };
        let is_in = |numbers: &[usize]| numbers.binary_search(&number).is_ok();
        let ends = named(ended, number).filter(|_| is_in(ending));
        let ends =
            ends.map(|plans| format!("It also ends what is behind these plans, which are then not needed: {plans}."));
        let ended_by = named(ending, number).filter(|_| is_in(ended));
        let ended_by = ended_by.map(|plans| format!("Not needed where one of these plans is carried out: {plans}."));
        ends.into_iter().chain(ended_by).collect()
    }
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
    use std::sync::Arc;

    use super::{Others, Written, named};

    fn plan(account: &str, finding: &str, ends: &[&str]) -> Written {
        Written {
            title: String::new(),
            findings: vec![finding.to_owned()],
            ends: Arc::new(ends.iter().map(|one| (*one).to_owned()).collect()),
            account: account.to_owned(),
            region: "eu-west-1".to_owned(),
            profile: None,
            notes: Vec::new(),
            replaces: Vec::new(),
            phases: Vec::new(),
        }
    }

    /// The steps of all four need the credentials of one administrator, or of a member: whose findings end together is
    /// another matter.
    #[test]
    fn plans_by_one_administrator_end_those_of_their_own_account_alone() {
        let plans = [
            plan("123456789012", "a1", &["a1", "a2"]),
            plan("111122223333", "a2", &[]),
            plan("123456789012", "b1", &["b1", "b2"]),
            plan("444455556666", "b2", &[]),
        ];
        let others = Others::of(&plans);
        let said: Vec<String> =
            plans.iter().zip(1..).map(|(plan, number)| others.ended(number, plan).join(" ")).collect();
        let ends = |plans| format!("It also ends what is behind these plans, which are then not needed: {plans}.");
        let ended = |plans| format!("Not needed where one of these plans is carried out: {plans}.");
        assert_eq!(said, [ends(2), ended(1), ends(4), ended(3)]);
    }

    #[test]
    fn a_plan_names_the_first_others_and_counts_the_rest() {
        assert_eq!(named(&[3], 3), None);
        assert_eq!(named(&[1, 3, 5], 3).as_deref(), Some("1, 5"));
        let all: Vec<usize> = (1..=1_010).collect();
        assert_eq!(named(&all, 2).as_deref(), Some("1, 3, 4, 5, 6, 7, 8, 9 and 1,001 more"));
        assert_eq!(named(&all, 2_000).as_deref(), Some("1, 2, 3, 4, 5, 6, 7, 8 and 1,002 more"));
    }
}
