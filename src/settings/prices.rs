//! Which prices figures are made with.

use std::path::PathBuf;

use rust_decimal::Decimal;

use super::config::Config;
use super::error::SettingsError;
use super::paths::{Input, one_standard_input};
use super::source::{Limits, Source};
use crate::cli::{ConfigArgs, PriceArgs, PricesArgs, PricesFrom, TargetArgs};
use crate::io::is_standard;

/// Which prices figures are made with.
#[derive(Debug, Default)]
pub(crate) struct PriceSettings {
    /// What is laid over the embedded table.
    pub(crate) from: Option<PricesFrom>,
    /// The percentage off all of them.
    pub(crate) discount: Decimal,
    /// The configuration that names the price file, where it does.
    pub(crate) named_by: Option<PathBuf>,
    /// As whom the Price List API is asked.
    pub(crate) asker: PriceAsker,
}

/// As whom the Price List API is asked.
#[derive(Debug, Default)]
#[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "the offline build asks nobody"))]
pub(crate) struct PriceAsker {
    /// A profile; `None`: the SDK's default chain.
    pub(crate) profile: Option<String>,
    /// A region that the run is about; `None`: that of the environment or the profile.
    pub(crate) region: Option<String>,
    /// How long for; `None`: the defaults.
    pub(crate) limits: Option<Limits>,
}

impl PriceSettings {
    /// Of a run: asked as its first identity, with its timeouts. Roles are not assumed for it: prices are everybody's.
    pub(super) fn of_run(
        args: &PriceArgs,
        targets: &TargetArgs,
        source: &Source,
        file: &ConfigArgs,
        config: &Config,
    ) -> Self {
        let in_file = || config.prices.file.clone().map(PricesFrom::File);
        let identities = match source {
            Source::Aws(live) => Some(&live.identities),
            Source::Snapshots(_) => None,
        };
        let by_file = args.prices.is_none() && config.prices.file.is_some();
        Self {
            from: args.prices.clone().or_else(in_file),
            discount: args.discount.or(config.prices.discount).unwrap_or_default(),
            named_by: Config::path(file).filter(|_| by_file).map(ToOwned::to_owned),
            asker: PriceAsker {
                profile: identities.and_then(|identities| identities.profiles.first().cloned()),
                region: identities.and_then(|identities| identities.regions.first().cloned()),
                limits: Some(Limits::of(targets)),
            },
        }
    }

    /// Of the command `prices`, which reads no configuration: asked as a profile, or as whoever the SDK's default chain
    /// finds.
    ///
    /// # Errors
    /// When standard input is named twice, or standard output for the price file.
    pub(crate) fn of_command(args: &PricesArgs) -> Result<Self, SettingsError> {
        let settings = Self {
            from: args.prices.prices.clone(),
            discount: args.prices.discount.unwrap_or_default(),
            named_by: None,
            asker: PriceAsker { profile: args.profile.clone(), ..PriceAsker::default() },
        };
        let offers = args.offers.iter().map(|path| ("a price list", path.as_path()));
        one_standard_input(settings.input().into_iter().chain(offers))?;
        if args.refresh.as_deref().is_some_and(is_standard) {
            return Err(SettingsError::StandardOutput { option: "refresh", what: "what has changed" });
        }
        Ok(settings)
    }

    pub(super) fn input(&self) -> Option<Input<'_>> {
        match &self.from {
            Some(PricesFrom::File(path)) => Some(("the price file", path)),
            _ => None,
        }
    }
}
