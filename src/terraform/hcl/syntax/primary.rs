//! What an expression is made of: literals, names, calls, lists, objects, `for`.

use std::rc::Rc;

use rust_decimal::Decimal;

use super::expression::{Parsed, Parser};
use super::{Call, Expr, For, Kind, Node};

impl<'t> Parser<'t> {
    pub(super) fn digits(&mut self) -> &'t str {
        let from = self.at;
        while self.peek().is_some_and(|byte| byte.is_ascii_digit()) {
            self.at += 1;
        }
        self.text.get(from..self.at).unwrap_or_default()
    }

    pub(super) fn primary(&mut self) -> Parsed<Node> {
        self.skip();
        let offset = self.at;
        match self.peek() {
            Some(b'"') => self.string(),
            Some(b'(') => {
                self.at += 1;
                self.nested(true, |parser| {
                    let inner = parser.expression()?;
                    parser.skip();
                    parser.expect(")", "to close a parenthesis")?;
                    // Kept apart from a bare name, which as an object's key is that name.
                    Ok(match &inner.kind {
                        Kind::Name(_) => Expr::node(Kind::Steps(inner, Vec::new()), offset),
                        _ => inner,
                    })
                })
            }
            Some(b'[') => {
                self.at += 1;
                self.nested(true, |parser| parser.list(offset))
            }
            Some(b'{') => {
                self.at += 1;
                self.nested(false, |parser| parser.object(offset))
            }
            Some(b'<') if self.starts("<<") => self.heredoc(),
            Some(byte) if byte.is_ascii_digit() => Ok(self.number(offset)),
            _ => self.named(offset),
        }
    }

    fn number(&mut self, offset: usize) -> Node {
        self.digits();
        let fraction = self.text.as_bytes().get(self.at + 1).is_some_and(u8::is_ascii_digit);
        if self.peek() == Some(b'.') && fraction {
            self.at += 1;
            self.digits();
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            let before = self.at;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            if self.digits().is_empty() {
                self.at = before;
            }
        }
        let text = self.text.get(offset..self.at).unwrap_or_default();
        let number = text.parse().or_else(|_| Decimal::from_scientific(text)).ok();
        Expr::node(Kind::Number(number), offset)
    }

    fn named(&mut self, offset: usize) -> Parsed<Node> {
        let Some(name) = self.name() else { return self.wrong("expected an expression") };
        let end = self.at;
        let mut full = name.to_owned();
        while self.starts("::") {
            self.at += 2;
            let Some(part) = self.name() else { return self.wrong("expected a function's name after `::`") };
            full.push_str("::");
            full.push_str(part);
        }
        self.skip_blanks(false);
        if self.eat("(") {
            return self.nested(true, |parser| parser.arguments(full, offset));
        }
        if full.len() != name.len() {
            return self.wrong("expected the arguments of a function");
        }
        self.at = end;
        let kind = match name {
            "null" => Kind::Null,
            "true" => Kind::Bool(true),
            "false" => Kind::Bool(false),
            other => Kind::Name(Rc::from(other)),
        };
        Ok(Expr::node(kind, offset))
    }

    fn arguments(&mut self, name: String, offset: usize) -> Parsed<Node> {
        let (mut arguments, mut expands) = (Vec::new(), false);
        loop {
            self.skip();
            if self.eat(")") {
                break;
            }
            arguments.push(self.expression()?);
            self.skip();
            expands = self.eat("...");
            self.skip();
            if !self.eat(",") {
                self.expect(")", "or `,` after an argument")?;
                break;
            }
        }
        Ok(Expr::node(Kind::Call(Call { name: Rc::from(name), arguments, expands }), offset))
    }

    fn list(&mut self, offset: usize) -> Parsed<Node> {
        self.skip();
        if self.at_for() {
            return self.for_expression("]", offset);
        }
        let mut items = Vec::new();
        loop {
            self.skip();
            if self.eat("]") {
                break;
            }
            items.push(self.expression()?);
            self.skip();
            if !self.eat(",") {
                self.expect("]", "or `,` after an element")?;
                break;
            }
        }
        Ok(Expr::node(Kind::List(items), offset))
    }

    /// Whether a `for` begins here, and not a key of that name. Steps over it.
    fn at_for(&mut self) -> bool {
        let before = self.at;
        if self.keyword("for") {
            self.skip_blanks(true);
            if !matches!(self.peek(), Some(b'=' | b':' | b'.' | b'[' | b',' | b']' | b'}')) {
                return true;
            }
        }
        self.at = before;
        false
    }

    fn for_expression(&mut self, close: &str, offset: usize) -> Parsed<Node> {
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
        let collection = self.expression()?;
        self.skip();
        self.expect(":", "after the collection")?;
        let mut result = self.expression()?;
        let mut result_key = None;
        self.skip();
        if self.eat("=>") {
            result_key = Some(std::mem::replace(&mut result, self.expression()?));
        }
        self.skip();
        let grouping = self.eat("...");
        self.skip();
        let condition = if self.keyword("if") { Some(self.expression()?) } else { None };
        self.skip();
        self.expect(close, "to close a `for`")?;
        let parsed = For { key, value, collection, result_key, result, grouping, condition };
        Ok(Expr::node(Kind::For(parsed), offset))
    }

    pub(super) fn iterator(&mut self) -> Parsed<Rc<str>> {
        self.skip();
        match self.name() {
            Some(name) => Ok(Rc::from(name)),
            None => self.wrong("expected a name"),
        }
    }

    fn object(&mut self, offset: usize) -> Parsed<Node> {
        self.skip_blanks(true);
        if self.at_for() {
            return self.for_expression("}", offset);
        }
        let mut fields = Vec::new();
        loop {
            self.skip_blanks(true);
            if self.eat("}") {
                break;
            }
            let key = self.expression()?;
            let key = match &key.kind {
                Kind::Name(name) => Expr::node(Kind::Text(Rc::clone(name)), key.offset as usize),
                Kind::Null => Expr::text("null"),
                Kind::Bool(value) => Expr::text(if *value { "true" } else { "false" }),
                _ => key,
            };
            self.skip();
            if !(self.eat("=") || self.eat(":")) {
                return self.wrong("expected `=` or `:` after a key");
            }
            self.skip_blanks(true);
            fields.push((key, self.expression()?));
            self.skip();
            if !(self.eat(",") || matches!(self.peek(), Some(b'\n' | b'}'))) {
                return self.wrong("expected `,`, `}` or a new line after an attribute");
            }
        }
        Ok(Expr::node(Kind::Object(fields), offset))
    }
}
