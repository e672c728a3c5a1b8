//! Bar charts as inline SVG. Colours come from the page's style sheet, figures also stand in the text beside them.

use plotters::prelude::{
    ChartBuilder, DrawingAreaErrorKind, IntoDrawingArea as _, IntoFont as _, RGBColor, Rectangle, SVGBackend, Text,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color as _, TextStyle};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;

use crate::price::Usd;
use crate::render::text::brief;

/// The width of a chart in its own units; the page scales it.
const WIDTH: u32 = 480;
/// The height of one bar with its label.
const ROW: u32 = 44;
/// The longest label, in columns.
const LABEL: usize = 36;
/// Bars are drawn in cents; beyond this they are all as long as the page is wide.
const MOST: i64 = 1_000_000_000_000_000;

/// A bar: what it is about and how much.
pub(super) struct Bar {
    pub(super) label: String,
    pub(super) amount: Usd,
}

/// The bars as an SVG element; `None` if there is none to draw.
pub(super) fn bars(bars: &[Bar]) -> Option<String> {
    let rows = i32::try_from(bars.len()).ok().filter(|rows| *rows > 0)?;
    let height = u32::try_from(rows).ok()?.checked_mul(ROW)?;
    let mut svg = String::new();
    draw(bars, rows, height, &mut svg).ok()?;
    // Spoken as one picture; the page gives it a name.
    Some(svg.replacen("<svg ", "<svg aria-hidden=\"true\" focusable=\"false\" ", 1))
}

fn cents(amount: Usd) -> i64 {
    (amount.0.saturating_mul(Decimal::ONE_HUNDRED)).round().to_i64().unwrap_or(MOST).clamp(0, MOST)
}

fn draw(
    bars: &[Bar],
    rows: i32,
    height: u32,
    svg: &mut String,
) -> Result<(), DrawingAreaErrorKind<impl std::error::Error + Send + Sync + use<>>> {
    let root = SVGBackend::with_string(svg, (WIDTH, height)).into_drawing_area();
    let longest = bars.iter().map(|bar| cents(bar.amount)).max().unwrap_or(0).max(1);
    // Ten units of height per row, counted from the top.
    let mut chart = ChartBuilder::on(&root).build_cartesian_2d(0..longest, (rows * 10)..0)?;
    let color = RGBColor(47, 111, 183);
    let label = |anchor: HPos| {
        let style: TextStyle<'_> = ("sans-serif", 16).into_font().color(&RGBColor(22, 32, 44));
        style.pos(Pos::new(anchor, VPos::Top))
    };
    for (bar, top) in bars.iter().zip((0..rows).map(|row| row * 10)) {
        let name = brief(&bar.label, LABEL);
        // The whole track first, then the bar on it.
        for end in [longest, cents(bar.amount)] {
            chart.draw_series([Rectangle::new([(0, top + 5), (end, top + 8)], color.filled())])?;
        }
        chart.draw_series([Text::new(name, (0, top), label(HPos::Left))])?;
        chart.draw_series([Text::new(bar.amount.display(), (longest, top), label(HPos::Right))])?;
    }
    root.present()
}
