//! What a step ends besides the finding that it is printed for, where it acts on the account and region as a whole.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::brief::short_name;
use crate::price::Usd;
use crate::render::text::count;
use crate::report::Report;
use crate::report::v1::{Finding, WayOut};
use crate::rules::Way;

/// The findings of a report that end together, by account and region: gathered once, for each of them asks.
#[derive(Default)]
pub struct Ended<'r>(HashMap<(&'r str, &'r str), Together<'r>>);

/// Those of one account and region.
#[derive(Default)]
struct Together<'r> {
    fingerprints: Arc<HashSet<String>>,
    /// The first finding of each resource, in the report's order.
    resources: Vec<&'r Finding>,
    ids: HashSet<&'r str>,
}

impl<'r> Ended<'r> {
    /// Gathers those of a report that count.
    pub fn of(report: &'r Report) -> Self {
        let mut all: HashMap<_, Together<'r>> = HashMap::new();
        for finding in report.counted().filter(|finding| is_ended(finding, Way::DeactivateDeepInspection)) {
            let together = all.entry((finding.account.as_str(), finding.region.as_str())).or_default();
            Arc::make_mut(&mut together.fingerprints).insert(finding.fingerprint.clone());
            if together.ids.insert(&finding.resource.id) {
                together.resources.push(finding);
            }
        }
        Self(all)
    }

    /// The fingerprints of what this way out of the finding ends, its own among them; none where it acts on it alone.
    pub(super) fn by(&self, way: Option<Way>, finding: &Finding) -> Arc<HashSet<String>> {
        self.together(way, finding).map(|together| Arc::clone(&together.fingerprints)).unwrap_or_default()
    }

    /// Which other resources the recommended step is the way out for as well.
    pub(crate) fn besides(&self, finding: &Finding) -> Option<String> {
        let way = finding.ways_out.iter().find(|way| way.recommended)?.way;
        let together = self.together(Some(way), finding)?;
        let first = together.resources.iter().find(|other| other.resource.id != finding.resource.id)?;
        let own = usize::from(together.ids.contains(finding.resource.id.as_str()));
        let more = together.resources.len().saturating_sub(own + 1);
        let more = if more > 0 {
            format!(" and {}", count(u64::try_from(more).unwrap_or(u64::MAX), "more", "more"))
        } else {
            String::new()
        };
        Some(format!("; also ends: {}{more}", short_name(first)))
    }

    fn together<'s>(&'s self, way: Option<Way>, finding: &'s Finding) -> Option<&'s Together<'s>> {
        let is_whole = way == Some(Way::DeactivateDeepInspection) && is_ended(finding, Way::DeactivateDeepInspection);
        self.0.get(&(finding.account.as_str(), finding.region.as_str())).filter(|_| is_whole)
    }
}

/// Whether the way can be taken and leaves nothing to pay.
fn is_ended(finding: &Finding, way: Way) -> bool {
    let is_end = |one: &WayOut| one.available && one.monthly_usd.is_some_and(|left| left.high == Usd::ZERO);
    finding.ways_out.iter().any(|one| one.way == way && is_end(one))
}
