//! Log lines on standard error, at the level that `-v` and `-q` ask for.

use std::fmt::{self, Debug};

use tracing::field::Field;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{Writer, debug_fn};
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::text::secrets::without_secrets;

/// This program's own lines.
const OWN: &str = "inspector_audit";
/// The fields of the SDK's lines that are printed. The others hold requests, errors that quote them, and credentials.
const SDK_FIELDS: &[&str] =
    &["attempt", "expiry", "message", "operation", "profile", "provider", "rpc.method", "rpc.service"];

/// Starts logging: errors only with `quiet`, else warnings; with `-v` what is done, with `-vv` every call, with `-vvv`
/// what the SDK says too, as far as no secret can be in it.
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
    let lines = || tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_target(false).with_ansi(false);
    let own = lines().event_format(Labelled).with_filter(Targets::new().with_target(OWN, level));
    let sdk = lines()
        .without_time()
        .fmt_fields(debug_fn(sdk_field))
        .with_filter(Targets::new().with_default(sdk).with_target(OWN, LevelFilter::OFF));
    // A second call (in tests) keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(vec![own.boxed(), sdk.boxed()]).try_init();
}

/// This program's own lines begin as its errors and warnings do.
struct Labelled;

impl<S, N> FormatEvent<S, N> for Labelled
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, context: &FmtContext<'_, S, N>, mut writer: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let label = match *event.metadata().level() {
            Level::ERROR => "error",
            Level::WARN => "warning",
            Level::INFO => "note",
            _ => "debug",
        };
        write!(writer, "{label}: ")?;
        context.format_fields(writer.by_ref(), event)?;
        writeln!(writer)
    }
}

/// Writes a field of one of the SDK's lines, if it is known to hold no secret.
fn sdk_field(writer: &mut Writer<'_>, field: &Field, value: &dyn Debug) -> fmt::Result {
    let text = without_secrets(&format!("{value:?}"));
    // What has braces is a value of the SDK with all that it holds.
    match (field.name(), text.split_once('{')) {
        ("message", Some((before, _))) => write!(writer, "{}", before.trim_end()),
        ("message", None) => write!(writer, "{text}"),
        (name, None) if SDK_FIELDS.contains(&name) => write!(writer, " {name}={text}"),
        _ => Ok(()),
    }
}
