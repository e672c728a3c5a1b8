//! Where a rule's page is to be read: `.github/docs/rules/<rule>.md`, which a test keeps equal to what `explain` prints.

use std::borrow::Cow;

/// The public address of the repository, from `Cargo.toml`; empty until there is one.
const REPOSITORY: &str = env!("CARGO_PKG_REPOSITORY");

/// The page's path in the repository.
pub(crate) fn path(rule: &str) -> String {
    format!(".github/docs/rules/{rule}.md")
}

/// The page's public address, of this release; `None` as long as the repository has none.
pub(crate) fn address(rule: &str) -> Option<String> {
    let version = env!("CARGO_PKG_VERSION");
    (!REPOSITORY.is_empty()).then(|| format!("{REPOSITORY}/blob/v{version}/{}", path(rule)))
}

/// An address that can be opened: the page's, else that of the AWS document which the rule rests on.
pub(crate) fn uri(rule: &str) -> Cow<'static, str> {
    let aws = if rule.starts_with("ecr-") || rule.starts_with("terraform-") {
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced.html"
    } else if rule.starts_with("efs-") {
        "https://docs.aws.amazon.com/efs/latest/ug/lifecycle-management-efs.html"
    } else {
        "https://docs.aws.amazon.com/inspector/latest/user/scanning-ec2.html"
    };
    address(rule).map_or(Cow::Borrowed(aws), Cow::Owned)
}
