//! Signals that end the process: 128 and the signal's number is the status, as a shell says it of a process that it killed.

/// Has `end` called, with the status, when the process is interrupted, told to terminate, or its terminal hangs up. What
/// was to be ignored when the process began, as `nohup` has it, is ignored.
///
/// # Errors
/// When the system refuses.
#[cfg(unix)]
pub fn on_termination(end: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let ignored = ignored();
    let wanted = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let mut signals = signal_hook::iterator::Signals::new(wanted)?;
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in signals.forever() {
            end(128 + signal);
        }
    })?;
    Ok(())
}

/// The signals that are ignored, a bit each, where the system tells.
#[cfg(unix)]
fn ignored() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}

/// As on Unix, where Ctrl-C is all there is.
///
/// # Errors
/// When the system refuses.
#[cfg(not(unix))]
pub fn on_termination(end: impl Fn(i32) + Send + 'static) -> std::io::Result<()> {
    ctrlc::set_handler(move || end(130)).map_err(std::io::Error::other)
}
