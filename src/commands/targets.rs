//! `targets`: which accounts and regions there are to audit, as the plan of a sweep.

use std::io::Write;

use crate::cli::{GlobalArgs, TargetsArgs};
use crate::io::{WholeFile, print_bytes, warn};
use crate::model::PlannedTarget;
use crate::report::Status;
use crate::settings::TargetsSettings;

pub(super) fn run(args: &TargetsArgs, global: &GlobalArgs) -> anyhow::Result<Status> {
    let TargetsSettings { live, preselect, agreed, output, verbosity } = TargetsSettings::of(args, global)?;
    // A path that cannot be written fails before AWS is asked.
    let file = output.map(|path| WholeFile::create(&path, "output")).transpose()?;
    let (mut plan, gaps) = plan::of(live, &preselect, agreed, verbosity)?;
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
    use crate::collect::{Asker, Known, Place, most_requests, not_scanned, price_of_costs, recorded_empty, unbilled};
    use crate::io::{self, Hint, OperatorMounts, note, now};
    use crate::model::{Member, PlanState, PlannedTarget};
    use crate::settings::{Live, Verbosity};

    /// Calls that decide a target in which there is nothing: file systems, the registry's scanning, Inspector's status.
    const CALLS_OF_AN_EMPTY_TARGET: usize = 3;
    /// Calls that enter an account: its role, and whose it is.
    const CALLS_OF_AN_ACCOUNT: usize = 2;

    /// The targets, and what could not be found out.
    pub(super) fn of(
        live: Live,
        preselect: &PreselectChoice,
        agreed: bool,
        verbosity: Verbosity,
    ) -> anyhow::Result<(Vec<PlannedTarget>, Vec<String>)> {
        if *preselect == PreselectChoice::Costs && !agreed && !io::can_ask() {
            return Err(Hint::on(
                "--preselect costs has to be confirmed, and there is no terminal to ask on",
                format!(
                    "add --yes: Cost Explorer bills {} for each region, and more where an answer has pages",
                    price_of_costs(1).display()
                ),
            ));
        }
        let asker = Asker {
            profile: live.identities.profiles.first().cloned(),
            regions: regions(&live.identities),
            limits: limits_of_calls(&live.limits),
        };
        let (mut plan, gaps) = all(live, verbosity)?;
        let places: BTreeSet<Place> = still_planned(&plan).map(place).collect();
        let before = least_calls(&plan);
        if let Some(known) = known_by(preselect, &asker, &places, agreed)? {
            let mut number = 0_usize;
            for target in plan.iter_mut().filter(|target| target.state == PlanState::Planned) {
                if known.empty.contains(&place(target)) {
                    target.state = PlanState::Skipped;
                    target.why = Some(known.why.clone());
                    number += 1;
                }
            }
            for unsaid in &known.unsaid {
                note(unsaid, verbosity.quiet);
            }
            let why = if number == 0 { String::new() } else { format!(": {}", known.why) };
            note(&format!("{number} of {} targets are skipped{why}", plan.len()), verbosity.quiet);
            let after = least_calls(&plan);
            note(
                &format!(
                    "to collect them takes at least {after} calls to AWS, {before} without --preselect; a target with cold files takes some 35"
                ),
                verbosity.quiet,
            );
        }
        Ok((plan, gaps))
    }

    fn still_planned(plan: &[PlannedTarget]) -> impl Iterator<Item = &PlannedTarget> {
        plan.iter().filter(|target| target.state == PlanState::Planned)
    }

    fn place(target: &PlannedTarget) -> Place {
        (target.account.clone(), target.region.clone())
    }

    /// How many calls collecting the plan takes where there is nothing anywhere.
    fn least_calls(plan: &[PlannedTarget]) -> usize {
        let accounts: BTreeSet<&str> = still_planned(plan).map(|target| target.account.as_str()).collect();
        still_planned(plan).count() * CALLS_OF_AN_EMPTY_TARGET + accounts.len() * CALLS_OF_AN_ACCOUNT
    }

    /// Where there is known to be nothing; `None`: nobody is to be asked.
    fn known_by(
        preselect: &PreselectChoice,
        asker: &Asker,
        places: &BTreeSet<Place>,
        agreed: bool,
    ) -> anyhow::Result<Option<Known>> {
        let today = now().date_naive();
        let known = match preselect {
            PreselectChoice::None => return Ok(None),
            PreselectChoice::Config { aggregator, region } => recorded_empty(asker, aggregator, region, today),
            PreselectChoice::Costs => {
                may_cost(places, agreed)?;
                unbilled(asker, places, today)
            }
            PreselectChoice::Inspector => not_scanned(asker, places),
        };
        known.map(Some).map_err(told)
    }

    /// Asks before it costs.
    fn may_cost(places: &BTreeSet<Place>, agreed: bool) -> anyhow::Result<()> {
        let regions: BTreeSet<&String> = places.iter().map(|(_, region)| region).collect();
        let (often, most) = most_requests(regions.len());
        let price = |requests| price_of_costs(requests).display();
        let lines = [format!(
            "Cost Explorer bills {} for a request. {often} are made (two, and one a region): {}, and at most {} where answers \
             have pages.",
            price(1),
            price(often),
            price(most)
        )];
        if agreed || io::agreed(&lines, "Ask it?") {
            return Ok(());
        }
        Err(Hint::on("Cost Explorer was not asked", "leave --preselect out, and every target is planned"))
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
        _agreed: bool,
        _verbosity: Verbosity,
    ) -> anyhow::Result<(Vec<PlannedTarget>, Vec<String>)> {
        Err(live::no_aws())
    }
}
