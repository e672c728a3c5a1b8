//! Comments that keep a finding from being told: `# inspector-audit:ignore RULE reason until 2027-03-31`.
//!
//! A comment stands in a block or directly above it, and covers what one rule finds with that block on either side. It
//! becomes a suppression like those of the configuration file. What cannot be read as one hides nothing and is told.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;

use super::remark::{MAX_REMARKS, Remark};
use super::rules::RULES;
use super::world::Root;
use crate::rules::Finding;
use crate::rules::finding::Reason;
use crate::rules::finding::terraform::{BadIgnore, Ignore, WhyNot};
use crate::text::nearest;

/// The comments of all roots, each once, with what each is about.
pub(super) fn read(roots: &[Root], findings: &[Finding]) -> (Vec<Ignore>, Vec<BadIgnore>) {
    let remarks: BTreeSet<&Remark> = roots.iter().flat_map(|root| &root.remarks).collect();
    let found = by_place(findings);
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    let (mut file, mut of_file) = (None, 0_usize);
    for remark in remarks {
        if file.replace(&remark.at.file) != Some(&remark.at.file) {
            of_file = 0;
        }
        of_file += 1;
        let at = remark.at.clone();
        let read = if of_file > MAX_REMARKS { Err(WhyNot::TooMany) } else { one(remark) };
        match read {
            Ok((rule, reason, until, block)) => {
                let (first, last) = (block.0, block.1.max(block.0));
                let meant = found.range((rule, at.file.as_str(), first)..=(rule, at.file.as_str(), last));
                let meant: BTreeSet<&str> = meant.flat_map(|(_, fingerprints)| fingerprints).copied().collect();
                let findings = meant.into_iter().map(str::to_owned).collect();
                good.push(Ignore { at, rule: rule.to_owned(), reason: reason.to_owned(), until, findings });
            }
            Err(why) => bad.push(BadIgnore { at, why }),
        }
    }
    (good, bad)
}

/// The fingerprints of what a rule found at a line of a file.
type ByPlace<'a> = BTreeMap<(&'a str, &'a str, u32), Vec<&'a str>>;

fn by_place(findings: &[Finding]) -> ByPlace<'_> {
    let mut found = ByPlace::new();
    for finding in findings {
        for (file, line) in places(finding) {
            found.entry((finding.rule, file, line)).or_default().push(&finding.fingerprint);
        }
    }
    found
}

/// Where a finding stands: its own place, and those of both sides.
fn places(finding: &Finding) -> impl Iterator<Item = (&str, u32)> {
    let sides = match &finding.reason {
        Reason::Terraform(reason) => reason.sides.as_slice(),
        _ => &[],
    };
    let own = finding.location.iter().map(|location| (location.file.as_str(), location.line));
    let all = own.chain(sides.iter().map(|side| (side.file.as_str(), side.line)));
    all.filter_map(|(file, line)| Some((file, line?)))
}

/// The rule, the reason, the last day, and the lines of the block.
type Read<'r> = (&'r str, &'r str, Option<NaiveDate>, (u32, u32));

fn one(remark: &Remark) -> Result<Read<'_>, WhyNot> {
    let (verb, rest) = word(&remark.text);
    if verb != "ignore" {
        return Err(WhyNot::Unknown(verb.to_owned()));
    }
    let (rule, rest) = word(rest);
    if rule.is_empty() {
        return Err(WhyNot::NoRule);
    }
    let names: Vec<&str> = RULES.iter().map(|(rule, _)| rule.id).collect();
    if !names.contains(&rule) {
        let near = nearest(rule, &names);
        return Err(WhyNot::NoSuchRule { rule: rule.to_owned(), near });
    }
    let (reason, until) = match rest.trim().rsplit_once(char::is_whitespace) {
        Some((before, date)) if last_word(before) == "until" => {
            let until = NaiveDate::parse_from_str(date, "%Y-%m-%d").map_err(|_| WhyNot::NoDate(date.to_owned()))?;
            (before.trim_end().strip_suffix("until").unwrap_or(before), Some(until))
        }
        _ => (rest, None),
    };
    let reason = reason.trim().trim_start_matches(['-', ':']).trim();
    if reason.is_empty() {
        return Err(WhyNot::NoReason);
    }
    let block = remark.block.ok_or(WhyNot::NoBlock)?;
    Ok((rule, reason, until, block))
}

/// The first word, and what follows it.
fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_once(char::is_whitespace).unwrap_or((text, ""))
}

fn last_word(text: &str) -> &str {
    text.trim_end().rsplit(char::is_whitespace).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::finding::Location;

    fn remark(text: &str) -> Remark {
        Remark {
            at: Location { file: "main.tf".to_owned(), line: Some(1) },
            text: text.to_owned(),
            block: Some((2, 4)),
        }
    }

    #[test]
    fn a_rule_a_reason_and_a_last_day() {
        let day = NaiveDate::from_ymd_opt(2027, 3, 31);
        for (text, reason, until) in [
            ("ignore terraform-coupling-loop moves to one root", "moves to one root", None),
            ("ignore terraform-coupling-loop - moves until 2027-03-31", "moves", day),
            ("ignore\tterraform-coupling-loop until somebody has time", "until somebody has time", None),
        ] {
            let remark = remark(text);
            assert_eq!(one(&remark), Ok(("terraform-coupling-loop", reason, until, (2, 4))), "{text}");
        }
    }

    #[test]
    fn what_is_no_such_comment_says_why() {
        let near = |name: &'static str, rule: &str| WhyNot::NoSuchRule { rule: rule.to_owned(), near: Some(name) };
        for (text, why) in [
            ("", WhyNot::Unknown(String::new())),
            ("ignored x", WhyNot::Unknown("ignored".to_owned())),
            ("ignore", WhyNot::NoRule),
            ("ignore terraform-couplingloop why", near("terraform-coupling-loop", "terraform-couplingloop")),
            ("ignore all of it", WhyNot::NoSuchRule { rule: "all".to_owned(), near: None }),
            ("ignore terraform-coupling-loop", WhyNot::NoReason),
            ("ignore terraform-coupling-loop until 2027-03-31", WhyNot::NoReason),
            ("ignore terraform-coupling-loop wait until spring", WhyNot::NoDate("spring".to_owned())),
            ("ignore terraform-coupling-loop moves until 2027-02-30", WhyNot::NoDate("2027-02-30".to_owned())),
        ] {
            assert_eq!(one(&remark(text)), Err(why), "{text}");
        }
        let lost = Remark { block: None, ..remark("ignore terraform-coupling-loop moves") };
        assert_eq!(one(&lost), Err(WhyNot::NoBlock));
    }
}
