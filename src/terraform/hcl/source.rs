//! A file as blocks and attributes, each with its file and line.
//!
//! Blocks may nest 64 levels deep; what is written in them is the matter of [`syntax`](super::syntax).

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use super::super::error::TerraformError;
use super::super::reading::saturate;
use super::super::remark::Remark;
use super::syntax::{Node, Parser, SyntaxError};
use crate::rules::finding::Location;
use crate::rules::finding::terraform::Unseen;

/// How deep blocks may nest.
const MAX_BLOCKS: usize = 64;

/// How many lines above a block a comment of its stands at most.
const MAX_ABOVE: u32 = 100;

/// Where something is written.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct At {
    /// The file as it was reached from the path the operator gave.
    pub(crate) file: Rc<str>,
    /// From 1; `None` in JSON syntax, whose parser keeps no positions.
    pub(crate) line: Option<u32>,
}

impl At {
    /// Where something without a place of its own stands.
    pub(crate) fn nowhere() -> Self {
        Self { file: Rc::from(""), line: None }
    }
}

/// Something about the configuration that keeps rules from deciding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Problem {
    pub(crate) at: At,
    pub(crate) what: Unseen,
}

#[derive(Debug)]
pub(crate) struct Attribute {
    pub(crate) expr: Node,
    pub(crate) at: At,
}

/// The content of a block or file.
#[derive(Debug, Default)]
pub(crate) struct Body {
    pub(crate) attributes: BTreeMap<String, Attribute>,
    /// In the order of the file.
    pub(crate) blocks: Vec<Block>,
    /// Of a file in native syntax, what its comments say to this program.
    pub(crate) remarks: Vec<Remark>,
}

#[derive(Debug)]
pub(crate) struct Block {
    /// Its type, e.g. `resource`.
    pub(crate) kind: String,
    pub(crate) labels: Vec<String>,
    pub(crate) body: Body,
    pub(crate) at: At,
}

impl Body {
    pub(crate) fn expr(&self, name: &str) -> Option<&Node> {
        self.attributes.get(name).map(|attribute| &attribute.expr)
    }

    /// The blocks of one type.
    pub(crate) fn blocks<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }
}

pub(crate) fn parse(path: &Path, text: &str) -> Result<Body, TerraformError> {
    let mut reader = Reader { lines: Lines::of(path, text), parser: Parser::new(text), blocks: Vec::new() };
    let body = reader.body(0).map(|body| Body { remarks: reader.remarks(text), ..body });
    body.map_err(|error| {
        let start = text.get(..error.at).map_or(0, |before| before.rfind('\n').map_or(0, |at| at + 1));
        let column = text.get(start..error.at).map_or(1, |before| before.chars().count() + 1);
        TerraformError::Syntax {
            path: path.to_owned(),
            line: reader.lines.line(error.at),
            column: saturate(column),
            message: error.message,
        }
    })
}

/// Turns byte offsets into lines.
struct Lines {
    file: Rc<str>,
    starts: Vec<usize>,
}

impl Lines {
    fn of(path: &Path, text: &str) -> Self {
        let starts = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { file: Rc::from(path.display().to_string()), starts }
    }

    fn line(&self, offset: usize) -> u32 {
        saturate(self.starts.partition_point(|start| *start <= offset))
    }

    fn location(&self, offset: usize) -> Location {
        Location { file: self.file.to_string(), line: Some(self.line(offset)) }
    }

    fn at(&self, offset: usize) -> At {
        At { file: Rc::clone(&self.file), line: Some(self.line(offset)) }
    }
}

/// Reads blocks and attributes.
struct Reader<'t> {
    lines: Lines,
    parser: Parser<'t>,
    /// The first and the last line of each block of the file, in order.
    blocks: Vec<(u32, u32)>,
}

impl Reader<'_> {
    /// The comments that speak to this program.
    fn remarks(&self, text: &str) -> Vec<Remark> {
        let mut lines: Option<Vec<&str>> = None;
        let one = |(at, said): (usize, &str)| {
            let line = self.lines.line(at);
            let next = self.blocks.partition_point(|(_, last)| *last < line);
            let block = self.blocks.get(next).copied().filter(|(first, _)| {
                // In it, or above it with nothing but comments between.
                let lines = lines.get_or_insert_with(|| text.lines().collect());
                let is_comment = |line: u32| {
                    let text = usize::try_from(line).ok().and_then(|line| lines.get(line.checked_sub(1)?));
                    text.is_some_and(|text| text.trim_start().starts_with(['#', '/']))
                };
                *first <= line || (first - line <= MAX_ABOVE && (line..*first).all(is_comment))
            });
            Remark { at: self.lines.location(at), text: said.to_owned(), block }
        };
        self.parser.remarks().map(one).collect()
    }

    /// Up to the end of the file, or of the block.
    fn body(&mut self, depth: usize) -> Result<Body, SyntaxError> {
        let mut body = Body::default();
        loop {
            self.parser.skip_blanks(true);
            match self.parser.peek() {
                None if depth == 0 => return Ok(body),
                None => return self.parser.wrong("a block does not end"),
                Some(b'}') if depth > 0 => {
                    self.parser.eat("}");
                    return Ok(body);
                }
                Some(_) => self.item(&mut body, depth)?,
            }
            self.parser.skip_blanks(false);
            if !matches!(self.parser.peek(), None | Some(b'\n' | b'}')) {
                return self.parser.wrong("expected a new line");
            }
        }
    }

    /// One attribute or block.
    fn item(&mut self, body: &mut Body, depth: usize) -> Result<(), SyntaxError> {
        let start = self.parser.offset();
        let at = self.lines.at(start);
        let Some(name) = self.parser.name() else { return self.parser.wrong("expected an attribute or a block") };
        self.parser.skip_blanks(false);
        if self.parser.eat("=") {
            let expr = self.parser.expression()?;
            if body.attributes.insert(name.to_owned(), Attribute { expr, at }).is_some() {
                return Err(SyntaxError { at: start, message: format!("{name} is set twice") });
            }
            return Ok(());
        }
        let mut labels = Vec::new();
        while !self.parser.eat("{") {
            let label = match self.parser.peek() {
                Some(b'"') => self.parser.expression()?.as_text().map(str::to_owned),
                _ => self.parser.name().map(str::to_owned),
            };
            let Some(label) = label else { return self.parser.wrong("expected `=`, a label or `{`") };
            labels.push(label);
            self.parser.skip_blanks(false);
        }
        if depth >= MAX_BLOCKS {
            return self.parser.wrong(format!("blocks nest deeper than {MAX_BLOCKS} levels"));
        }
        let content = self.body(depth + 1)?;
        if depth == 0 {
            self.blocks.push((self.lines.line(start), self.lines.line(self.parser.offset().saturating_sub(1))));
        }
        body.blocks.push(Block { kind: name.to_owned(), labels, body: content, at });
        Ok(())
    }
}
