//! How a sweep is getting on: what is counted, the words for it, and the line on standard error.
//!
//! The counting and the words need no terminal and no AWS. On a terminal the line is drawn over itself, and is gone when the
//! sweep is over; elsewhere a long sweep writes one a minute.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::model::SectionName;
use crate::permissions::section_of;

/// How many throttled accounts are named.
const NAMED: usize = 3;
/// Fewer targets than that say nothing about how long the others take.
const ENOUGH: usize = 8;

/// What has happened so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many accounts there are; `None` until that is known.
    accounts: Option<usize>,
    /// How many of them were entered, or could not be.
    entered: usize,
    /// How many targets these have.
    targets: usize,
    /// How many of them are done.
    done: usize,
    /// How many gaps they have.
    gaps: usize,
    /// Requests sent, repeated ones included.
    calls: u64,
    /// How often AWS asked to slow down, by account.
    throttled: BTreeMap<String, u64>,
    /// What the last request was for.
    section: Option<SectionName>,
}

impl Tally {
    /// So many accounts are going to be entered.
    pub(super) fn planned(&mut self, accounts: usize) {
        self.accounts = Some(accounts);
    }

    /// An account with so many targets was entered.
    pub(super) fn entered(&mut self, targets: usize) {
        self.entered += 1;
        self.targets += targets;
    }

    /// A request is about to be sent.
    pub(super) fn request_sent(&mut self, action: &str) {
        self.calls += 1;
        self.section = section_of(action).or(self.section);
    }

    /// AWS asked to slow down.
    pub(super) fn throttled(&mut self, account: &str) {
        *self.throttled.entry(account.to_owned()).or_default() += 1;
    }

    /// A target is done.
    pub(super) fn target_done(&mut self, gaps: usize) {
        self.done += 1;
        self.gaps += gaps;
    }

    /// `3 of 12 targets, 214 calls, 2 throttled: ssm.managed_nodes`; of many accounts
    /// `40 of 100 accounts, 380 of about 1700 targets, 31 a minute, 43 min left, 4 gaps, 2311 calls, 9 throttled (444455556666)`.
    pub(super) fn line(&self, since: Duration) -> String {
        let mut parts = Vec::new();
        let accounts = self.accounts.unwrap_or_default();
        if accounts > 1 {
            parts.push(format!("{} of {accounts} accounts", self.entered));
        }
        let all = self.all_targets();
        parts.push(match (self.accounts, all) {
            (None, _) => "signing in".to_owned(),
            (Some(_), 1) if accounts == 1 => "1 target".to_owned(),
            (Some(_), all) => {
                let about = if self.entered < accounts { "about " } else { "" };
                format!("{} of {about}{all} targets", self.done)
            }
        });
        if accounts > 1 && self.done >= ENOUGH && since >= Duration::from_secs(1) {
            let (done, left) = (u64::try_from(self.done), u64::try_from(all.saturating_sub(self.done)));
            if let (Ok(done), Ok(left)) = (done, left) {
                parts.push(format!("{} a minute", done.saturating_mul(60) / since.as_secs().max(1)));
                parts.push(left_in_words(since.as_secs().saturating_mul(left) / done));
            }
        }
        if self.gaps > 0 {
            parts.push(format!("{} gap{}", self.gaps, if self.gaps == 1 { "" } else { "s" }));
        }
        parts.push(if self.calls == 1 { "1 call".to_owned() } else { format!("{} calls", self.calls) });
        let throttled: u64 = self.throttled.values().sum();
        if throttled > 0 {
            parts.push(format!("{throttled} throttled{}", self.throttled_accounts()));
        }
        let section = self.section.filter(|_| accounts <= 1).map_or_else(String::new, |section| format!(": {section}"));
        format!("{}{section}", parts.join(", "))
    }

    /// How many targets there are: those of accounts that were not entered yet are taken for as many as the others have.
    fn all_targets(&self) -> usize {
        let accounts = self.accounts.unwrap_or_default();
        match self.entered {
            0 => accounts,
            entered if entered < accounts => self.targets.saturating_mul(accounts).div_ceil(entered),
            _ => self.targets,
        }
    }

    /// The accounts that were throttled most, by name, where there are several accounts.
    fn throttled_accounts(&self) -> String {
        let mut named: Vec<(&String, &u64)> =
            self.throttled.iter().filter(|(account, _)| !account.is_empty()).collect();
        if named.is_empty() || self.accounts.is_none_or(|accounts| accounts <= 1) {
            return String::new();
        }
        named.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
        let shown: Vec<&str> = named.iter().take(NAMED).map(|(account, _)| account.as_str()).collect();
        let more = named.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!(" ({}{more})", shown.join(", "))
    }
}

/// How long it still takes, roughly.
fn left_in_words(seconds: u64) -> String {
    match seconds {
        0..=90 => format!("{seconds} s left"),
        91..=5400 => format!("{} min left", seconds.div_ceil(60)),
        _ => format!("{} h left", seconds.div_ceil(3600)),
    }
}

#[cfg(feature = "aws")]
pub(super) use line::Line;

#[cfg(feature = "progress")]
mod line {
    use std::io::{self, IsTerminal as _};
    use std::sync::{Mutex, PoisonError};
    use std::time::{Duration, Instant};

    use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

    use super::Tally;
    use crate::io::note;

    /// How often the line moves while nothing happens.
    const TICK: Duration = Duration::from_millis(120);
    /// How often a line is written where it cannot be drawn over itself.
    const MINUTE: Duration = Duration::from_mins(1);

    /// How a sweep is getting on, said on standard error: a line that is drawn over itself on a terminal, elsewhere one a
    /// minute.
    #[derive(Debug)]
    pub(in crate::commands) struct Line {
        /// `None`: nobody can see it move.
        bar: Option<ProgressBar>,
        state: Mutex<State>,
    }

    #[derive(Debug)]
    struct State {
        tally: Tally,
        began: Instant,
        /// When the last line was written.
        said: Instant,
    }

    impl Line {
        /// Draws the line, or is ready to write one a minute.
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a sweep draws it"))]
        pub(in crate::commands) fn start() -> Self {
            if !io::stderr().is_terminal() {
                return Self::with(None);
            }
            let line = Self::on(ProgressDrawTarget::stderr());
            if let Some(bar) = &line.bar {
                bar.enable_steady_tick(TICK);
            }
            line
        }

        /// A line somewhere else.
        fn on(target: ProgressDrawTarget) -> Self {
            let bar = ProgressBar::with_draw_target(None, target);
            // A template that cannot be read leaves the library's own, which shows the message too.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            Self::with(Some(bar))
        }

        fn with(bar: Option<ProgressBar>) -> Self {
            let now = Instant::now();
            Self { bar, state: Mutex::new(State { tally: Tally::default(), began: now, said: now }) }
        }

        /// Counts something, and shows it.
        pub(in crate::commands) fn update(&self, count: impl FnOnce(&mut Tally)) {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            count(&mut state.tally);
            let now = Instant::now();
            let line = |state: &State| state.tally.line(now.duration_since(state.began));
            match &self.bar {
                Some(bar) => bar.set_message(line(&state)),
                None if now.duration_since(state.said) >= MINUTE => {
                    note(&line(&state), false);
                    state.said = now;
                }
                None => {}
            }
        }

        /// Does something on standard error while the line is away.
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a sweep draws it"))]
        pub(in crate::commands) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
            match &self.bar {
                Some(bar) => bar.suspend(say),
                None => say(),
            }
        }

        /// Takes the line away.
        pub(in crate::commands) fn finish(&self) {
            if let Some(bar) = &self.bar {
                bar.finish_and_clear();
            }
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_line_says_what_is_counted_and_goes_away() {
            let line = Line::on(ProgressDrawTarget::hidden());
            line.update(|tally| tally.planned(1));
            line.update(|tally| tally.entered(2));
            line.update(|tally| tally.target_done(0));
            let bar = line.bar.as_ref().expect("a line that is drawn");
            assert_eq!(bar.message(), "1 of 2 targets, 0 calls");
            line.finish();
            assert!(bar.is_finished());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(tally: &Tally, seconds: u64) -> String {
        tally.line(Duration::from_secs(seconds))
    }

    #[test]
    fn one_account_is_told_from_sign_in_to_the_last_target() {
        let mut tally = Tally::default();
        assert_eq!(line(&tally, 0), "signing in, 0 calls");
        tally.request_sent("sts:GetCallerIdentity");
        assert_eq!(line(&tally, 1), "signing in, 1 call: sts.identity");
        tally.planned(1);
        tally.entered(12);
        for _ in 0..3 {
            tally.target_done(0);
        }
        tally.request_sent("ssm:DescribeInstanceInformation");
        assert_eq!(line(&tally, 2), "3 of 12 targets, 2 calls: ssm.managed_nodes");
        tally.throttled("111122223333");
        tally.request_sent("nobody:KnowsThis");
        assert_eq!(line(&tally, 3), "3 of 12 targets, 3 calls, 1 throttled: ssm.managed_nodes");
    }

    #[test]
    fn one_target_is_not_counted() {
        let mut tally = Tally::default();
        tally.planned(1);
        tally.entered(1);
        assert_eq!(line(&tally, 0), "1 target, 0 calls");
    }

    #[test]
    fn a_sweep_says_how_fast_it_is_how_long_it_takes_and_whom_aws_throttles() {
        let mut tally = Tally::default();
        tally.planned(4);
        tally.entered(17);
        tally.entered(17);
        for _ in 0..10 {
            tally.target_done(0);
        }
        assert_eq!(line(&tally, 20), "2 of 4 accounts, 10 of about 68 targets, 30 a minute, 2 min left, 0 calls");
        tally.target_done(3);
        for account in ["444455556666", "111122223333", "444455556666", "777788889999", "123456789012", ""] {
            tally.throttled(account);
        }
        tally.entered(1);
        tally.entered(1);
        let said = line(&tally, 660);
        let expected = "4 of 4 accounts, 11 of 36 targets, 1 a minute, 25 min left, 3 gaps, 0 calls, 6 throttled \
                        (444455556666, 111122223333, 123456789012 and 1 more)";
        assert_eq!(said, expected);
    }
}
