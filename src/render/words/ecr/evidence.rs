//! What was seen of the registry, of Inspector and of images, a line each.

use super::coupling::prediction;
use super::money::{list_price, security_hub_plan};
use super::{count, images};
use crate::model::RegistryScanning;
use crate::report::v1;
use crate::rules::finding::ecr::{Evidence, Frequency, RepositoryFact};

/// One piece of evidence.
pub(in crate::render::words) fn evidence(evidence: &Evidence) -> v1::Evidence {
    let (kind, detail) = match evidence {
        Evidence::Registry(seen) => ("registry", registry(seen)),
        Evidence::Inspector { account, types } => {
            let types: Vec<_> = types.iter().map(|(resource, status)| format!("{resource} {status}")).collect();
            ("inspector", format!("account {}; {}", given(account.as_ref()), types.join(", ")))
        }
        Evidence::Prediction(steps) => ("prediction", prediction(steps)),
        Evidence::DelegatedAdministrator(account) => {
            ("delegated_administrator", format!("account {}", given(account.as_ref())))
        }
        Evidence::Repository { name, fact } => ("repository", format!("{name}: {}", repository(fact))),
        Evidence::Disagreement { name, said, expected } => {
            let (said, expected) = (frequency(*said), frequency(*expected));
            ("disagreement", format!("{name}: AWS says {said}, its filters say {expected}"))
        }
        Evidence::Images { images: number, given } => {
            let source =
                if *given { "given with --ecr-images" } else { "counted by inspector2:ListCoverageStatistics" };
            ("images", format!("{number} images {source}"))
        }
        Evidence::ExpiredImages(number) => {
            ("images", format!("{} with reason SCAN_ELIGIBILITY_EXPIRED", images(*number)))
        }
        Evidence::MeteredRescans { rescans, monthly_usd } => {
            ("usage", format!("ECR_RESCAN: {rescans} in 30 days, {} a month", monthly_usd.display()))
        }
        Evidence::Metered { kind, total, estimated_monthly_cost, currency } => (
            "usage",
            format!("{kind}: {total} in 30 days, {estimated_monthly_cost} {currency} a month by AWS's estimate"),
        ),
        Evidence::ListPrice(price) => ("price", list_price(price)),
        Evidence::Billing(billing) => ("price", security_hub_plan(billing)),
        Evidence::Windows { push, pull, mode, status } => (
            "configuration",
            format!(
                "re-scan duration {} by push, {} by pull, mode {}, status {}",
                given(push.as_ref()),
                given(pull.as_ref()),
                given(mode.as_ref()),
                given(status.as_ref())
            ),
        ),
        Evidence::FollowsUse => ("configuration", "pull-date mode LAST_IN_USE_AT".to_owned()),
        Evidence::Continuous(number) => {
            let number = u64::try_from(*number).unwrap_or(u64::MAX);
            ("scope", format!("{} under CONTINUOUS_SCAN", count(number, "repository", "repositories")))
        }
        Evidence::FreeTrial { kind, until, on } => {
            let until = until.map_or("an end AWS did not give".to_owned(), |end| end.format("%Y-%m-%d").to_string());
            let now = match on {
                Some(true) => "the type is on",
                Some(false) => "the type is off: nothing will be billed while it stays so",
                None => "whether the type is on is not known",
            };
            ("free_trial", format!("{kind} until {until}; {now}"))
        }
    };
    v1::Evidence { kind: kind.to_owned(), detail }
}

fn given(text: Option<&String>) -> &str {
    text.map_or("not given", String::as_str)
}

fn registry(registry: &RegistryScanning) -> String {
    let rules: Vec<String> = registry
        .rules
        .iter()
        .map(|rule| {
            let filters: Vec<_> = rule.filters.iter().map(|filter| filter.filter.as_str()).collect();
            format!("{} for {}", rule.scan_frequency, filters.join(", "))
        })
        .collect();
    let rules = if rules.is_empty() { "no rules".to_owned() } else { rules.join("; ") };
    format!("scan type {}, {rules}", registry.scan_type)
}

fn repository(fact: &RepositoryFact) -> String {
    match fact {
        RepositoryFact::Scanned(found) => frequency(*found).to_owned(),
        RepositoryFact::SettingIgnored => "scanOnPush is true, the registry scans it not at all".to_owned(),
        RepositoryFact::BothRules => "matched by both rules".to_owned(),
        RepositoryFact::Filter(filter) => format!("matched by the filter {filter}"),
        RepositoryFact::StaleImages(number) => format!("{number} stale images"),
        RepositoryFact::ExpiredInUse(number) => format!("{number} expired images in use"),
        RepositoryFact::ExpiredPulled(number) => format!("{number} expired images pulled lately"),
    }
}

fn frequency(frequency: Frequency) -> &'static str {
    match frequency {
        Frequency::Unscanned => "MANUAL or none",
        Frequency::OnPush => "SCAN_ON_PUSH",
        Frequency::Continuous => "CONTINUOUS_SCAN",
    }
}
