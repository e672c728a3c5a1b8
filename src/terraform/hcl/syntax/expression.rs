//! Expressions, by recursive descent over the bytes of a file.

use std::collections::BTreeMap;
use std::rc::Rc;

use rust_decimal::Decimal;

use super::super::super::remark::{MAX_REMARKS, REMARK};
use super::{Expr, Kind, Node, Operator, Step, SyntaxError};

/// How deep expressions may nest.
const MAX_DEPTH: u32 = 100;

/// How many operators or steps may follow one another without nesting.
const MAX_CHAIN: usize = 200;

/// Binary operators by how strongly they bind, the weakest first.
const LEVELS: [&[(&str, Operator)]; 6] = [
    &[("||", Operator::Or)],
    &[("&&", Operator::And)],
    &[("==", Operator::Equal), ("!=", Operator::NotEqual)],
    &[("<=", Operator::AtMost), (">=", Operator::AtLeast), ("<", Operator::Less), (">", Operator::Greater)],
    &[("+", Operator::Plus), ("-", Operator::Minus)],
    &[("*", Operator::Times), ("/", Operator::Over), ("%", Operator::Modulo)],
];

/// A place in a text.
#[derive(Debug)]
pub(crate) struct Parser<'t> {
    pub(super) text: &'t str,
    pub(super) at: usize,
    pub(super) depth: u32,
    /// Newlines are blanks here, as they are inside parentheses.
    pub(super) newlines: bool,
    /// Inside a string in quotes, where escapes hold.
    pub(super) quoted: bool,
    /// What comments say to this program, by where they begin. By offset, since a comment may be passed twice.
    pub(super) remarks: BTreeMap<usize, &'t str>,
}

pub(super) type Parsed<T> = Result<T, SyntaxError>;

impl<'t> Parser<'t> {
    /// At the beginning of a text.
    pub(crate) fn new(text: &'t str) -> Self {
        Self { text, at: 0, depth: 0, newlines: false, quoted: false, remarks: BTreeMap::new() }
    }

    /// What comments so far say to this program, without its name, by where they begin: [`MAX_REMARKS`] and one at most.
    pub(crate) fn remarks(&self) -> impl Iterator<Item = (usize, &'t str)> {
        self.remarks.iter().map(|(at, text)| (*at, *text))
    }

    /// Where it stands, in bytes.
    pub(crate) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'t str {
        self.text.get(self.at..).unwrap_or_default()
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    pub(super) fn starts(&self, text: &str) -> bool {
        self.text.as_bytes().get(self.at..).is_some_and(|rest| rest.starts_with(text.as_bytes()))
    }

    /// Steps over a text, if it stands here.
    pub(crate) fn eat(&mut self, text: &str) -> bool {
        let here = self.starts(text);
        if here {
            self.at += text.len();
        }
        here
    }

    pub(crate) fn wrong<T>(&self, message: impl Into<String>) -> Parsed<T> {
        Err(SyntaxError { at: self.at, message: message.into() })
    }

    pub(super) fn expect(&mut self, text: &str, what: &str) -> Parsed<()> {
        if self.eat(text) { Ok(()) } else { self.wrong(format!("expected `{text}` {what}")) }
    }

    /// Steps over blanks and comments, and over newlines where those are blanks.
    pub(crate) fn skip(&mut self) {
        self.skip_blanks(self.newlines);
    }

    /// The same, over newlines or not.
    pub(crate) fn skip_blanks(&mut self, newlines: bool) {
        loop {
            match self.peek() {
                Some(b' ' | b'\t' | b'\r') => self.at += 1,
                Some(b'\n') if newlines => self.at += 1,
                Some(b'#') => self.skip_line(1),
                Some(b'/') if self.starts("//") => self.skip_line(2),
                Some(b'/') if self.starts("/*") => {
                    let start = self.at;
                    self.at = self.rest().find("*/").map_or(self.text.len(), |end| self.at + end + 2);
                    let text = self.text.get(start + 2..self.at).unwrap_or_default();
                    self.remark(start, text.strip_suffix("*/").unwrap_or(text));
                }
                _ => return,
            }
        }
    }

    /// Keeps a comment that speaks to this program.
    fn remark(&mut self, start: usize, comment: &'t str) {
        if let Some(said) = comment.trim().strip_prefix(REMARK)
            && self.remarks.len() <= MAX_REMARKS
        {
            self.remarks.insert(start, said);
        }
    }

    /// Over a comment up to the end of its line; `marker`: how long what opens it is.
    fn skip_line(&mut self, marker: usize) {
        let start = self.at;
        self.at = self.rest().find('\n').map_or(self.text.len(), |end| self.at + end);
        self.remark(start, self.text.get(start + marker..self.at).unwrap_or_default());
    }

    /// A name, if one stands here.
    pub(crate) fn name(&mut self) -> Option<&'t str> {
        let rest = self.rest();
        let begins = |c: char| c.is_alphabetic() || c == '_';
        let first = rest.chars().next().filter(|c| begins(*c))?;
        let end = rest[first.len_utf8()..].find(|c: char| !(begins(c) || c.is_numeric() || c == '-'));
        let end = end.map_or(rest.len(), |end| end + first.len_utf8());
        self.at += end;
        rest.get(..end)
    }

    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let before = self.at;
        if self.name() == Some(word) {
            return true;
        }
        self.at = before;
        false
    }

    pub(super) fn nested<T>(&mut self, newlines: bool, f: impl FnOnce(&mut Self) -> Parsed<T>) -> Parsed<T> {
        if self.depth >= MAX_DEPTH {
            return self.wrong(format!("nested deeper than {MAX_DEPTH} levels"));
        }
        let before = std::mem::replace(&mut self.newlines, newlines);
        self.depth += 1;
        let result = f(self);
        self.depth -= 1;
        self.newlines = before;
        result
    }

    /// The whole text as one expression.
    pub(crate) fn whole_expression(mut self) -> Parsed<Node> {
        self.newlines = true;
        let expression = self.expression()?;
        self.skip();
        if self.at < self.text.len() { self.wrong("something follows the expression") } else { Ok(expression) }
    }

    pub(crate) fn expression(&mut self) -> Parsed<Node> {
        let newlines = self.newlines;
        self.nested(newlines, |parser| {
            parser.skip();
            let offset = parser.at;
            let condition = parser.binary(0)?;
            parser.skip();
            if !parser.eat("?") {
                return Ok(condition);
            }
            let yes = parser.expression()?;
            parser.skip();
            parser.expect(":", "of a conditional")?;
            let no = parser.expression()?;
            Ok(Expr::node(Kind::Conditional(condition, yes, no), offset))
        })
    }

    fn binary(&mut self, level: usize) -> Parsed<Node> {
        let Some(operators) = LEVELS.get(level) else { return self.unary() };
        let offset = self.at;
        let mut left = self.binary(level + 1)?;
        for _ in 0..MAX_CHAIN {
            self.skip();
            let Some((_, operator)) = operators.iter().find(|(text, _)| self.starts(text)).copied() else {
                return Ok(left);
            };
            self.at += operator.as_str().len();
            self.skip();
            let right = self.binary(level + 1)?;
            left = Expr::node(Kind::Binary(operator, left, right), offset);
        }
        self.wrong(format!("more than {MAX_CHAIN} operators in a row"))
    }

    fn unary(&mut self) -> Parsed<Node> {
        self.skip();
        let offset = self.at;
        let newlines = self.newlines;
        if self.starts("!") && !self.starts("!=") {
            self.at += 1;
            let inner = self.nested(newlines, Self::unary)?;
            return Ok(Expr::node(Kind::Not(inner), offset));
        }
        if self.eat("-") {
            let inner = self.nested(newlines, Self::unary)?;
            return Ok(Expr::node(Kind::Negate(inner), offset));
        }
        self.stepped()
    }

    fn stepped(&mut self) -> Parsed<Node> {
        let offset = self.at;
        let base = self.primary()?;
        let mut steps = Vec::new();
        loop {
            let before = self.at;
            self.skip();
            if self.starts("...") || !(self.starts(".") || self.starts("[")) {
                self.at = before;
                break;
            }
            if steps.len() >= MAX_CHAIN {
                return self.wrong(format!("more than {MAX_CHAIN} steps in a row"));
            }
            self.step(&mut steps)?;
        }
        if steps.is_empty() { Ok(base) } else { Ok(Expr::node(Kind::Steps(base, steps), offset)) }
    }

    fn step(&mut self, steps: &mut Vec<Step>) -> Parsed<()> {
        if self.eat("[") {
            let step = self.nested(true, |parser| {
                parser.skip();
                let step = if parser.eat("*") { Step::FullSplat } else { Step::Index(parser.expression()?) };
                parser.skip();
                parser.expect("]", "after an index")?;
                Ok(step)
            })?;
            steps.push(step);
            return Ok(());
        }
        self.at += 1;
        self.skip();
        let offset = self.at;
        if self.eat("*") {
            steps.push(Step::AttributeSplat);
        } else if let Some(name) = self.name() {
            steps.push(Step::Attribute(Rc::from(name)));
        } else {
            let digits = self.digits();
            let Ok(number) = digits.parse::<Decimal>() else { return self.wrong("expected a name after `.`") };
            steps.push(Step::Index(Expr::node(Kind::Number(Some(number)), offset)));
        }
        Ok(())
    }
}
