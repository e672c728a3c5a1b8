//! Identities: whose credentials sign, and the clients made from them.

use std::sync::Arc;
use std::time::Duration;

use aws_config::environment::EnvironmentVariableRegionProvider;
use aws_config::meta::region::RegionProviderChain;
use aws_config::profile::{ProfileFileCredentialsProvider, ProfileFileRegionProvider, ProfileSet};
use aws_config::provider_config::ProviderConfig;
use aws_config::{AppName, BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_runtime_api::client::http::SharedHttpClient;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;

use super::credentials::{Cached, Role, Source};
use super::error::CollectError;
use super::failure::{causes_in_words, credentials_message};
use super::guard::Guard;
use super::progress::Progress;
use super::request::{Limits, Regions, RoleArn};
use super::sdk_settings;
use super::services::services;
use super::transport::NotAgain;

/// The newest behaviour of the SDK that has been looked at here.
fn behavior() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// What the opening of every session shares.
pub(super) struct RunContext {
    pub(super) http: SharedHttpClient,
    pub(super) limits: Limits,
    /// Hears of every request.
    pub(super) progress: Arc<dyn Progress>,
    /// Whether the operator has asked for the mount probe, the only thing that is no read.
    pub(super) probe: bool,
}

#[derive(Debug, Clone)]
pub(super) struct Session {
    /// Who it is, for messages: "profile `x`", "the default credentials", a role's ARN.
    pub(super) who: String,
    /// What to type where the credentials do not work.
    pub(super) next: String,
    /// The region that the environment or the profile names; where a list was given, else its first.
    pub(super) region: Option<String>,
    /// The account that the configuration names for it, before AWS is asked.
    pub(super) account_hint: Option<String>,
    /// Whether endpoints are AWS's own and asked without a proxy.
    pub(super) aws_endpoints: bool,
    /// Everything the clients are made from.
    config: SdkConfig,
    /// The credentials, fetched once.
    credentials: Cached,
    retry: RetryConfig,
    /// The read-only guard.
    guard: Guard,
}

/// Makes the methods that build the services' clients: guarded, and each with a retry budget of its own.
macro_rules! clients {
    (
        of_target {
            $($(#[$doc:meta])+ $name:ident $sdk:ident $service:literal $prefix:literal $region:ident $paces:tt;)+
        }
        of_run { $($(#[$run_doc:meta])+ $run_name:ident $run_sdk:ident $run_prefix:literal;)+ }
    ) => {
        impl Session {
            $(client!($name $sdk $prefix $(#[$doc])+);)+
            $(client!($run_name $run_sdk $run_prefix $(#[$run_doc])+);)+
        }
    };
}

macro_rules! client {
    ($name:ident $sdk:ident $prefix:literal $(#[$doc:meta])+) => {
        $(#[$doc])+
        ///
        /// A client in `region`; `budget` names whose retries it spends.
        pub(super) fn $name(&self, region: &str, budget: &str) -> $sdk::Client {
            let config = self.config.to_builder().region(Region::new(region.to_owned())).build();
            let partition = format!("{}-{region}-{budget}", $prefix);
            // One of its own, which goes with the client: the SDK keeps those it knows by name for ever.
            let partition = $sdk::config::retry::RetryPartition::custom(partition).build();
            $sdk::Client::from_conf(
                $sdk::config::Builder::from(&config)
                    .retry_config(self.retry.clone())
                    .retry_partition(partition)
                    .retry_classifier(NotAgain)
                    .interceptor(self.guard.clone())
                    .build(),
            )
        }
    };
}

services!(clients);

impl Session {
    /// Opens a profile, or the default chain. Asks nobody for credentials yet.
    ///
    /// # Errors
    /// [`CollectError::UnknownProfile`] and [`CollectError::Configuration`].
    pub(super) async fn open(
        profile: Option<&str>,
        regions: &Regions,
        context: &RunContext,
    ) -> Result<Self, CollectError> {
        let profiles = profiles(profile).await?;
        sdk_settings::check(&profiles)?;
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(context.limits.connect)
            .read_timeout(context.limits.read)
            .operation_attempt_timeout(context.limits.attempt)
            .operation_timeout(context.limits.operation)
            .build();
        let mut loader = aws_config::defaults(behavior())
            .http_client(context.http.clone())
            .timeout_config(timeouts.clone())
            // `Cached` holds the credentials; the SDK's cache would keep a copy per client for the whole run.
            .identity_cache(aws_config::identity::IdentityCache::no_cache());
        if std::env::var_os("AWS_SDK_UA_APP_ID").is_none()
            && let Ok(name) = AppName::new(concat!("inspector-audit-", env!("CARGO_PKG_VERSION")))
        {
            loader = loader.app_name(name);
        }
        if let Some(name) = profile {
            loader = loader.profile_name(name);
        }
        if let Regions::Explicit(list) = regions {
            // With a list there is no need to ask the instance metadata service where this machine is.
            let mut of_profile = ProfileFileRegionProvider::builder();
            if let Some(name) = profile {
                of_profile = of_profile.profile_name(name);
            }
            loader = loader.region(
                RegionProviderChain::first_try(EnvironmentVariableRegionProvider::new())
                    .or_else(of_profile.build())
                    .or_else(list.first().cloned().map(Region::new)),
            );
        }
        let config = loader.load().await;
        let region = config.region().map(|region| region.as_ref().to_owned());
        let source = match profile {
            // The chain would let keys in the environment win over a profile that was asked for by name.
            Some(name) => {
                let provider = ProviderConfig::without_region()
                    .with_region(config.region().cloned())
                    .with_http_client(context.http.clone())
                    .with_timeout_config(timeouts)
                    .with_behavior_version(Some(behavior()));
                Some(SharedCredentialsProvider::new(
                    ProfileFileCredentialsProvider::builder().profile_name(name).configure(&provider).build(),
                ))
            }
            None => config.credentials_provider(),
        };
        let source =
            source.ok_or_else(|| CollectError::Configuration("there is no credentials provider".to_owned()))?;
        let credentials = Cached::new(Source::Chain(source), None);
        let section = profiles.get_profile(profiles.selected_profile());
        let setting = |key: &str| section.and_then(|section| section.get(key));
        Ok(Self {
            who: profile.map_or_else(|| "the default credentials".to_owned(), |name| format!("profile `{name}`")),
            next: next_step(profile, &setting),
            account_hint: account_hint(&setting),
            aws_endpoints: !has_detours() && setting("endpoint_url").is_none() && setting("services").is_none(),
            retry: retry(&config, context.limits, setting("max_attempts").is_some()),
            config: config
                .to_builder()
                .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
                .build(),
            region,
            credentials,
            guard: Guard::new(context.progress.clone(), context.probe),
        })
    }

    /// Fetches the credentials, or says in words why there are none.
    pub(super) async fn sign_in(&self, limits: Limits) -> Result<(), String> {
        match tokio::time::timeout(limits.operation, self.credentials.get()).await {
            Ok(Ok(credentials)) => {
                tracing::debug!(who = self.who, expires = ?credentials.expiry(), "credentials found");
                Ok(())
            }
            Ok(Err(error)) => Err(credentials_message(&error)),
            Err(_) => Err(format!("no credentials came within {} s", limits.operation.as_secs())),
        }
    }

    /// The same, known to be of that account.
    pub(super) fn inside(&self, account: &str) -> Self {
        Self { guard: self.guard.inside(account), ..self.clone() }
    }

    /// The role, ready to be assumed by this identity in `region`.
    pub(super) fn role(&self, role: &RoleArn, region: &str, external_id: Option<&str>) -> Role {
        Role {
            client: self.sts(region, &self.who),
            arn: role.text.clone(),
            external_id: external_id.map(str::to_owned),
        }
    }

    /// The identity that a role gives, with the credentials it has just given.
    pub(super) fn assumed(&self, role: Role, account: &str, credentials: Credentials) -> Self {
        let who = role.arn.clone();
        let cached = Cached::new(Source::Role(role), Some(credentials));
        Self {
            who,
            guard: self.guard.inside(account),
            account_hint: Some(account.to_owned()),
            config: self
                .config
                .to_builder()
                .credentials_provider(SharedCredentialsProvider::new(cached.clone()))
                .build(),
            credentials: cached,
            ..self.clone()
        }
    }
}

#[cfg(test)]
impl Session {
    /// An identity with made-up keys whose every endpoint is `endpoint`.
    pub(super) fn fixed(endpoint: &str, probe: bool) -> Self {
        let keys = Credentials::new("id", "secret", None, None, "test");
        let credentials = Cached::new(Source::Chain(SharedCredentialsProvider::new(keys)), None);
        let config = SdkConfig::builder()
            .behavior_version(behavior())
            .endpoint_url(endpoint)
            .http_client(super::transport::http_client().expect("test data is good"))
            .credentials_provider(SharedCredentialsProvider::new(credentials.clone()))
            .build();
        Self {
            who: "test".to_owned(),
            next: String::new(),
            region: Some("us-east-1".to_owned()),
            account_hint: None,
            aws_endpoints: false,
            config,
            credentials,
            retry: RetryConfig::standard().with_max_attempts(1),
            guard: Guard::new(Arc::new(crate::collect::progress::Silent), probe),
        }
    }
}

/// The shared configuration files, with the asked profile selected.
async fn profiles(profile: Option<&str>) -> Result<ProfileSet, CollectError> {
    let set = aws_config::profile::load(
        &aws_types::os_shim_internal::Fs::real(),
        &aws_types::os_shim_internal::Env::real(),
        &aws_runtime::env_config::file::EnvConfigFiles::default(),
        profile.map(|name| name.to_owned().into()),
    )
    .await
    .map_err(|error| CollectError::Configuration(causes_in_words(&error)))?;
    let selected = set.selected_profile();
    let asked = profile.is_some() || selected != "default";
    if asked && set.get_profile(selected).is_none() {
        let mut known: Vec<String> = set.profiles().map(str::to_owned).collect();
        known.sort();
        return Err(CollectError::UnknownProfile { name: selected.to_owned(), known });
    }
    Ok(set)
}

/// The longest wait between two attempts. The SDK's own bound of 20 s is reached by nobody who gives up after five attempts;
/// the fourth wait would be up to 8 s, and buckets of AWS are full again long before that.
const LONGEST_WAIT: Duration = Duration::from_secs(5);

/// The retry settings: the mode that the environment or the profile names, and attempts by `limits`, else by them.
fn retry(config: &SdkConfig, limits: Limits, profile_says: bool) -> RetryConfig {
    let base = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard).with_max_backoff(LONGEST_WAIT);
    let environment_says = std::env::var_os("AWS_MAX_ATTEMPTS").is_some_and(|value| !value.is_empty());
    match limits.max_attempts {
        Some(attempts) => base.with_max_attempts(attempts.max(1)),
        None if environment_says || profile_says => base,
        None => base.with_max_attempts(Limits::DEFAULT_ATTEMPTS),
    }
}

/// Whether the environment sends calls elsewhere than straight to AWS.
fn has_detours() -> bool {
    std::env::vars_os().any(|(name, value)| {
        let name = name.to_string_lossy().to_ascii_uppercase();
        !value.is_empty() && (name.starts_with("AWS_ENDPOINT_URL") || name == "HTTPS_PROXY" || name == "ALL_PROXY")
    })
}

/// The account that a profile is about, as far as its settings say.
fn account_hint<'a>(setting: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
    let of_role = || setting("role_arn").and_then(|arn| RoleArn::parse(arn).ok()).map(|role| role.account);
    setting("sso_account_id").map(str::to_owned).or_else(of_role)
}

/// What to type where a profile's credentials do not work.
fn next_step<'a>(profile: Option<&str>, setting: &impl Fn(&str) -> Option<&'a str>) -> String {
    let flag = profile.map(|name| format!(" --profile {name}")).unwrap_or_default();
    if setting("sso_session").or_else(|| setting("sso_start_url")).is_some() {
        format!("run `aws sso login{flag}`")
    } else if setting("login_session").is_some() {
        format!("run `aws login{flag}`")
    } else if setting("credential_process").is_some() {
        "run the profile's credential_process by hand and see what it says".to_owned()
    } else if profile.is_some() {
        format!("run `aws sso login{flag}` or `aws configure{flag}`")
    } else {
        "run `aws login` or `aws sso login`, give `--profile NAME`, or set AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
            .to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_step_fits_the_kind_of_profile() {
        let none = |_: &str| None;
        let sso = |key: &str| (key == "sso_session").then_some("corp");
        let process = |key: &str| (key == "credential_process").then_some("/bin/x");
        assert_eq!(next_step(Some("prod"), &sso), "run `aws sso login --profile prod`");
        assert!(next_step(Some("prod"), &none).contains("aws configure --profile prod"));
        assert!(next_step(Some("prod"), &process).contains("credential_process"));
        assert!(next_step(None, &none).contains("--profile NAME"));
    }

    #[test]
    fn the_account_is_taken_from_what_the_profile_says() {
        let sso = |key: &str| (key == "sso_account_id").then_some("111122223333");
        let role = |key: &str| (key == "role_arn").then_some("arn:aws:iam::123456789012:role/a");
        assert_eq!(account_hint(&sso).as_deref(), Some("111122223333"));
        assert_eq!(account_hint(&role).as_deref(), Some("123456789012"));
        assert_eq!(account_hint(&|_: &str| None), None);
    }
}
