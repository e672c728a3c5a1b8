//! Credentials that are fetched once and shared by every client of an identity.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};
use aws_sdk_sts::error::SdkError;
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use tokio::sync::Mutex;

/// How long before they expire credentials are fetched anew.
const EARLY: Duration = Duration::from_mins(5);

/// Where credentials come from.
#[derive(Debug)]
pub(super) enum Source {
    /// The SDK's default chain, or a profile.
    Chain(SharedCredentialsProvider),
    /// A role.
    Role(Role),
}

/// A role, and the client that may assume it.
#[derive(Debug, Clone)]
pub(super) struct Role {
    /// Signs as the identity that assumes.
    pub(super) client: aws_sdk_sts::Client,
    /// The role.
    pub(super) arn: String,
    /// The external id, if the role wants one.
    pub(super) external_id: Option<String>,
}

impl Role {
    /// Assumes the role, for an hour.
    pub(super) async fn assume(&self) -> Result<Option<Credentials>, SdkError<AssumeRoleError, HttpResponse>> {
        let answer = self
            .client
            .assume_role()
            .role_arn(&self.arn)
            .role_session_name("inspector-audit")
            .set_external_id(self.external_id.clone())
            .send()
            .await?;
        Ok(answer.credentials.and_then(|credentials| {
            let expiry = SystemTime::try_from(credentials.expiration).ok()?;
            Some(
                Credentials::builder()
                    .access_key_id(credentials.access_key_id)
                    .secret_access_key(credentials.secret_access_key)
                    .session_token(credentials.session_token)
                    .expiry(expiry)
                    .provider_name("AssumeRole")
                    .build(),
            )
        }))
    }
}

/// A provider that asks its source once, and again shortly before the answer expires.
///
/// The SDK caches per client; a sweep has a dozen clients per target, and one MFA prompt, SSO call or `AssumeRole` each
/// would be a dozen too many.
#[derive(Clone)]
pub(super) struct Cached(Arc<Cache>);

/// The source, and what it said last.
struct Cache {
    /// Asked when nothing fresh is held. The lock is held while asking, so that only one asks.
    source: Source,
    /// What it said last.
    held: Mutex<Option<Credentials>>,
}

impl Cached {
    /// A cache that already holds `credentials`, where they are known.
    pub(super) fn new(source: Source, credentials: Option<Credentials>) -> Self {
        Self(Arc::new(Cache { source, held: Mutex::new(credentials) }))
    }

    /// The credentials, from memory while they are fresh.
    pub(super) async fn get(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.0.held.lock().await;
        if let Some(credentials) = held.as_ref().filter(|credentials| is_fresh(credentials, SystemTime::now())) {
            return Ok(credentials.clone());
        }
        let fetched = match &self.0.source {
            Source::Chain(provider) => provider.provide_credentials().await?,
            Source::Role(role) => role
                .assume()
                .await
                .map_err(CredentialsError::provider_error)?
                .ok_or_else(|| CredentialsError::unhandled("AssumeRole answered without credentials"))?,
        };
        *held = Some(fetched.clone());
        Ok(fetched)
    }
}

/// Whether credentials will last a while.
fn is_fresh(credentials: &Credentials, now: SystemTime) -> bool {
    credentials.expiry().is_none_or(|expiry| expiry > now + EARLY)
}

impl std::fmt::Debug for Cached {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Cached")
    }
}

impl ProvideCredentials for Cached {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(self.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_renewed_before_they_expire() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let until = |seconds| Credentials::new("id", "secret", None, Some(now + Duration::from_secs(seconds)), "test");
        assert!(is_fresh(&until(3600), now));
        assert!(!is_fresh(&until(299), now));
        assert!(is_fresh(&Credentials::new("id", "secret", None, None, "test"), now));
    }
}
