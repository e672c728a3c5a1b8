//! How tables are laid out, whatever is in them.

use std::io;

use comfy_table::{Cell, CellAlignment, ColumnConstraint, ContentArrangement, ContentLineStyle, LineStyle, Table};
use comfy_table::{TableStyle, Width};

use super::paint::{Paint, write_line};

/// The width where there is no terminal.
pub(in crate::render) const PIPED: usize = 120;
/// Below this width the words of a cell no longer fit; the output is then laid out for it all the same.
pub(in crate::render) const NARROWEST: usize = 40;
/// The longest name, resource id or ARN that is printed.
pub(super) const MAX_NAME_COLUMNS: usize = 48;

/// No lines at all.
const BARE: TableStyle =
    TableStyle::new().header_lines(ContentLineStyle::none()).content_lines(ContentLineStyle::none());

/// A line below the heading, an empty one between rows.
const PLAIN: TableStyle = TableStyle::new()
    .header_lines(ContentLineStyle::none())
    .header_separator(LineStyle::none().fill('─'))
    .content_lines(ContentLineStyle::none())
    .row_separator(LineStyle::none().fill(' '));

/// Prints a laid-out table line by line.
pub(in crate::render) fn print(out: &mut dyn io::Write, table: &Table, color: bool) -> io::Result<()> {
    table.lines().try_for_each(|line| write_line(out, &line, color))
}

/// Lays rows out in that width: under a heading with an empty line between them, or without either.
pub(in crate::render) fn layout(
    width: usize,
    constraints: &[ColumnConstraint],
    heading: Option<Vec<Cell>>,
    rows: Vec<Vec<Cell>>,
) -> Table {
    let mut table = Table::new();
    table
        .load_style(if heading.is_some() { PLAIN } else { BARE })
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(u16::try_from(width).unwrap_or(u16::MAX));
    if let Some(heading) = heading {
        table.set_header(heading);
    }
    table.add_rows(rows).set_constraints(constraints.iter().copied());
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    table
}

pub(in crate::render) fn fixed(columns: u16) -> ColumnConstraint {
    ColumnConstraint::Absolute(Width::Fixed(columns))
}

pub(in crate::render) fn right(text: impl Into<String>) -> Cell {
    Cell::new_owned(text.into()).set_alignment(CellAlignment::Right)
}

pub(in crate::render) fn strong(headings: &[&str], numbers: std::ops::Range<usize>) -> Vec<Cell> {
    let cell = |(index, text): (usize, &&str)| {
        let text = Paint::Strong.on(text);
        if numbers.contains(&index) { right(text) } else { Cell::new_owned(text) }
    };
    headings.iter().enumerate().map(cell).collect()
}
