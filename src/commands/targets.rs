//! `targets`: which accounts and regions there are to audit, as the plan of a sweep.

use std::io::Write;

use crate::cli::{GlobalArgs, TargetsArgs};
use crate::io::{WholeFile, print_bytes, warn};
use crate::model::PlannedTarget;
use crate::report::Status;
use crate::settings::TargetsSettings;

pub(super) fn run(args: &TargetsArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let TargetsSettings { live, preselect, output, verbosity } = TargetsSettings::of(args, global)?;
    // A path that cannot be written fails before AWS is asked.
    let file = output.map(|path| WholeFile::create(&path, "output")).transpose()?;
    let (mut plan, gaps) = plan::of(live, &preselect, verbosity)?;
    plan.sort();
    plan.dedup();
    let status = if gaps.is_empty() { Status::Clean } else { Status::Incomplete };
    warn(&gaps, verbosity.quiet);
    match file {
        Some(mut file) => {
            let written = lines(&plan, &mut file);
            written.map_err(|error| file.error(error))?;
            file.finish()?;
        }
        None => {
            let mut text = Vec::new();
            lines(&plan, &mut text)?;
            print_bytes(&text)?;
        }
    }
    Ok(status)
}

fn lines(plan: &[PlannedTarget], out: &mut dyn Write) -> std::io::Result<()> {
    for target in plan {
        serde_json::to_writer(&mut *out, target)?;
        out.write_all(b"\n")?;
    }
    Ok(())
}

#[cfg(feature = "aws")]
mod plan {
    use std::collections::{BTreeMap, BTreeSet};
    use std::sync::Arc;

    use super::super::accounts::{listed, planned};
    use super::super::collector::{limits_of_calls, regions, told};
    use super::super::live::{self, Sweep};
    use crate::cli::PreselectChoice;
    use crate::collect::{Asker, recorded_empty};
    use crate::io::{OperatorMounts, note, now};
    use crate::model::{Member, PlanState, PlannedTarget};
    use crate::settings::{Live, Verbosity};

    /// The targets, and what could not be found out.
    pub(super) fn of(
        live: Live,
        preselect: &PreselectChoice,
        verbosity: Verbosity,
    ) -> anyhow::Result<(Vec<PlannedTarget>, Vec<String>)> {
        let skips = skipped_by(&live, preselect)?;
        let (mut plan, gaps) = all(live, verbosity)?;
        if let Some((empty, why)) = skips {
            let mut number = 0_usize;
            for target in plan.iter_mut().filter(|target| target.state == PlanState::Planned) {
                if empty.contains(&(target.account.clone(), target.region.clone())) {
                    target.state = PlanState::Skipped;
                    target.why = Some(why.clone());
                    number += 1;
                }
            }
            note(&format!("{number} of {} targets are skipped: {why}", plan.len()), verbosity.quiet);
        }
        Ok((plan, gaps))
    }

    /// Accounts and regions, and why they are skipped.
    type Skips = (BTreeSet<(String, String)>, String);

    /// The accounts and regions that are known to have nothing, and in what words.
    fn skipped_by(live: &Live, preselect: &PreselectChoice) -> anyhow::Result<Option<Skips>> {
        let PreselectChoice::Config { aggregator, region } = preselect else { return Ok(None) };
        let asker = Asker {
            profile: live.identities.profiles.first().cloned(),
            regions: regions(&live.identities),
            limits: limits_of_calls(&live.limits),
        };
        let empty = recorded_empty(&asker, aggregator, region).map_err(told)?;
        let day = now().format("%Y-%m-%d");
        Ok(Some((empty, format!("no file system and no repository (AWS Config, aggregator {aggregator}, {day})"))))
    }

    /// All targets.
    fn all(live: Live, verbosity: Verbosity) -> anyhow::Result<(Vec<PlannedTarget>, Vec<String>)> {
        let listed = listed(&live.identities, &live.limits, verbosity)?;
        let (members, mut plan) = match listed {
            None => (None, Vec::new()),
            Some(listed) => (Some(listed.members), listed.left_out),
        };
        if let (Some(members), false) = (&members, live.identities.all_regions) {
            // Everything is known, and no account is entered.
            let of_one = |member| live.identities.regions.iter().map(move |region| planned(member, region));
            plan.extend(members.iter().flat_map(of_one));
            return Ok((plan, Vec::new()));
        }
        let by_account: BTreeMap<String, Member> = match &members {
            Some(members) => members.iter().map(|member| (member.account.clone(), member.clone())).collect(),
            None => live.identities.role_arns.iter().filter_map(|arn| of_role(arn.as_str())).collect(),
        };
        let mut gaps = Vec::new();
        let sweep = Sweep { only_find: true, ..Sweep::default() };
        let mounts = Arc::new(OperatorMounts::default());
        live::of_members(live, members, mounts, now(), verbosity, sweep, &mut |target| {
            let unknown = Member { account: target.account.clone(), ..Member::default() };
            let member = by_account.get(&target.account).unwrap_or(&unknown);
            // What cannot be entered stays planned: nothing shows that it is empty.
            let why = target.identity.gap().map(|gap| gap.message.clone());
            if let Some(why) = &why {
                gaps.push(format!("{}: its regions are not known: {why}", target.account));
            }
            if !target.account.is_empty() {
                plan.push(PlannedTarget { state: PlanState::Planned, why, ..planned(member, &target.region) });
            }
            Ok(())
        })?;
        Ok((plan, gaps))
    }

    /// The account of a role, and that role.
    fn of_role(arn: &str) -> Option<(String, Member)> {
        let account = arn.split(':').nth(4)?.to_owned();
        Some((account.clone(), Member { account, role_arn: Some(arn.to_owned()), ..Member::default() }))
    }
}

#[cfg(not(feature = "aws"))]
mod plan {
    use super::super::live;
    use crate::cli::PreselectChoice;
    use crate::model::PlannedTarget;
    use crate::settings::{Live, Verbosity};

    /// This build cannot ask AWS.
    pub(super) fn of(
        _live: Live,
        _preselect: &PreselectChoice,
        _verbosity: Verbosity,
    ) -> anyhow::Result<(Vec<PlannedTarget>, Vec<String>)> {
        Err(live::no_aws())
    }
}
