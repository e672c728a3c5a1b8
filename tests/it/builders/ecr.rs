//! A target for the R2 rules, built step by step: everything seen, nothing there, until a step says otherwise.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use inspector_audit::model::{
    AccountStatus, Configuration, DelegatedAdministrator, EcrImageCounts, EcrImageUse, FreeTrial, Gap, GapReason,
    Identity, RegistryScanning, Repository, RepositoryScanning, ScanningFilter, ScanningRule, Section, Target,
    TypeStatus, Usage, UsageTotals,
};

/// The account of every built target.
pub(crate) const ACCOUNT: &str = "111122223333";

/// When every built target was collected.
pub(crate) fn taken_at() -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000)
}

/// The builder.
#[derive(Clone)]
pub(crate) struct World(pub(crate) Target);

/// A gap of that reason.
pub(crate) fn gap<T>(reason: GapReason) -> Section<T> {
    Section::from(Gap { reason, operation: "x:Y".to_owned(), message: "no".to_owned(), request_id: None })
}

fn counts(counts: &[(&str, u64)]) -> BTreeMap<String, u64> {
    counts.iter().map(|(name, number)| ((*name).to_owned(), *number)).collect()
}

impl World {
    /// An account in `us-east-2` with a BASIC registry, no repository and Inspector off.
    pub(crate) fn empty() -> Self {
        Self::empty_in("us-east-2")
    }

    /// The same elsewhere.
    pub(crate) fn empty_in(region: &str) -> Self {
        let mut target = Target::unseen(ACCOUNT, region, taken_at());
        target.identity = Section::Complete(Identity {
            arn: format!("arn:aws:iam::{ACCOUNT}:role/audit"),
            partition: "aws".to_owned(),
        });
        target.ecr.repositories = Section::Complete(Vec::new());
        target.ecr.repository_scanning = Section::Complete(Vec::new());
        target.inspector.configuration = Section::Complete(Configuration {
            ecr_rescan_duration: Some("DAYS_14".to_owned()),
            ecr_pull_date_rescan_duration: Some("DAYS_14".to_owned()),
            ecr_pull_date_rescan_mode: Some("LAST_IN_USE_AT".to_owned()),
            ..Configuration::default()
        });
        target.inspector.delegated_administrator = Section::Complete(DelegatedAdministrator::default());
        target.inspector.ecr_image_use = Section::Complete(EcrImageUse::default());
        target.inspector.ecr_images = Section::Complete(EcrImageCounts::default());
        target.inspector.free_trial = Section::Complete(Vec::new());
        target.inspector.usage_totals = Section::Complete(UsageTotals::default());
        Self(target).registry("BASIC", &[]).inspector(&[])
    }

    /// The registry's scan type and rules: a frequency with its filters each.
    pub(crate) fn registry(mut self, scan_type: &str, rules: &[(&str, &[&str])]) -> Self {
        let filter =
            |filter: &&str| ScanningFilter { filter: (*filter).to_owned(), filter_type: "WILDCARD".to_owned() };
        let rules = rules
            .iter()
            .map(|(frequency, filters)| ScanningRule {
                scan_frequency: (*frequency).to_owned(),
                filters: filters.iter().map(filter).collect(),
            })
            .collect();
        self.0.ecr.registry_scanning = Section::Complete(RegistryScanning { scan_type: scan_type.to_owned(), rules });
        self
    }

    /// Inspector with these types `ENABLED` and the other usual ones `DISABLED`.
    pub(crate) fn inspector(self, on: &[&str]) -> Self {
        let status = |on: bool| if on { "ENABLED" } else { "DISABLED" };
        let types: Vec<_> = ["ec2", "ecr", "lambda", "lambda_code"]
            .into_iter()
            .map(|resource| (resource, status(on.contains(&resource))))
            .collect();
        self.statuses(status(!on.is_empty()), &types)
    }

    /// Inspector with these statuses.
    pub(crate) fn statuses(mut self, account: &str, types: &[(&str, &str)]) -> Self {
        let of = |text: &str| TypeStatus { status: text.to_owned(), ..TypeStatus::default() };
        self.0.inspector.account_status = Section::Complete(AccountStatus {
            state: Some(of(account)),
            resources: types.iter().map(|(resource, text)| ((*resource).to_owned(), of(text))).collect(),
            failed: None,
        });
        self
    }

    /// One more repository with its effective frequency, `None` for none.
    pub(crate) fn repository(mut self, name: &str, frequency: Option<&str>) -> Self {
        let Section::Complete(repositories) = &mut self.0.ecr.repositories else { panic!("repositories") };
        repositories.push(Repository { name: name.to_owned(), arn: None, scan_on_push: false });
        let Section::Complete(rows) = &mut self.0.ecr.repository_scanning else { panic!("rows") };
        rows.push(RepositoryScanning {
            name: name.to_owned(),
            scan_frequency: frequency.map(str::to_owned),
            ..RepositoryScanning::default()
        });
        self
    }

    /// The last repository asks for scan on push itself.
    pub(crate) fn asking_for_scan_on_push(mut self) -> Self {
        let Section::Complete(repositories) = &mut self.0.ecr.repositories else { panic!("repositories") };
        repositories.last_mut().expect("a repository").scan_on_push = true;
        self
    }

    /// Re-scan durations by push and by pull, and the pull mode.
    pub(crate) fn windows(mut self, push: &str, pull: &str, mode: &str) -> Self {
        self.0.inspector.configuration = Section::Complete(Configuration {
            ecr_rescan_duration: Some(push.to_owned()),
            ecr_pull_date_rescan_duration: Some(pull.to_owned()),
            ecr_pull_date_rescan_mode: Some(mode.to_owned()),
            ..Configuration::default()
        });
        self
    }

    /// Images: active ones, and ones out of their window.
    pub(crate) fn images(mut self, active: u64, expired: u64) -> Self {
        self.0.inspector.ecr_images = Section::Complete(EcrImageCounts {
            by_status: counts(&[("ACTIVE", active), ("INACTIVE", expired)]),
            by_reason: counts(&[("SUCCESSFUL", active), ("SCAN_ELIGIBILITY_EXPIRED", expired)]),
        });
        self
    }

    /// Images by use, all of the repository `prod/api`: stale, expired in use, expired and pulled lately.
    pub(crate) fn image_use(mut self, stale: u64, in_use: u64, pulled: u64) -> Self {
        self.0.inspector.ecr_image_use = Section::Complete(EcrImageUse {
            stale_active: counts(&[("prod/api", stale)]),
            expired_in_use: counts(&[("prod/api", in_use)]),
            expired_recently_pulled: counts(&[("prod/api", pulled)]),
        });
        self
    }

    /// What Inspector metered of one type.
    pub(crate) fn usage(mut self, kind: &str, total: &str, cost: &str, currency: &str) -> Self {
        let usage = Usage {
            total: total.parse().expect("decimal"),
            estimated_monthly_cost: cost.parse().expect("decimal"),
            currency: currency.to_owned(),
        };
        self.0.inspector.usage_totals = Section::Complete(UsageTotals { by_type: [(kind.to_owned(), usage)].into() });
        self
    }

    /// A free trial that ends in so many days.
    pub(crate) fn trial(mut self, kind: &str, status: &str, ends_in_days: i64) -> Self {
        self.0.inspector.free_trial = Section::Complete(vec![FreeTrial {
            kind: kind.to_owned(),
            status: status.to_owned(),
            start: None,
            end: Some(taken_at() + TimeDelta::days(ends_in_days)),
        }]);
        self
    }

    /// The delegated administrator's account.
    pub(crate) fn administrator(mut self, account: &str, relationship: &str) -> Self {
        self.0.inspector.delegated_administrator = Section::Complete(DelegatedAdministrator {
            account_id: Some(account.to_owned()),
            relationship_status: Some(relationship.to_owned()),
        });
        self
    }

    /// Any other change.
    pub(crate) fn with(mut self, change: impl FnOnce(&mut Target)) -> Self {
        change(&mut self.0);
        self
    }

    /// The usual world of continuous scanning: ENHANCED, Inspector on for ECR, `prod/api` CONTINUOUS by `*`.
    pub(crate) fn continuous() -> Self {
        Self::empty()
            .registry("ENHANCED", &[("CONTINUOUS_SCAN", &["*"])])
            .inspector(&["ecr"])
            .repository("prod/api", Some("CONTINUOUS_SCAN"))
    }
}

/// Worlds in which every rule fires, and the rule of two cases in both.
pub(crate) fn worlds() -> Vec<World> {
    let rules: [(&str, &[&str]); 2] = [("CONTINUOUS_SCAN", &["prod"]), ("SCAN_ON_PUSH", &["*"])];
    let mut refused = World::empty().inspector(&["ecr"]);
    if let Section::Complete(account) = &mut refused.0.inspector.account_status {
        account.state = Some(TypeStatus {
            error_code: Some("BLOCKED_BY_ORGANIZATION_POLICY".into()),
            status: "ENABLED".into(),
            ..TypeStatus::default()
        });
    }
    vec![
        World::empty().inspector(&["ecr", "ec2", "lambda"]).administrator("444455556666", "ENABLED"),
        World::empty().registry("ENHANCED", &[]),
        World::continuous()
            .registry("ENHANCED", &rules)
            .windows("LIFETIME", "DAYS_90", "LAST_PULL_DATE")
            .images(1_000, 7)
            .image_use(400, 2, 3)
            .trial("ECR", "ACTIVE", 3)
            .repository("dev", None)
            .asking_for_scan_on_push(),
        World::continuous().images(5, 7).image_use(0, 0, 3),
        refused,
    ]
}
