//! Points of series, and a series on an even grid that is small enough for a snapshot.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// The most steps of a series: fifteen days of minutes, for which CloudWatch keeps them (CloudWatch user guide, "Metrics
/// retention", 2026-10).
const MAX_STEPS: u32 = 21_600;

/// One point of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Point {
    /// The start of the period, UTC.
    pub at: DateTime<Utc>,
    /// The value, rounded to a whole number, never negative.
    pub value: u64,
}

/// Values of steps in order, the first at the start of a window.
///
/// Written as one text, a word a step or a run of equal steps: `0*288 1048576 -*3` is a day of five minutes in which
/// nothing was read, five minutes of a MiB, and a quarter of an hour of which nothing is known. A quiet fortnight is six
/// characters instead of 180 KB of points with their times.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Steps(Vec<(Option<u64>, u32)>);

/// Why a text is no series.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoSteps {
    /// A word that is no value and no run of one.
    #[error("`{0}` is no step: `12`, `12*3` and `-*3` are")]
    Word(String),
    /// More steps than any series has.
    #[error("more than {MAX_STEPS} steps")]
    TooMany,
}

impl Steps {
    /// The series whose points these are, `count` steps of `period` seconds from `from` on. A step without a point is not
    /// known; a point that lies in no step is none of the series.
    pub fn of(points: &[Point], from: DateTime<Utc>, period: u32, count: u32) -> Self {
        let mut values = vec![None; usize::try_from(count.min(MAX_STEPS)).unwrap_or(0)];
        for point in points {
            let step = (point.at - from).num_seconds().checked_div_euclid(i64::from(period));
            let place = step.and_then(|step| usize::try_from(step).ok()).and_then(|step| values.get_mut(step));
            if let Some(place) = place {
                *place = (*place).max(Some(point.value));
            }
        }
        let mut steps = Self::default();
        for value in values {
            steps.push(value, 1);
        }
        steps
    }

    /// The points that are known, if the series begins at `from` in steps of `period` seconds.
    pub fn points(&self, from: DateTime<Utc>, period: u32) -> Vec<Point> {
        let values = self.0.iter().flat_map(|(value, times)| (0..*times).map(move |_| *value));
        let point = |(step, value): (i64, Option<u64>)| {
            let at = from.checked_add_signed(TimeDelta::try_seconds(step * i64::from(period))?)?;
            Some(Point { at, value: value? })
        };
        (0..).zip(values).filter_map(point).collect()
    }

    /// How many steps there are, known or not.
    pub fn count(&self) -> u32 {
        self.0.iter().map(|(_, times)| times).sum()
    }

    fn push(&mut self, value: Option<u64>, times: u32) {
        match self.0.last_mut() {
            Some((last, known)) if *last == value => *known += times,
            _ => self.0.push((value, times)),
        }
    }
}

impl fmt::Display for Steps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, (value, times)) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str(" ")?;
            }
            match value {
                Some(value) => write!(f, "{value}")?,
                None => f.write_str("-")?,
            }
            if *times > 1 {
                write!(f, "*{times}")?;
            }
        }
        Ok(())
    }
}

impl FromStr for Steps {
    type Err = NoSteps;

    fn from_str(text: &str) -> Result<Self, NoSteps> {
        let mut steps = Self::default();
        let mut count = 0_u32;
        for word in text.split(' ').filter(|word| !word.is_empty()) {
            let wrong = || NoSteps::Word(word.chars().take(40).collect());
            let (value, times) = word.split_once('*').unwrap_or((word, "1"));
            let times = times.parse::<u32>().ok().filter(|times| *times > 0).ok_or_else(wrong)?;
            let value = if value == "-" { None } else { Some(value.parse().map_err(|_| wrong())?) };
            count = count.checked_add(times).filter(|count| *count <= MAX_STEPS).ok_or(NoSteps::TooMany)?;
            steps.push(value, times);
        }
        Ok(steps)
    }
}

impl TryFrom<String> for Steps {
    type Error = NoSteps;

    fn try_from(text: String) -> Result<Self, NoSteps> {
        text.parse()
    }
}

impl From<Steps> for String {
    fn from(steps: Steps) -> Self {
        steps.to_string()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn from() -> DateTime<Utc> {
        "2026-11-07T00:00:00Z".parse().expect("a time")
    }

    fn at(step: i64, value: u64) -> Point {
        Point { at: from() + TimeDelta::seconds(step * 300), value }
    }

    #[test]
    fn a_series_is_written_as_runs_and_read_as_points() {
        let points = [at(3, 7), at(1, 0), at(2, 7), at(5, 1), at(5, 9), at(-1, 5), at(6, 5)];
        let steps = Steps::of(&points, from(), 300, 6);
        assert_eq!(steps.to_string(), "- 0 7*2 - 9");
        assert_eq!(steps.points(from(), 300), [at(1, 0), at(2, 7), at(3, 7), at(5, 9)]);
        assert_eq!((steps.count(), Steps::of(&points, from(), 0, 6).to_string()), (6, "-*6".to_owned()));
    }

    #[test]
    fn what_is_no_series_is_refused() {
        for bad in ["x", "1*", "*2", "1*0", "-1", "1.5", "1*-2", "0x1", "--", "18446744073709551616"] {
            assert_eq!(bad.parse::<Steps>(), Err(NoSteps::Word(bad.to_owned())));
        }
        for long in ["0*21601", "0*21600 -", "0*4294967295 0*4294967295"] {
            assert_eq!(long.parse::<Steps>(), Err(NoSteps::TooMany));
        }
        assert!(serde_json::from_str::<Steps>("\"0*9 y\"").is_err_and(|error| error.to_string().contains("`y`")));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(values in proptest::collection::vec(proptest::option::of(0_u64..3), 0..60)) {
            let points: Vec<Point> =
                (0..).zip(&values).filter_map(|(step, value)| Some(at(step, (*value)?))).collect();
            let steps = Steps::of(&points, from(), 300, u32::try_from(values.len()).unwrap_or(0));
            let json = serde_json::to_string(&steps).expect("JSON");
            let read: Steps = serde_json::from_str(&json).expect("a series");
            prop_assert_eq!(read.points(from(), 300), points);
            prop_assert_eq!(read, steps);
        }

        #[test]
        fn no_text_is_more_than_refused(text in "[-0-9* x]{0,40}") {
            if let Ok(steps) = text.parse::<Steps>() {
                prop_assert!(steps.points(from(), 300).len() <= 21_600);
            }
        }
    }
}
