//! Log lines on standard error, at the level that `-v` and `-q` ask for.

use tracing::Level;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Starts logging: errors only with `quiet`, else warnings; with `-v` what is done, with `-vv` every call, with `-vvv`
/// what the SDK says too.
///
/// The SDK's own lines are left out below that: what matters of them is in the report as a gap, with what to do next.
pub fn init_log(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let sdk = if verbose > 2 { LevelFilter::from_level(Level::DEBUG) } else { LevelFilter::OFF };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(false);
    let targets = Targets::new().with_default(sdk).with_target("inspector_audit", level);
    // A second call (in tests) keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(lines.without_time()).with(targets).try_init();
}
