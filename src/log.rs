//! Log lines on standard error, at the level that `-v` and `-q` ask for.

use tracing::level_filters::LevelFilter;

/// Starts logging: errors only with `quiet`, else warnings; with `-v` what is done, with `-vv` every call.
pub fn init(verbose: u8, quiet: bool) {
    let level = match (quiet, verbose) {
        (true, _) => LevelFilter::ERROR,
        (false, 0) => LevelFilter::WARN,
        (false, 1) => LevelFilter::INFO,
        (false, _) => LevelFilter::DEBUG,
    };
    let builder = tracing_subscriber::fmt().with_max_level(level).with_writer(std::io::stderr).with_target(false);
    // A second call (in tests) keeps the first subscriber.
    let _ = builder.with_ansi(false).without_time().try_init();
}
