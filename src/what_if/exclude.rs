//! Which instances an exclusion concerns, what has to be done before it can hold, and which one concerns nothing. Pure.

use std::collections::BTreeSet;

use super::Excluded;
use crate::model::{Section, Target};
use crate::rules::efs::{blocking_keys, is_owned_by_others};

/// What an exclusion takes for granted: metadata tags cannot be enabled on an instance while it has these tag keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unblocked {
    /// The instance.
    pub instance: String,
    /// Its account.
    pub account: String,
    /// Its region.
    pub region: String,
    /// Keys that can be renamed or removed.
    pub own: Vec<String>,
    /// Keys that Kubernetes or AWS needs.
    pub others: Vec<String>,
}

/// The exclusions of a run, as target after target is looked at.
#[derive(Debug)]
pub struct Exclusions {
    wanted: Vec<Wanted>,
    /// Targets whose instances could not be read.
    unread: BTreeSet<String>,
}

#[derive(Debug)]
struct Wanted {
    what: Excluded,
    matched: bool,
    /// What is most like it, with the likeness.
    nearest: Option<(f64, String)>,
}

/// An exclusion that no instance of the run fits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{what}` excludes nothing: no instance of this run {fits}{nearest}{unread}")]
pub struct NothingExcluded {
    what: String,
    fits: &'static str,
    nearest: String,
    unread: String,
}

impl Exclusions {
    /// Nothing looked at yet.
    pub fn new(wanted: &[Excluded]) -> Self {
        let wanted = wanted.iter().map(|what| Wanted { what: what.clone(), matched: false, nearest: None });
        Self { wanted: wanted.collect(), unread: BTreeSet::new() }
    }

    /// Looks at a target as it is today, for the instances that cannot be excluded as they stand.
    pub fn look(&mut self, target: &Target) -> Vec<Unblocked> {
        if self.wanted.is_empty() {
            return Vec::new();
        }
        let Section::Complete(instances) = &target.ec2.instances else {
            self.unread.insert(format!("{} {}", target.account, target.region));
            return Vec::new();
        };
        let mut blocked = Vec::new();
        for instance in instances {
            let mut concerned = false;
            for wanted in &mut self.wanted {
                if wanted.what.concerns(&instance.id, &instance.tags) {
                    wanted.matched = true;
                    concerned = true;
                } else if !wanted.matched {
                    wanted.compare(&instance.id, &instance.tags);
                }
            }
            let blocking = blocking_keys(instance);
            if concerned && !blocking.is_empty() {
                let (others, own) =
                    blocking.iter().map(|key| (*key).to_owned()).partition(|key| is_owned_by_others(key));
                blocked.push(Unblocked {
                    instance: instance.id.clone(),
                    account: target.account.clone(),
                    region: target.region.clone(),
                    own,
                    others,
                });
            }
        }
        blocked
    }

    /// Whether every exclusion concerned an instance.
    ///
    /// # Errors
    /// The first that did not, with what is most like it.
    pub fn check(&self) -> Result<(), NothingExcluded> {
        let Some(wanted) = self.wanted.iter().find(|wanted| !wanted.matched) else { return Ok(()) };
        let near = wanted
            .nearest
            .as_ref()
            .filter(|(likeness, near)| *likeness >= NEAR || near.starts_with(&text(&wanted.what)));
        let nearest = near.map(|(_, text)| format!("; the nearest is `{text}`"));
        let unread = self.unread.iter().next().map(|place| {
            let more = self.unread.len() - 1;
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("; the instances of {place}{more} could not be read")
        });
        Err(NothingExcluded {
            what: text(&wanted.what),
            fits: match wanted.what {
                Excluded::Instance(_) => "has this id",
                Excluded::Tag { .. } => "has this tag",
            },
            nearest: nearest.unwrap_or_default(),
            unread: unread.unwrap_or_default(),
        })
    }
}

/// How alike what is named as the nearest is at least: a slip or two, not another id.
const NEAR: f64 = 0.9;

impl Wanted {
    fn compare(&mut self, id: &str, tags: &[crate::model::Tag]) {
        let asked = text(&self.what);
        let candidates: Vec<String> = match self.what {
            Excluded::Instance(_) => vec![id.to_owned()],
            Excluded::Tag { .. } => tags.iter().map(|tag| format!("{}={}", tag.key, tag.value)).collect(),
        };
        for candidate in candidates {
            let likeness = strsim::jaro_winkler(&asked.to_lowercase(), &candidate.to_lowercase());
            if self.nearest.as_ref().is_none_or(|(best, _)| likeness > *best) {
                self.nearest = Some((likeness, candidate));
            }
        }
    }
}

fn text(what: &Excluded) -> String {
    match what {
        Excluded::Instance(id) => id.clone(),
        Excluded::Tag { key, value } => format!("{key}={value}"),
    }
}
