//! How a sweep is getting on: what is counted, the words for it, and the line on standard error.
//!
//! The counting and the words need no terminal and no AWS. The line appears only on a terminal, is drawn over itself, and
//! is gone when the sweep is over: nothing of it reaches a file or a pipe.

use crate::model::SectionName;
use crate::permissions::{COLLECTORS, Collector};

/// What has happened so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// How many targets there are; `None` until that is known.
    planned: Option<usize>,
    /// How many of them are done.
    done: usize,
    /// Requests sent, repeated ones included.
    calls: u64,
    /// How often AWS asked to slow down.
    throttled: u64,
    /// What the last request was for.
    section: Option<SectionName>,
}

impl Tally {
    /// So many targets are going to be collected.
    pub(super) fn planned(&mut self, targets: usize) {
        self.planned = Some(targets);
    }

    /// A request is about to be sent.
    pub(super) fn request_sent(&mut self, action: &str) {
        self.calls += 1;
        self.section = section(action).or(self.section);
    }

    /// AWS asked to slow down.
    pub(super) fn throttled(&mut self) {
        self.throttled += 1;
    }

    /// A target is done.
    pub(super) fn target_done(&mut self) {
        self.done += 1;
    }

    /// `3 of 12 targets, 214 calls, 2 throttled: ssm.managed_nodes`.
    pub(super) fn line(&self) -> String {
        let targets = match self.planned {
            None => "signing in".to_owned(),
            Some(1) => "1 target".to_owned(),
            Some(planned) => format!("{} of {planned} targets", self.done),
        };
        let calls = if self.calls == 1 { "1 call".to_owned() } else { format!("{} calls", self.calls) };
        let throttled = if self.throttled > 0 { format!(", {} throttled", self.throttled) } else { String::new() };
        let section = self.section.map_or_else(String::new, |section| format!(": {section}"));
        format!("{targets}, {calls}{throttled}{section}")
    }
}

/// The first section that is filled by that action.
fn section(action: &str) -> Option<SectionName> {
    let fills = |collector: &&Collector| collector.calls.iter().any(|call| call.action == action);
    COLLECTORS.iter().find(fills).map(|collector| collector.section)
}

#[cfg(feature = "aws")]
pub(super) use line::Line;

#[cfg(feature = "progress")]
mod line {
    use std::io::{self, IsTerminal as _};
    use std::sync::{Mutex, PoisonError};
    use std::time::Duration;

    use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

    use super::Tally;

    /// How often the line moves while nothing happens.
    const TICK: Duration = Duration::from_millis(120);

    /// A line on standard error that says how a sweep is getting on.
    #[derive(Debug)]
    pub(in crate::commands) struct Line {
        bar: ProgressBar,
        tally: Mutex<Tally>,
    }

    impl Line {
        /// Draws the line; `None` where standard error is no terminal.
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a sweep draws it"))]
        pub(in crate::commands) fn start() -> Option<Self> {
            if !io::stderr().is_terminal() {
                return None;
            }
            let line = Self::on(ProgressDrawTarget::stderr());
            line.bar.enable_steady_tick(TICK);
            Some(line)
        }

        /// A line somewhere else.
        fn on(target: ProgressDrawTarget) -> Self {
            let bar = ProgressBar::with_draw_target(None, target);
            // A template that cannot be read leaves the library's own, which shows the message too.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {wide_msg}") {
                bar.set_style(style);
            }
            Self { bar, tally: Mutex::default() }
        }

        /// Counts something, and shows it.
        fn update(&self, count: impl FnOnce(&mut Tally)) {
            let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
            count(&mut tally);
            self.bar.set_message(tally.line());
        }

        /// Does something on standard error while the line is away.
        #[cfg_attr(not(feature = "aws"), expect(dead_code, reason = "only a sweep draws it"))]
        pub(in crate::commands) fn suspend<T>(&self, say: impl FnOnce() -> T) -> T {
            self.bar.suspend(say)
        }

        /// Takes the line away.
        pub(in crate::commands) fn finish(&self) {
            self.bar.finish_and_clear();
        }
    }

    #[cfg(feature = "aws")]
    impl crate::collect::Progress for Line {
        fn planned(&self, targets: usize) {
            self.update(|tally| tally.planned(targets));
        }

        fn request_sent(&self, action: &'static str) {
            self.update(|tally| tally.request_sent(action));
        }

        fn throttled(&self, _action: &'static str) {
            self.update(Tally::throttled);
        }

        fn target_done(&self, _account: &str, _region: &str) {
            self.update(Tally::target_done);
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn the_line_says_what_is_counted_and_goes_away() {
            let line = Line::on(ProgressDrawTarget::hidden());
            line.update(|tally| tally.planned(2));
            line.update(Tally::target_done);
            assert_eq!(line.bar.message(), "1 of 2 targets, 0 calls");
            line.finish();
            assert!(line.bar.is_finished());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sweep_is_told_from_sign_in_to_the_last_target() {
        let mut tally = Tally::default();
        assert_eq!(tally.line(), "signing in, 0 calls");
        tally.request_sent("sts:GetCallerIdentity");
        assert_eq!(tally.line(), "signing in, 1 call: sts.identity");
        tally.planned(12);
        for _ in 0..3 {
            tally.target_done();
        }
        tally.request_sent("ssm:DescribeInstanceInformation");
        assert_eq!(tally.line(), "3 of 12 targets, 2 calls: ssm.managed_nodes");
        tally.throttled();
        tally.request_sent("nobody:KnowsThis");
        assert_eq!(tally.line(), "3 of 12 targets, 3 calls, 1 throttled: ssm.managed_nodes");
    }

    #[test]
    fn one_target_is_not_counted() {
        let mut tally = Tally::default();
        tally.planned(1);
        assert_eq!(tally.line(), "1 target, 0 calls");
    }

    #[test]
    fn every_action_of_a_collector_has_a_section() {
        for call in COLLECTORS.iter().flat_map(|collector| collector.calls) {
            assert!(section(call.action).is_some(), "{}", call.action);
        }
    }
}
