//! Templates: quoted strings, heredocs, and what is filled into them.

use std::rc::Rc;

use super::expression::{Parsed, Parser};
use super::{Expr, Kind, Node, Part};

/// Where a sequence of parts ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    Quote,
    End,
    /// `%{ else }` or `%{ endif }`.
    Branch,
    /// `%{ endfor }`.
    EndFor,
}

#[derive(Debug, PartialEq, Eq)]
enum Ended {
    Outside,
    Else,
    Closed,
}

/// Parts as they are gathered, with a literal that may still be trimmed.
struct Parts {
    done: Vec<Part>,
    literal: String,
    /// A `~}` came before: blanks that follow are dropped, in a heredoc up to the end of the line.
    trims: bool,
    lines: bool,
}

impl Parts {
    fn push(&mut self, c: char) {
        if self.trims {
            if c.is_whitespace() {
                self.trims = !(self.lines && c == '\n');
                return;
            }
            self.trims = false;
        }
        self.literal.push(c);
    }

    fn add(&mut self, part: Part) {
        self.flush();
        self.done.push(part);
    }

    /// A `{~` drops the blanks before it, in a heredoc those of its own line.
    fn trim_end(&mut self) {
        let keeps = |c: char| !c.is_whitespace() || (self.lines && c == '\n');
        let end =
            self.literal.rfind(keeps).map_or(0, |at| at + self.literal[at..].chars().next().map_or(0, char::len_utf8));
        self.literal.truncate(end);
    }

    fn flush(&mut self) {
        self.trims = false;
        if !self.literal.is_empty() {
            self.done.push(Part::Literal(std::mem::take(&mut self.literal)));
        }
    }
}

fn node(mut parts: Vec<Part>, offset: usize) -> Node {
    match parts.as_mut_slice() {
        [] => Expr::node(Kind::Text(Rc::from("")), offset),
        [Part::Literal(text)] => Expr::node(Kind::Text(Rc::from(text.as_str())), offset),
        _ => Expr::node(Kind::Template(parts), offset),
    }
}

impl Parser<'_> {
    /// The whole text as a template.
    pub(crate) fn whole_template(mut self) -> Parsed<Node> {
        let (parts, _, _) = self.parts(Until::End, false)?;
        Ok(node(parts, 0))
    }

    /// A string in quotes.
    pub(super) fn string(&mut self) -> Parsed<Node> {
        let offset = self.at;
        self.at += 1;
        let before = std::mem::replace(&mut self.quoted, true);
        let parsed = self.nested(true, |parser| parser.parts(Until::Quote, false));
        self.quoted = before;
        let (parts, _, _) = parsed?;
        Ok(node(parts, offset))
    }

    /// `<<EOT`, `<<-EOT`.
    pub(super) fn heredoc(&mut self) -> Parsed<Node> {
        let offset = self.at;
        self.at += 2;
        let flush = self.eat("-");
        let Some(marker) = self.name() else { return self.wrong("expected the name of a heredoc") };
        self.skip_blanks(false);
        if !self.eat("\n") {
            return self.wrong("expected a new line after the name of a heredoc");
        }
        let (from, mut end) = (self.at, None);
        let mut lines = Vec::new();
        for line in self.rest().split_inclusive('\n') {
            if line.trim() == marker {
                end = Some(self.at + line.trim_end().len());
                break;
            }
            self.at += line.len();
            lines.push(line);
        }
        let Some(end) = end else { return self.wrong(format!("the heredoc {marker} does not end")) };
        let body = if flush { dedent(&lines) } else { lines.concat() };
        let mut inner = Parser { depth: self.depth, newlines: true, ..Parser::new(&body) };
        let parsed = inner.nested(true, |parser| parser.parts(Until::End, true));
        self.at = end;
        let (parts, _, _) = parsed.map_err(|error| super::SyntaxError { at: from + error.at, ..error })?;
        Ok(node(parts, offset))
    }

    /// Parts up to an end; what ended them, and whether that trims the blanks after it.
    fn parts(&mut self, until: Until, lines: bool) -> Parsed<(Vec<Part>, Ended, bool)> {
        let mut parts = Parts { done: Vec::new(), literal: String::new(), trims: false, lines };
        loop {
            let Some(c) = self.rest().chars().next() else {
                if until != Until::End {
                    return self.wrong("the text does not end");
                }
                parts.flush();
                return Ok((parts.done, Ended::Outside, false));
            };
            let escaped = ["$${", "%%{"].iter().find(|escaped| self.starts(escaped));
            if let Some(escaped) = escaped {
                self.at += escaped.len();
                parts.push(c);
                parts.push('{');
            } else if self.starts("${") {
                self.at += 2;
                if self.eat("~") {
                    parts.trim_end();
                }
                let value = self.nested(true, |parser| {
                    let value = parser.expression()?;
                    parser.skip();
                    Ok(value)
                })?;
                parts.add(Part::Value(value));
                parts.trims = self.close()?;
            } else if self.starts("%{") {
                if let Some((ended, trims)) = self.directive(until, &mut parts)? {
                    parts.flush();
                    return Ok((parts.done, ended, trims));
                }
            } else if c == '"' && until == Until::Quote {
                self.at += 1;
                parts.flush();
                return Ok((parts.done, Ended::Outside, false));
            } else if c == '\\' && self.quoted {
                let c = self.escape()?;
                parts.push(c);
            } else if c == '\n' && self.quoted {
                return self.wrong("a string in quotes ends on its line");
            } else {
                self.at += c.len_utf8();
                parts.push(c);
            }
        }
    }

    /// `}` or `~}`: whether it trims.
    fn close(&mut self) -> Parsed<bool> {
        self.skip_blanks(true);
        let trims = self.eat("~");
        self.expect("}", "to close what is filled in")?;
        Ok(trims)
    }

    /// A directive: taken into the parts, or the end of them.
    fn directive(&mut self, until: Until, parts: &mut Parts) -> Parsed<Option<(Ended, bool)>> {
        let from = self.at;
        self.at += 2;
        if self.eat("~") {
            parts.trim_end();
        }
        self.skip_blanks(true);
        let lines = parts.lines;
        if self.keyword("if") {
            let condition = self.nested(true, Parser::expression)?;
            let trims = self.close()?;
            let (yes, ended, mut after) = self.branch(Until::Branch, lines, trims)?;
            let mut no = Vec::new();
            if ended == Ended::Else {
                let (parts, ended, trims) = self.branch(Until::Branch, lines, after)?;
                if ended == Ended::Else {
                    return self.wrong("a second `else`");
                }
                (no, after) = (parts, trims);
            }
            parts.add(Part::If(condition, yes, no));
            parts.trims = after;
            return Ok(None);
        }
        if self.keyword("for") {
            self.newlines = true;
            let mut value = self.iterator()?;
            let mut key = None;
            self.skip();
            if self.eat(",") {
                key = Some(std::mem::replace(&mut value, self.iterator()?));
            }
            self.skip();
            if !self.keyword("in") {
                return self.wrong("expected `in`");
            }
            let collection = self.nested(true, Parser::expression)?;
            let trims = self.close()?;
            let (body, _, trims) = self.branch(Until::EndFor, lines, trims)?;
            parts.add(Part::For(key, value, collection, body));
            parts.trims = trims;
            return Ok(None);
        }
        for (word, ended, at) in [
            ("else", Ended::Else, Until::Branch),
            ("endif", Ended::Closed, Until::Branch),
            ("endfor", Ended::Closed, Until::EndFor),
        ] {
            if until == at && self.keyword(word) {
                return Ok(Some((ended, self.close()?)));
            }
        }
        self.at = from;
        self.wrong("a directive that nothing opened, or that does not exist")
    }

    fn branch(&mut self, until: Until, lines: bool, trims: bool) -> Parsed<(Vec<Part>, Ended, bool)> {
        self.nested(true, |parser| {
            if trims {
                parser.trim_ahead(lines);
            }
            parser.parts(until, lines)
        })
    }

    fn trim_ahead(&mut self, lines: bool) {
        while let Some(c) = self.rest().chars().next().filter(|c| c.is_whitespace()) {
            self.at += c.len_utf8();
            if lines && c == '\n' {
                return;
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let mut chars = self.rest().chars().skip(1);
        let (length, c) = match chars.next() {
            Some('n') => (2, Some('\n')),
            Some('r') => (2, Some('\r')),
            Some('t') => (2, Some('\t')),
            Some(c @ ('"' | '\\')) => (2, Some(c)),
            Some(kind @ ('u' | 'U')) => {
                let digits = if kind == 'u' { 4 } else { 8 };
                let code = self.rest().get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                (2 + digits, code.and_then(char::from_u32))
            }
            _ => (0, None),
        };
        let Some(c) = c else { return self.wrong("an escape that does not exist") };
        self.at += length;
        Ok(c)
    }
}

/// The lines without the indentation that all of them share.
fn dedent(lines: &[&str]) -> String {
    let blanks = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let shared = lines.iter().filter(|line| !line.trim().is_empty()).map(|line| blanks(line)).min().unwrap_or(0);
    lines.iter().map(|line| line.get(shared.min(blanks(line))..).unwrap_or_default()).collect()
}
