//! What a file system costs a month under changed circumstances, in the terms of [`crate::rules::efs::figures`].

use rust_decimal::Decimal;

use crate::model::LifecycleConfiguration;
use crate::price::{MissingPrice, Usd};
use crate::rules::efs::conditions::ScannedBy;
use crate::rules::efs::figures::{ColdReads, Interval, Limits, Rates, recall};
use crate::rules::efs::history::Reads;
use crate::rules::efs::listing::Scans;
use crate::rules::finding::efs::RunsRead;
use crate::rules::{MonthlyUsd, MountState};

/// Instances alike in everything that a way out depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) count: u64,
    /// Runs of the plugin on each in 30 days.
    pub(crate) runs: Decimal,
    /// Whether they mount the file system.
    pub(crate) mount: MountState,
    /// Whether they have the exclusion tag already: they report nothing now.
    pub(crate) tagged: bool,
    /// Whether they are excluded in full already: then only the VM Scanner could read.
    pub(crate) excluded: bool,
    pub(crate) by: ScannedBy,
    /// How many of them have tag keys that block metadata tags and that nobody is known to need.
    pub(crate) blocked: u64,
    /// How many of them have blocking tag keys that their owner needs: these cannot be excluded.
    pub(crate) owned: u64,
}

impl Reader {
    /// Whether it is the VM Scanner that scans them, as far as is known.
    pub(crate) fn is_vm_scanner(&self) -> bool {
        self.by == ScannedBy::VmScanner
    }

    /// Whether any of them is known to mount the file system, or likely to.
    pub(crate) fn is_known(&self) -> bool {
        self.count > 0 && matches!(self.mount, MountState::Confirmed | MountState::Likely)
    }

    /// Whether stopping the plugin is known to stop every scan of them.
    pub(crate) fn is_plugin(&self) -> bool {
        self.by == ScannedBy::Plugin
    }
}

/// A file system's bytes and rates.
#[derive(Debug)]
pub(crate) struct Bill<'a> {
    pub(crate) rates: Rates<'a>,
    pub(crate) ia: Decimal,
    pub(crate) archive: Decimal,
    pub(crate) standard: Decimal,
    /// Of those, what `StorageBytes` shows to have been cold, GiB.
    pub(crate) moved: Decimal,
    /// The share of the cold bytes that a scan reads, 0 to 1, where the operator says so.
    pub(crate) read_fraction: Option<Decimal>,
    /// What the documented limits let scans read.
    pub(crate) limits: Limits,
    /// What was read in a month, where that is measured: more than that no scan pays for.
    pub(crate) reads: Option<Reads>,
    /// What a run of the scan reads, where that was measured.
    pub(crate) per_run: Option<RunsRead>,
}

impl Bill<'_> {
    /// What scans pay to read cold files that stay cold.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn cold_reads(&self, readers: &[Reader]) -> Result<MonthlyUsd, MissingPrice> {
        let scans = scans(readers);
        if scans.all().is_zero() {
            return Ok(MonthlyUsd::NOTHING);
        }
        self.reading(&scans).cost(Vec::new()).map(|cost| cost.monthly_usd)
    }

    /// The share of the cold bytes that each scan would have to read for that to cost `usd` a month; `None` where even all
    /// of them cost less.
    pub(crate) fn read_share(&self, readers: &[Reader], usd: Usd) -> Option<Decimal> {
        let all = self.reading(&scans(readers)).unlimited().ok()?;
        usd.0.checked_div(all.0).filter(|share| *share <= Decimal::ONE).map(|share| share.round_dp(4).normalize())
    }

    fn reading<'b>(&'b self, scans: &'b Scans) -> ColdReads<'b> {
        let Self { rates, limits, read_fraction, reads, per_run, .. } = self;
        let (cold, read_fraction, reads, per_run) = ([self.ia, self.archive], *read_fraction, *reads, *per_run);
        ColdReads { rates, cold, limits, scans, read_fraction, reads, per_run }
    }

    /// What all that is cold would cost more in Standard.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn all_in_standard(&self) -> Result<Usd, MissingPrice> {
        let standard = self.rates.standard()?.usd;
        let mut sum = Usd::ZERO;
        if !self.ia.is_zero() {
            sum = sum.plus(Usd::of(self.ia, standard - self.rates.ia()?.usd));
        }
        if !self.archive.is_zero() {
            sum = sum.plus(Usd::of(self.archive, standard - self.rates.archive()?.usd));
        }
        Ok(sum)
    }

    /// What it costs a month, and once, if one scan every `every` days moves to Standard what is cold and the policy
    /// moves it back at its age. `pinned`: it is Standard's bytes that would come and go.
    ///
    /// # Errors
    /// When a price is missing.
    pub(crate) fn comes_and_goes(
        &self,
        policy: &LifecycleConfiguration,
        every: u32,
        pinned: bool,
    ) -> Result<(MonthlyUsd, Usd), MissingPrice> {
        if !pinned {
            let interval = Some(Interval { policy, least_days: every });
            let cost = recall(&self.rates, [self.ia, self.archive], interval, self.read_fraction, Vec::new())?;
            return Ok((cost.monthly_usd, cost.one_time_usd));
        }
        let interval = Some(Interval { policy, least_days: every });
        let most = recall(&self.rates, [self.standard, Decimal::ZERO], interval, Some(Decimal::ONE), Vec::new())?;
        // Of what is pinned, only what was cold once is known to come and go.
        let share = self.moved.min(self.standard).checked_div(self.standard).unwrap_or(Decimal::ZERO);
        let likely = most.monthly_usd.likely.filter(|_| !share.is_zero()).map(|usd| Usd::of(usd.0, share));
        let MonthlyUsd { high, .. } = most.monthly_usd;
        Ok((MonthlyUsd { likely, ..MonthlyUsd::at_most(high) }, Usd::of(most.one_time_usd.0, share)))
    }
}

fn scans(readers: &[Reader]) -> Scans {
    Scans::of(readers.iter().map(|reader| (reader.count, reader.runs, reader.by, reader.mount)))
}
