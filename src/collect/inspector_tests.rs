//! Which coverage row stands for an instance, and when a denial is none.

use super::*;
use crate::model::Gap;

const ACCOUNT: &str = "111122223333";

fn row(account: &str, id: &str, scan: &str, mode: &str, scanned: i64) -> sdk::CoveredResource {
    sdk::CoveredResource::builder()
        .account_id(account)
        .resource_id(id)
        .resource_type(sdk::CoverageResourceType::AwsEc2Instance)
        .scan_type(scan.into())
        .scan_mode(mode.into())
        .last_scanned_at(aws_smithy_types::DateTime::from_secs(scanned))
        .build()
        .expect("test data is good")
}

#[test]
fn the_package_scan_by_an_agent_stands_for_an_instance() {
    let rows = [
        row(ACCOUNT, "i-2", "NETWORK", "EC2_SSM_AGENT_BASED", 900),
        row(ACCOUNT, "i-1", "PACKAGE", "EC2_AGENTLESS", 900),
        row(ACCOUNT, "i-1", "NETWORK", "EC2_SSM_AGENT_BASED", 950),
        row(ACCOUNT, "i-1", "PACKAGE", "EC2_INSPECTOR_AGENT_BASED", 100),
        row("123456789012", "i-9", "PACKAGE", "EC2_SSM_AGENT_BASED", 1),
        row(ACCOUNT, "i-3", "PACKAGE", "SOMETHING_NEW", 5),
    ];
    let seen = one_row_each(&rows, ACCOUNT);
    let modes: Vec<_> =
        seen.iter().map(|row| (row.instance_id.as_str(), row.scan_mode.as_deref().unwrap_or_default())).collect();
    assert_eq!(modes, [("i-1", "EC2_INSPECTOR_AGENT_BASED"), ("i-2", "EC2_SSM_AGENT_BASED"), ("i-3", "SOMETHING_NEW")]);
    let mut reversed = rows;
    reversed.reverse();
    assert_eq!(one_row_each(&reversed, ACCOUNT), seen);
}

fn denied<T>() -> Section<T> {
    Section::from(Gap {
        reason: GapReason::AccessDenied,
        operation: "inspector2:ListCoverage".to_owned(),
        message: "denied".to_owned(),
        request_id: None,
    })
}

fn with_status(status: Option<&str>) -> Inspector {
    let state = status.map(|status| TypeStatus { status: status.to_owned(), ..TypeStatus::default() });
    let mut inspector = Inspector {
        account_status: Section::Complete(AccountStatus { state, ..AccountStatus::default() }),
        ec2_coverage: denied(),
        ..Inspector::default()
    };
    excuse_denials(&mut inspector);
    inspector
}

#[test]
fn a_denial_by_an_inspector_that_is_off_is_an_absence() {
    let reason = |inspector: &Inspector| inspector.ec2_coverage.gap().map(|gap| gap.reason);
    assert_eq!(reason(&with_status(Some("DISABLED"))), Some(GapReason::NotEnabled));
    for other in [Some("ENABLED"), Some("SUSPENDED"), Some("DISABLING"), None] {
        assert_eq!(reason(&with_status(other)), Some(GapReason::AccessDenied), "{other:?}");
    }
    let mut unknown = Inspector { account_status: denied(), ec2_coverage: denied(), ..Inspector::default() };
    excuse_denials(&mut unknown);
    assert_eq!(reason(&unknown), Some(GapReason::AccessDenied));
}
