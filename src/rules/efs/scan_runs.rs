//! When the scan ran, and which of the instances that may mount a file system it reached.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use super::fast_map::FastMap;
use super::groups::Group;
use crate::alignment::storage::Visitor;
use crate::model::{Instance, Target};
use crate::rules::finding::efs::Unread;

/// When the scan ran, and on which instances.
#[derive(Debug)]
pub(crate) struct ScanRuns<'a> {
    pub(super) target: &'a Target,
    /// How often it runs in 30 days.
    pub(super) per_month: Decimal,
    /// The times of runs, each list that of all instances that were reached alike.
    lists: Vec<Vec<DateTime<Utc>>>,
    /// By number of the group, its instances.
    groups: Vec<Vec<Alike<'a>>>,
    /// By file system, the instances with tasks that mount it: when the oldest of them was started on each.
    oldest_tasks: FastMap<&'a str, BTreeMap<&'a str, DateTime<Utc>>>,
    /// Where an instance with tasks stands in `groups`, and since when it may have mounted anything.
    tasked: FastMap<&'a str, (usize, usize, DateTime<Utc>)>,
    /// Why nothing is known of them.
    pub(super) unread: Option<Unread>,
}

/// Instances of one group that the runs reached alike.
#[derive(Debug)]
struct Alike<'a> {
    /// Which of the lists is theirs; `None` where no run is known to have reached them.
    list: Option<usize>,
    /// Since when each may have mounted anything, the earliest first.
    since: Vec<(DateTime<Utc>, &'a str)>,
}

/// By file system and instance, when the oldest task that mounts it there was started.
fn oldest_tasks(target: &Target) -> FastMap<&str, BTreeMap<&str, DateTime<Utc>>> {
    let mut oldest: FastMap<&str, BTreeMap<&str, DateTime<Utc>>> = FastMap::default();
    for task in target.evidence.efs_tasks.complete().into_iter().flat_map(|tasks| &tasks.rows) {
        if let Some(started) = task.started_at {
            let of_file_system = oldest.entry(task.file_system_id.as_str()).or_default();
            let since = of_file_system.entry(task.instance_id.as_str()).or_insert(started);
            *since = started.min(*since);
        }
    }
    oldest
}

impl<'a> ScanRuns<'a> {
    /// Those of `target`, whose scan runs so often in 30 days; `groups` are those of its `instances`.
    pub(crate) fn of(target: &'a Target, per_month: Decimal, groups: &[Group], instances: &[&'a Instance]) -> Self {
        let mut found = Self {
            target,
            per_month,
            lists: Vec::new(),
            groups: Vec::new(),
            oldest_tasks: oldest_tasks(target),
            tasked: FastMap::default(),
            unread: None,
        };
        let of = found.read_runs();
        found.put_together(&of, groups, instances);
        found
    }

    /// Reads the runs; which of the lists is an instance's.
    fn read_runs(&mut self) -> FastMap<&'a str, usize> {
        let mut of = FastMap::default();
        let evidence = &self.target.evidence;
        let Some(runs) = evidence.association_runs.complete() else {
            self.unread = Some(Unread::NoRuns);
            return of;
        };
        let Some(reach) = evidence.association_targets.complete() else {
            self.unread = Some(Unread::NoTargets);
            return of;
        };
        let mut reach: Vec<_> = reach.rows.iter().collect();
        reach.sort_by_key(|row| row.at);
        let mut reached: BTreeMap<&'a str, Vec<bool>> = BTreeMap::new();
        for (number, row) in reach.iter().enumerate() {
            for id in &row.instances {
                let rows = reached.entry(id).or_insert_with(|| vec![false; reach.len()]);
                if let Some(place) = rows.get_mut(number) {
                    *place = true;
                }
            }
        }
        // Instances are many, and most were reached alike.
        let mut numbers: BTreeMap<Vec<bool>, usize> = BTreeMap::new();
        for (id, rows) in reached {
            let next = numbers.len();
            let number = *numbers.entry(rows).or_insert(next);
            of.insert(id, number);
        }
        self.lists.resize_with(numbers.len(), Vec::new);
        for (rows, number) in numbers {
            // Between two runs that both reached an instance, all did.
            let known = |at: DateTime<Utc>| {
                let both = |pair: (usize, usize)| rows.get(pair.0) == Some(&true) && rows.get(pair.1) == Some(&true);
                let before = reach.partition_point(|row| row.at <= at).checked_sub(1);
                before.is_some_and(|before| {
                    let exact = reach.get(before).is_some_and(|row| row.at == at);
                    both((before, if exact { before } else { before + 1 }))
                })
            };
            if let Some(list) = self.lists.get_mut(number) {
                list.extend(runs.rows.iter().map(|run| run.at).filter(|at| known(*at)));
                list.sort_unstable();
                list.dedup();
            }
        }
        of
    }

    /// Puts the instances of each group together by the runs that reached them: once, however many file systems they may
    /// mount.
    fn put_together(&mut self, of: &FastMap<&'a str, usize>, groups: &[Group], instances: &[&'a Instance]) {
        let tasked: BTreeSet<&'a str> = self.oldest_tasks.values().flat_map(|tasks| tasks.keys().copied()).collect();
        for (group_number, group) in groups.iter().enumerate() {
            let mut all: Vec<Alike<'a>> = Vec::new();
            let mut places: BTreeMap<Option<usize>, usize> = BTreeMap::new();
            for instance in group.members.iter().filter_map(|member| instances.get(*member as usize).copied()) {
                let id = instance.id.as_str();
                let list = of.get(id).copied();
                // Of the time before the first run that is known the storage says nothing.
                let first = self.runs(list).first().copied().unwrap_or(self.target.taken_at);
                let since = instance.launch_time.unwrap_or(first).max(first);
                let place = *places.entry(list).or_insert_with(|| {
                    all.push(Alike { list, since: Vec::new() });
                    all.len() - 1
                });
                all[place].since.push((since, id));
                if tasked.contains(id) {
                    self.tasked.insert(id, (group_number, place, since));
                }
            }
            for alike in &mut all {
                alike.since.sort_unstable();
            }
            self.groups.push(all);
        }
    }

    fn runs(&self, list: Option<usize>) -> &[DateTime<Utc>] {
        list.and_then(|number| self.lists.get(number)).map_or(&[], Vec::as_slice)
    }

    /// Who may mount a file system. Of instances that the runs reached alike the first and the last: whether all of them
    /// were reached often enough the last decides, and what the storage can show begins with the first.
    pub(super) fn visitors(&self, file_system: &str, groups: &[usize]) -> Vec<Visitor<'_>> {
        let tasks = self.oldest_tasks.get(file_system);
        let mut visitors = Vec::new();
        for alike in self.alike(groups) {
            let runs = self.runs(alike.list);
            let is_plain = |(_, id): &&(DateTime<Utc>, &str)| tasks.is_none_or(|tasks| !tasks.contains_key(id));
            let ends = [alike.since.iter().find(is_plain), alike.since.iter().rfind(is_plain)];
            visitors.extend(ends.into_iter().flatten().map(|(since, _)| Visitor { since: *since, runs }));
        }
        // An instance is known not to have mounted it before the oldest task that mounts it there.
        for (id, mounted) in tasks.into_iter().flatten() {
            if let Some((group, place, since)) = self.tasked.get(id)
                && groups.contains(group)
            {
                let list = self.groups.get(*group).and_then(|all| all.get(*place)).and_then(|alike| alike.list);
                visitors.push(Visitor { since: *mounted.max(since), runs: self.runs(list) });
            }
        }
        visitors
    }

    /// The times of runs that reached somebody in these groups.
    pub(super) fn all(&self, groups: &[usize]) -> Vec<DateTime<Utc>> {
        let lists: BTreeSet<usize> = self.alike(groups).filter_map(|alike| alike.list).collect();
        let mut runs: Vec<DateTime<Utc>> = lists.iter().flat_map(|list| self.runs(Some(*list))).copied().collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    fn alike(&self, groups: &[usize]) -> impl Iterator<Item = &Alike<'a>> {
        groups.iter().filter_map(|number| self.groups.get(*number)).flatten()
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::model::{AssociationReach, AssociationRun, Observed, Section};

    #[test]
    fn between_two_runs_that_both_reached_an_instance_all_did() {
        let at = |hour: i64| DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(hour);
        let all = |rows| Section::Complete(Observed { rows, truncated: None });
        let mut target = Target::unseen("111122223333", "us-east-2", at(10));
        let run = |hour| AssociationRun { at: at(hour), status: "Success".into() };
        target.evidence.association_runs = all((0..6).map(run).collect());
        let reach = |hour, ids: &[&str]| AssociationReach {
            at: at(hour),
            instances: ids.iter().map(|id| (*id).to_owned()).collect(),
        };
        target.evidence.association_targets = Section::Complete(Observed {
            rows: vec![reach(4, &["a", "b"]), reach(0, &["a", "b"]), reach(2, &["a"])],
            truncated: None,
        });
        let mut runs = ScanRuns::of(&target, Decimal::ONE, &[], &[]);
        runs.lists.clear();
        let of = runs.read_runs();
        let of = |id: &str| runs.runs(of.get(id).copied()).to_vec();
        assert_eq!(of("a"), (0..5).map(at).collect::<Vec<_>>(), "whom the last run reached is not known");
        assert_eq!(of("b"), [at(0), at(4)], "one in between missed it");
        assert!(of("c").is_empty());
    }
}
