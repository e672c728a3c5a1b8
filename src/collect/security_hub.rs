//! Security Hub: whether its plan bills Inspector here.

use super::clients::TargetClients;
use super::failure::Failure;
use crate::model::SecurityHub;
use crate::permissions::DESCRIBE_SECURITY_HUB_V2;

/// Whether there is a hub. An account without one is answered "not found" (Security Hub API reference,
/// `DescribeSecurityHubV2`, 2026-11).
pub(super) async fn hub(clients: &TargetClients) -> Result<SecurityHub, Failure> {
    let request = clients.security_hub().describe_security_hub_v2().send();
    match clients.call(&DESCRIBE_SECURITY_HUB_V2, request).await {
        Ok(answer) if answer.hub_v2_arn.is_some() => {
            Ok(SecurityHub { enabled: true, subscribed_at: answer.subscribed_at })
        }
        Ok(_) => Err(Failure::protocol(&DESCRIBE_SECURITY_HUB_V2, "the answer names no hub")),
        Err(failure) if failure.is(&["ResourceNotFoundException"]) => Ok(SecurityHub::default()),
        Err(failure) => Err(failure),
    }
}
