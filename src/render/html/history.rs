//! Storage classes over time: how much lies where, and when cold data began to move.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use maud::{Markup, PreEscaped, html};
use plotters::coord::Shift;
use plotters::prelude::{
    ChartBuilder, DrawingArea, DrawingAreaErrorKind, IntoDrawingArea as _, IntoFont as _, PathElement, Polygon,
    RGBColor, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, TextStyle};
use rust_decimal::Decimal;

use super::names::id;
use crate::render::text::{brief, grouped_decimal};
use crate::report::Report;
use crate::report::v1::Finding;
use crate::rules::{StorageHistory, StoragePoint};

/// The chart in its own units; the page scales it.
const WIDTH: u32 = 480;
const HEIGHT: u32 = 220;
/// How many charts there are.
const CHARTS: usize = 12;
/// The longest name.
const NAME: usize = 60;
/// How many rows the table beside a chart has.
const ROWS: usize = 12;
/// How many dates stand below a chart.
const DATES: i64 = 3;
/// The widest that a character of a label gets, in the chart's units: that of a phone, where the page enlarges labels.
const CHARACTER: usize = 11;
/// The seconds of a day.
const DAY: i64 = 86_400;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;
const TIB: u64 = 1 << 40;

// The page's style sheet knows these colours and puts those of its scheme in their place.
const STANDARD: RGBColor = RGBColor(0xc2, 0x56, 0x1a);
const IA: RGBColor = RGBColor(0x2f, 0x6f, 0xb7);
const ARCHIVE: RGBColor = RGBColor(0x6d, 0x7b, 0x8d);
const INK: RGBColor = RGBColor(0x16, 0x20, 0x2c);
const GRID: RGBColor = RGBColor(0xd8, 0xdd, 0xe4);

/// A name and how to read it from a point, in the order in which they are stacked.
type Class = (&'static str, RGBColor, fn(&StoragePoint) -> u64);
const CLASSES: [Class; 3] = [
    ("Standard", STANDARD, |point| point.standard),
    ("IA", IA, |point| point.ia),
    ("Archive", ARCHIVE, |point| point.archive),
];

/// A size in words: `10,240 GiB`.
fn size(bytes: u64) -> String {
    let (unit, name) = if bytes >= GIB { (GIB, "GiB") } else { (MIB, "MiB") };
    let whole = (Decimal::from(bytes) / Decimal::from(unit)).round_dp(1);
    format!("{} {name}", grouped_decimal(whole))
}

fn day(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

/// What the chart shows, in a sentence or two.
pub(super) fn spoken(history: &StorageHistory) -> String {
    let (Some(first), Some(last)) = (history.points.first(), history.points.last()) else { return String::new() };
    let classes = CLASSES
        .iter()
        .filter(|(_, _, of)| history.points.iter().any(|point| of(point) > 0))
        .map(|(name, _, of)| match (size(of(first)), size(of(last))) {
            (then, now) if then == now => format!("{name} {now}"),
            (then, now) => format!("{name} from {then} to {now}"),
        })
        .collect::<Vec<_>>()
        .join(", ");
    let moved = match (history.moved_at, history.moved_bytes) {
        (Some(at), Some(bytes)) => format!(" Cold data began to move on {}: {}.", day(at), size(bytes)),
        (Some(at), None) => format!(" Cold data began to move on {}.", day(at)),
        (None, _) => " No move of cold data to Standard shows.".to_owned(),
    };
    format!("{} to {}: {classes}.{moved}", day(first.at), day(last.at))
}

/// The file systems whose cold data moved, each once, that have a chart; of the others words say all.
pub(super) struct Histories<'a>(Vec<(usize, &'a Finding, &'a StorageHistory)>);

impl<'a> Histories<'a> {
    /// Those of a report.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut seen = BTreeSet::new();
        let all = (1..).zip(&report.findings).filter(|(_, finding)| finding.suppressed.is_none());
        let all = all.filter_map(|(rank, finding)| {
            let history = finding.history.as_ref().filter(|history| history.moved_at.is_some())?;
            seen.insert(place(finding)).then_some((rank, finding, history))
        });
        Self(all.take(CHARTS).collect())
    }

    /// The number of the chart that shows the finding's file system.
    pub(super) fn drawn(&self, finding: &Finding) -> Option<usize> {
        self.0.iter().find(|(_, drawn, _)| place(drawn) == place(finding)).map(|(rank, ..)| *rank)
    }

    /// The charts.
    pub(super) fn section(&self) -> Markup {
        html! {
            @if !self.0.is_empty() {
                h2 { "Storage classes over time" }
                div.panels.wide {
                    @for (rank, finding, history) in &self.0 {
                        figure.panel id={ "h" (rank) } {
                            h3 {
                                a href={ "#f" (rank) } { (id(finding)) }
                                @if let Some(name) = &finding.resource.name { " " bdi.soft { (brief(name, NAME)) } }
                            }
                            (figure(history))
                        }
                    }
                }
            }
        }
    }
}

fn place(finding: &Finding) -> (&str, &str, &str) {
    (&finding.account, &finding.region, &finding.resource.id)
}

/// The chart with its legend and its figures as a table.
fn figure(history: &StorageHistory) -> Markup {
    let words = spoken(history);
    html! {
        p { (words) }
        @if let Some(svg) = area(history) {
            div.chart.history role="img" aria-label=(format!("Area chart of storage classes. {words}")) {
                (PreEscaped(svg))
            }
            ul.legend {
                @for (name, ..) in CLASSES { li { span.swatch.(name.to_ascii_lowercase()) {} (name) } }
            }
            details.data {
                summary { "As a table" }
                (table(history))
            }
        }
    }
}

fn table(history: &StorageHistory) -> Markup {
    let step = history.points.len().div_ceil(ROWS).max(1);
    let last = history.points.len().saturating_sub(1);
    html! {
        div.scroll tabindex="0" {
            table {
                thead {
                    tr { th scope="col" { "Day" } @for (name, ..) in CLASSES { th.number scope="col" { (name) } } }
                }
                tbody {
                    @for (index, point) in history.points.iter().enumerate() {
                        @if index % step == 0 || index == last {
                            tr {
                                th scope="row" { (day(point.at)) }
                                @for (_, _, of) in CLASSES { td.number { (size(of(point))) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The stacked areas as an SVG element; `None` where there are no two days to draw between: its dates are days.
fn area(history: &StorageHistory) -> Option<String> {
    let from = history.points.iter().map(|point| point.at.timestamp()).min()?;
    let to = history.points.iter().map(|point| point.at.timestamp()).max()?;
    if from.div_euclid(DAY) >= to.div_euclid(DAY) {
        return None;
    }
    let mut svg = String::new();
    draw(history, from, to, &mut svg).ok()?;
    Some(svg.replacen("<svg ", "<svg aria-hidden=\"true\" focusable=\"false\" ", 1))
}

type Failure<E> = DrawingAreaErrorKind<E>;

fn draw(
    history: &StorageHistory,
    from: i64,
    to: i64,
    svg: &mut String,
) -> Result<(), Failure<impl std::error::Error + Send + Sync + use<>>> {
    let root = SVGBackend::with_string(svg, (WIDTH, HEIGHT)).into_drawing_area();
    let top = history.points.iter().map(|point| level(point, CLASSES.len())).max().unwrap_or(0).max(1);
    let (unit, name) = scale(top);
    let step = step(top / unit).saturating_mul(unit);
    let label = |value: u64| format!("{} {name}", grouped_decimal(Decimal::from(value / unit)));
    let longest = label((top / step).saturating_mul(step)).chars().count();
    let mut chart = ChartBuilder::on(&root)
        .margin_left(u32::try_from(longest * CHARACTER + 10).unwrap_or(WIDTH / 3).min(WIDTH / 3))
        .margin_right(12)
        .margin_top(26)
        .margin_bottom(26)
        .build_cartesian_2d(from..to, 0..top)?;
    for (depth, (_, color, _)) in CLASSES.iter().enumerate() {
        let over = history.points.iter().map(|point| (point.at.timestamp(), level(point, depth + 1)));
        let under = history.points.iter().rev().map(|point| (point.at.timestamp(), level(point, depth)));
        let edge: Vec<(i64, u64)> = over.chain(under).collect();
        chart.draw_series([Polygon::new(edge, color.filled())])?;
    }
    let mut texts = Vec::new();
    for number in 0..=(top / step) {
        let value = number.saturating_mul(step);
        chart.draw_series([PathElement::new([(from, value), (to, value)], GRID.stroke_width(1))])?;
        let (x, y) = chart.backend_coord(&(from, value));
        texts.push((label(value), (x - 8, y), Pos::new(HPos::Right, VPos::Center)));
    }
    for number in 0..DATES {
        let at = from + (to - from) / (DATES - 1) * number;
        let (x, y) = chart.backend_coord(&(at, 0));
        let anchor = match number {
            0 => HPos::Left,
            last if last == DATES - 1 => HPos::Right,
            _ => HPos::Center,
        };
        texts.push((
            DateTime::from_timestamp(at, 0).map(day).unwrap_or_default(),
            (x, y + 8),
            Pos::new(anchor, VPos::Top),
        ));
    }
    if let Some(moved) = history.moved_at.filter(|at| (from..=to).contains(&at.timestamp())) {
        let at = moved.timestamp();
        chart.draw_series([PathElement::new([(at, 0), (at, top)], INK.stroke_width(2))])?;
        let (x, y) = chart.backend_coord(&(at, top));
        let anchor = if (at - from) * 2 > to - from { HPos::Right } else { HPos::Left };
        texts.push((format!("data moved from {}", day(moved)), (x, y - 6), Pos::new(anchor, VPos::Bottom)));
    }
    write_texts(&root, texts)?;
    root.present()
}

fn write_texts<DB: plotters::prelude::DrawingBackend>(
    root: &DrawingArea<DB, Shift>,
    texts: Vec<(String, (i32, i32), Pos)>,
) -> Result<(), Failure<DB::ErrorType>> {
    for (text, at, anchor) in texts {
        let style: TextStyle<'_> = ("sans-serif", 15).into_font().color(&INK);
        root.draw(&Text::new(text, at, style.pos(anchor)))?;
    }
    Ok(())
}

/// The first `classes` classes on top of one another, bytes.
fn level(point: &StoragePoint, classes: usize) -> u64 {
    CLASSES.iter().take(classes).fold(0, |sum: u64, (_, _, of)| sum.saturating_add(of(point)))
}

/// The unit in which a chart up to so many bytes is labelled.
fn scale(top: u64) -> (u64, &'static str) {
    match top {
        _ if top >= 4 * TIB => (TIB, "TiB"),
        _ if top >= 4 * GIB => (GIB, "GiB"),
        _ if top >= 4 * MIB => (MIB, "MiB"),
        _ => (1, "B"),
    }
}

/// A round distance of grid lines, so that there are at most five above zero.
fn step(top: u64) -> u64 {
    let tens = std::iter::successors(Some(1_u64), |ten| ten.checked_mul(10));
    tens.flat_map(|ten| [1, 2, 5].map(|digit| ten.saturating_mul(digit)))
        .find(|step| top / step <= 5)
        .unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(values: &[(i64, u64)]) -> StorageHistory {
        let point = |&(day, standard): &(i64, u64)| StoragePoint {
            at: DateTime::from_timestamp(day * 86_400, 0).expect("a time"),
            standard,
            ia: u64::MAX,
            archive: 3,
        };
        StorageHistory { points: values.iter().map(point).collect(), ..StorageHistory::default() }
    }

    #[test]
    fn one_day_is_no_course() {
        let points = [0, DAY - 1].map(|second| StoragePoint {
            at: DateTime::from_timestamp(second, 0).expect("a time"),
            ..StoragePoint::default()
        });
        assert_eq!(area(&StorageHistory { points: points.to_vec(), ..StorageHistory::default() }), None);
    }

    #[test]
    fn no_history_breaks_a_chart() {
        assert_eq!(area(&history(&[])), None);
        assert_eq!(area(&history(&[(1, 1)])), None);
        assert_eq!(area(&history(&[(1, 1), (1, 2)])), None);
        assert!(area(&history(&[(1, 0), (2, u64::MAX)])).is_some_and(|svg| svg.matches("<polygon").count() == 3));
        let zero = StorageHistory {
            points: [1, 2]
                .map(|day| StoragePoint {
                    at: DateTime::from_timestamp(day * DAY, 0).expect("a time"),
                    ..StoragePoint::default()
                })
                .to_vec(),
            ..StorageHistory::default()
        };
        assert!(area(&zero).is_some());
    }

    #[test]
    fn grid_lines_are_few_and_round() {
        assert_eq!([0, 5, 7, 11, 300, u64::MAX].map(step), [1, 1, 2, 2, 100, 5_000_000_000_000_000_000]);
        assert_eq!(
            (size(0), size(3 << 29), size(10_240 << 30)),
            ("0 MiB".into(), "1.5 GiB".into(), "10,240 GiB".into())
        );
    }
}
