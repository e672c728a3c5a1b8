//! Inspector's own fees in a changed world.

use inspector_audit::model::{Configuration, GapReason, Section, Target, Usage, UsageTotals};
use inspector_audit::price::{PriceTable, Usd};
use inspector_audit::render::words;
use inspector_audit::report::{FeeLine, InspectorFees};
use inspector_audit::rules::Basis;
use inspector_audit::what_if::{Changes, Switch, fees};

use crate::builders::ecr::World;
use crate::builders::efs::{account_status, exposed, gap, instance, node, with};

pub(crate) fn fee(today: &Target, changes: &Changes) -> Vec<FeeLine> {
    let mut then = today.clone();
    changes.apply(&mut then);
    words::fees::fees(fees::lines(today, &then, &PriceTable::embedded())).lines
}

/// Four running instances, one of them tagged and one not managed, in a region with prices; Inspector off.
pub(crate) fn fleet(region: &str) -> Target {
    with(exposed(), |target| {
        region.clone_into(&mut target.region);
        target.inspector.account_status = account_status("DISABLED", "DISABLED");
        let mut tagged = instance("i-0c");
        tagged.tags.push(inspector_audit::model::Tag { key: "inspectorec2exclusion".into(), value: "x".into() });
        let mut stopped = instance("i-0e");
        stopped.state = "stopped".into();
        let fleet = vec![instance("i-0a"), instance("i-0b"), tagged, instance("i-0d"), stopped];
        target.ec2.instances = Section::Complete(fleet);
        let nodes = ["i-0a", "i-0b", "i-0c", "i-0e"].map(|id| node(id, "Online"));
        target.ssm.managed_nodes = Section::Complete(nodes.to_vec());
        target.inspector.ec2_coverage = Section::Absent(gap(GapReason::NotEnabled));
    })
}

fn mode(target: Target, mode: &str) -> Target {
    with(target, |target| {
        let configuration = Configuration { ec2_scan_mode: Some(mode.into()), ..Configuration::default() };
        target.inspector.configuration = Section::Complete(configuration);
    })
}

#[test]
fn inspectors_own_fees_count_what_would_be_scanned() {
    let on = Changes { inspector_ec2: Some(Switch::On), ..Changes::default() };
    let amounts = |target: Target| -> Vec<String> {
        let lines = fee(&target, &on);
        lines
            .iter()
            .map(|line| line.difference_usd.map_or("?".to_owned(), |usd| usd.0.normalize().to_string()))
            .collect()
    };
    // 2 x 720 x 0.00174, and one more without an agent: 720 x 0.00243.
    assert_eq!(amounts(mode(fleet("us-east-2"), "EC2_SSM_AGENT_BASED")), ["2.5056"]);
    assert_eq!(amounts(mode(fleet("us-east-2"), "EC2_HYBRID")), ["2.5056", "1.7496"]);
    assert_eq!(amounts(fleet("us-east-2")), ["2.5056", "?"], "which mode holds is not known");
    // By the month where the table has that.
    assert_eq!(amounts(mode(fleet("eu-west-1"), "EC2_SSM_AGENT_BASED")), ["2.5056"]);
    // Another region's where it has none: an estimate that says so.
    let tokyo = fee(&mode(fleet("ap-northeast-1"), "EC2_HYBRID"), &on);
    for (line, usd) in tokyo.iter().zip(["2.5056", "1.7496"]) {
        assert_eq!(line.difference_usd.map(|usd| usd.0.normalize().to_string()).as_deref(), Some(usd));
        assert_eq!((line.basis, line.unknown.as_deref()), (Some(Basis::Estimate), None));
        let source = line.price_source.as_deref().unwrap_or_default();
        assert!(source.starts_with("us-east-2 list price; supply yours with --prices FILE ("), "{source}");
    }
    assert_eq!(fee(&mode(fleet("us-east-2"), "EC2_HYBRID"), &on)[0].basis, Some(Basis::ListPrice));
    // But in yuan.
    let lines = fee(&mode(fleet("cn-north-1"), "EC2_SSM_AGENT_BASED"), &on);
    assert_eq!(lines[0].basis, None);
    let unknown = lines[0].unknown.as_deref().expect("no price of Beijing");
    for word in ["ec2_agent_instance_hour", "cn-north-1", "--prices FILE"] {
        assert!(unknown.contains(word), "{word} in {unknown}");
    }
    let fees = InspectorFees::of(lines, Vec::new());
    assert_eq!((fees.then_usd, fees.difference_usd), (None, None));
    assert!(fees.today_usd.is_some());
}

#[test]
fn fees_that_could_not_be_seen_are_not_zero() {
    let on = Changes { inspector_ec2: Some(Switch::On), ..Changes::default() };
    for unseen in [
        with(fleet("us-east-2"), |target| target.ssm.managed_nodes = Section::Missing(gap(GapReason::AccessDenied))),
        with(fleet("us-east-2"), |target| target.ec2.instances = Section::Missing(gap(GapReason::Throttled))),
    ] {
        let fees = InspectorFees::of(fee(&unseen, &on), Vec::new());
        assert_eq!(fees.then_usd, None);
        assert!(fees.lines.iter().all(|line| line.unknown.is_some()), "{fees:#?}");
    }
    let ecr_on = Changes { inspector_ecr: Some(Switch::On), ..Changes::default() };
    let lines = fee(&World::empty().repository("a", None).0, &ecr_on);
    assert!(lines.len() == 1 && lines[0].once && lines[0].difference_usd.is_none());
    assert_eq!(lines[0].unit_price_usd.map(|usd| usd.to_string()).as_deref(), Some("0.09"));
    assert_eq!(fee(&World::empty().0, &ecr_on), vec![], "no repository, no image");
}

fn metered(target: Target) -> Target {
    with(target, |target| {
        target.inspector.account_status = account_status("ENABLED", "ENABLED");
        let usage = Usage {
            total: "1440".parse().expect("a number"),
            estimated_monthly_cost: "2.88".parse().expect("a number"),
            currency: "USD".to_owned(),
        };
        target.inspector.usage_totals =
            Section::Complete(UsageTotals { by_type: [("EC2_INSTANCE_HOURS".to_owned(), usage)].into() });
    })
}

#[test]
fn what_aws_meters_prices_a_region_that_the_table_does_not_have() {
    let off = Changes { inspector_ec2: Some(Switch::Off), ..Changes::default() };
    let tokyo = metered(mode(fleet("ap-northeast-1"), "EC2_SSM_AGENT_BASED"));
    let lines = fee(&tokyo, &off);
    let usd = |usd: Option<Usd>| usd.map(|usd| usd.0.normalize().to_string());
    assert_eq!(lines[0].unit_price_usd.map(|usd| usd.to_string()).as_deref(), Some("0.002"));
    assert!(lines[0].price_source.as_deref().is_some_and(|source| source.starts_with("derived from AWS's own meter")));
    assert_eq!(lines[0].basis, Some(Basis::Measured), "before another region's list price");
    // 2 instances x 720 x 0.002.
    assert_eq!((usd(lines[0].today_usd), usd(lines[0].difference_usd)), (Some("2.88".into()), Some("-2.88".into())));
    // Today's amount is known even where the instances are not.
    let hidden = with(tokyo.clone(), |target| target.ec2.instances = Section::Missing(gap(GapReason::AccessDenied)));
    assert_eq!(usd(fee(&hidden, &off)[0].difference_usd), Some("-2.88".into()));
    // The table's own rate comes first, and a meter that stood still says nothing.
    let ohio = metered(mode(fleet("us-east-2"), "EC2_SSM_AGENT_BASED"));
    assert_eq!(usd(fee(&ohio, &off)[0].today_usd), Some("2.5056".into()));
    let still = with(tokyo, |target| {
        let Section::Complete(usage) = &mut target.inspector.usage_totals else { panic!("complete") };
        usage.by_type.values_mut().for_each(|usage| usage.estimated_monthly_cost = 0.into());
    });
    assert_eq!(fee(&still, &off)[0].basis, Some(Basis::Estimate));
}
