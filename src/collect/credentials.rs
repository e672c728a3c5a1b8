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
    Role(Role),
}

/// A role, and the client that may assume it.
#[derive(Debug, Clone)]
pub(super) struct Role {
    /// Signs as the identity that assumes.
    pub(super) client: aws_sdk_sts::Client,
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
/// What has expired when it comes is not asked for again: either a clock is wrong and AWS takes it, or the source has
/// nothing better and AWS says so.
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
    held: Mutex<Option<Held>>,
}

/// Credentials, and until when nothing better is asked for.
struct Held {
    credentials: Credentials,
    /// `None`: for ever.
    renew: Option<SystemTime>,
}

impl Held {
    /// Credentials that came at `now`.
    fn new(credentials: Credentials, now: SystemTime) -> Self {
        let life = credentials.expiry().map(|expiry| expiry.duration_since(now).unwrap_or_default());
        // Those of a short life are renewed at half of it: not at each call.
        let renew = life.filter(|life| !life.is_zero()).map(|life| now + (life / 2).max(life.saturating_sub(EARLY)));
        Self { credentials, renew }
    }

    fn is_fresh(&self, now: SystemTime) -> bool {
        self.renew.is_none_or(|renew| now < renew)
    }
}

impl Cached {
    /// A cache that already holds `credentials`, where they are known.
    pub(super) fn new(source: Source, credentials: Option<Credentials>) -> Self {
        let held = credentials.map(|credentials| Held::new(credentials, SystemTime::now()));
        Self(Arc::new(Cache { source, held: Mutex::new(held) }))
    }

    /// The credentials, from memory while they are fresh.
    pub(super) async fn get(&self) -> Result<Credentials, CredentialsError> {
        let mut held = self.0.held.lock().await;
        if let Some(held) = held.as_ref().filter(|held| held.is_fresh(SystemTime::now())) {
            return Ok(held.credentials.clone());
        }
        let fetched = match &self.0.source {
            Source::Chain(provider) => provider.provide_credentials().await?,
            Source::Role(role) => role
                .assume()
                .await
                .map_err(CredentialsError::provider_error)?
                .ok_or_else(|| CredentialsError::unhandled("AssumeRole answered without credentials"))?,
        };
        *held = Some(Held::new(fetched.clone(), SystemTime::now()));
        Ok(fetched)
    }
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
    fn credentials_are_renewed_before_they_expire_and_not_at_each_call() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        let fresh_after = |lives: u64, seconds: u64| {
            let expiry = now + Duration::from_secs(lives);
            Held::new(Credentials::new("id", "secret", None, Some(expiry), "test"), now)
                .is_fresh(now + Duration::from_secs(seconds))
        };
        assert!(fresh_after(3600, 3299) && !fresh_after(3600, 3300));
        assert!(fresh_after(200, 99) && !fresh_after(200, 100));
        let expired = Credentials::new("id", "secret", None, Some(now - Duration::from_secs(9)), "test");
        assert!(Held::new(expired, now).is_fresh(now + Duration::from_hours(1)));
        assert!(Held::new(Credentials::new("id", "secret", None, None, "test"), now).is_fresh(now));
    }
}
