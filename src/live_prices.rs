//! From the command line to products of the Price List API. Nothing is asked until somebody calls what is made here.

use crate::cli::TargetArgs;
use crate::price::list::PriceRequest;

/// Asks as the first identity of a run, with its timeouts. Roles are not assumed for it: prices are everybody's.
#[cfg(feature = "aws")]
pub(crate) fn of_run(args: &TargetArgs) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    let asker = crate::collect::PriceListAsker {
        profile: args.profile.first().cloned(),
        region: args.region.first().cloned(),
        limits: crate::live::limits(args),
    };
    move |listings| ask(&asker, listings)
}

/// Asks as a profile, or as whoever the SDK's default chain finds.
#[cfg(feature = "aws")]
pub(crate) fn of_profile(profile: Option<&str>) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    let asker = crate::collect::PriceListAsker {
        profile: profile.map(str::to_owned),
        ..crate::collect::PriceListAsker::default()
    };
    move |listings| ask(&asker, listings)
}

#[cfg(feature = "aws")]
fn ask(asker: &crate::collect::PriceListAsker, listings: &[PriceRequest]) -> anyhow::Result<Vec<String>> {
    use crate::app::Hint;
    use crate::commands::prices::INSTEAD;

    crate::collect::price_list(asker, listings).map_err(|error| {
        let hint = error.hint().map_or_else(|| INSTEAD.to_owned(), |hint| format!("{hint}; {INSTEAD}"));
        anyhow::Error::new(error).context("the Price List API cannot be asked").context(Hint(hint))
    })
}

/// This build cannot ask.
#[cfg(not(feature = "aws"))]
pub(crate) fn of_run(_args: &TargetArgs) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    cannot_ask
}

/// This build cannot ask.
#[cfg(not(feature = "aws"))]
pub(crate) fn of_profile(_profile: Option<&str>) -> impl Fn(&[PriceRequest]) -> anyhow::Result<Vec<String>> {
    cannot_ask
}

#[cfg(not(feature = "aws"))]
fn cannot_ask(_listings: &[PriceRequest]) -> anyhow::Result<Vec<String>> {
    anyhow::bail!("this build cannot ask the Price List API: give --prices FILE, or use the embedded table")
}
