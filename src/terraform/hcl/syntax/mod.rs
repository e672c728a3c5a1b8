//! The native syntax of Terraform's language: a parser of its own, because no library reads all of it with its lines.
//!
//! Tried first (2026-11): `hcl-edit` 0.10 refuses what Terraform takes (a newline inside a `for` object after `:` or an
//! operator and before `?`, a key that an object writes twice) and compares each key with all before it. `tree-sitter-hcl`
//! 1.1 groups `a ? b : c ? d : e` from the left, which is another meaning without an error, drops blanks between
//! interpolations, is C code, and takes as long for 1,000 files as the whole analysis may.
//!
//! Written after the HCL native syntax specification (hashicorp/hcl, `hclsyntax/spec.md`). It reads a little more than
//! Terraform does, never less. Nesting is bounded, so neither the parser nor what walks its trees exhausts the stack.

mod expression;
mod primary;
mod template;
mod tree;

pub(crate) use expression::Parser;
pub(crate) use tree::{Call, Expr, For, Kind, Node, Operator, Part, Step, SyntaxError};

/// The expression of a template without quotes, as strings of the JSON syntax are.
pub(crate) fn template(text: &str) -> Result<Node, SyntaxError> {
    Parser::new(text).whole_template()
}

pub(crate) fn expression(text: &str) -> Result<Node, SyntaxError> {
    Parser::new(text).whole_expression()
}
