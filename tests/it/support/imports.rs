//! Which file of the crate uses which, read from its sources: `use` lines and the paths inside the code.
//!
//! It knows as much of Rust as rustfmt's output needs: names are followed through re-exports to the file that declares
//! them. Code under `#[cfg(test)]` is left out, and so are files of tests: they may look anywhere.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The sources in a folder of the package, sorted; there is at least one.
pub(crate) fn sources(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(!found.is_empty(), "{folder} has sources");
    found
}

/// The path of a module or of an item in one, from the crate's root.
type Names = Vec<String>;

/// One file uses another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Use {
    /// The file, from the package's folder.
    pub(crate) from: String,
    /// The file that declares what is used.
    pub(crate) to: String,
    /// Where, from 1.
    pub(crate) line: usize,
    /// Whether a name is merely handed on (`pub use`) or a whole module brought in: the file itself needs nothing of it
    /// until it says so elsewhere.
    pub(crate) handed_on: bool,
}

/// A name that a `use` line brings into a module.
struct Import {
    name: String,
    path: Names,
    line: usize,
    public: bool,
}

/// A file, taken apart.
struct Source {
    file: String,
    module: Names,
    imports: Vec<Import>,
    /// The items that it declares itself.
    declared: BTreeSet<String>,
    /// Paths in the code, with their line; a path of one name may be a type, a function, or nothing of interest.
    paths: Vec<(Names, usize)>,
}

/// All uses among the files under `src`, sorted.
pub(crate) fn uses() -> Vec<Use> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources: Vec<Source> = sources("src")
        .iter()
        .filter(|path| !path.file_stem().is_some_and(|stem| stem.to_string_lossy().ends_with("tests")))
        .map(|path| Source::read(root, path))
        .collect();
    let modules: BTreeMap<&Names, &Source> = sources.iter().map(|source| (&source.module, source)).collect();
    let mut uses = BTreeSet::new();
    for source in &sources {
        let mut add = |path: &Names, line: usize, public: bool| {
            let Some((to, whole)) = declared_in(path, &modules, 0) else { return };
            if to != source.file {
                let handed_on = public || whole;
                uses.insert(Use { from: source.file.clone(), to: to.to_owned(), line, handed_on });
            }
        };
        for import in &source.imports {
            add(&import.path, import.line, import.public);
        }
        for (path, line) in &source.paths {
            add(path, *line, false);
        }
    }
    uses.into_iter().collect()
}

/// The file that declares what a path names, and whether that is a whole module; `None` for what is not of the crate.
fn declared_in<'a>(path: &[String], modules: &BTreeMap<&Names, &'a Source>, depth: usize) -> Option<(&'a str, bool)> {
    let (length, source) =
        (0..=path.len()).rev().find_map(|length| Some((length, *modules.get(&path[..length].to_vec())?)))?;
    let Some(name) = path.get(length) else { return Some((&source.file, true)) };
    let handed_on = source.imports.iter().find(|import| import.name == *name);
    match handed_on {
        // A chain of re-exports has an end; a name that leads back to itself is none of the crate's.
        Some(import) if depth < 8 => {
            let further: Names = import.path.iter().chain(&path[length + 1..]).cloned().collect();
            declared_in(&further, modules, depth + 1).or(Some((&source.file, false)))
        }
        _ if source.module.is_empty() => None,
        _ if depth < 8 && !source.declared.contains(name) => {
            let globs = source.imports.iter().filter(|import| import.public && import.name == "*");
            let mut stems = globs.map(|import| import.path[..import.path.len() - 1].iter().chain(&path[length..]));
            let further = stems.find_map(|stem| declared_in(&stem.cloned().collect::<Names>(), modules, depth + 1));
            further.or(Some((&source.file, false)))
        }
        _ => Some((&source.file, false)),
    }
}

impl Source {
    fn read(root: &Path, path: &Path) -> Self {
        let file = path.strip_prefix(root).expect("a file of the package").to_string_lossy().replace('\\', "/");
        Self::of(file, &fs::read_to_string(path).expect("a source"))
    }

    fn of(file: String, text: &str) -> Self {
        let inner = file.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
        let module = match inner {
            "lib" => Vec::new(),
            _ => inner.split('/').map(str::to_owned).collect(),
        };
        let mut reader = Reader { tokens: tokens(text), at: 0, module: module.clone(), children: BTreeSet::new() };
        let (mut imports, mut paths) = (Vec::new(), Vec::new());
        reader.children = reader.declared_children();
        let declared = reader.declared_items();
        reader.block(&mut imports, &mut paths);
        // Names of one segment stand for what a `use` line made of them; what it did not is the file's own or std's.
        let brought: BTreeMap<&str, &Names> =
            imports.iter().map(|import: &Import| (import.name.as_str(), &import.path)).collect();
        let paths = paths
            .into_iter()
            .filter_map(|(path, line): (Names, usize)| {
                let (first, rest) = path.split_first()?;
                match brought.get(first.as_str()) {
                    Some(known) => Some((known.iter().chain(rest).cloned().collect(), line)),
                    None if first == "crate" => Some((rest.to_vec(), line)),
                    None => None,
                }
            })
            .collect();
        Self { file, module, imports, declared, paths }
    }
}

/// A word or a sign, and its line.
type Token = (String, usize);

/// The text as words and signs, without comments, texts and characters.
fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let (mut rest, mut line) = (text, 1);
    while let Some(c) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if c == '"' || rest.starts_with("r\"") || rest.starts_with("r#\"") || rest.starts_with("b\"") {
            text_length(rest)
        } else if c == '\'' {
            // A character ends with a quote; a lifetime does not.
            let escaped = rest[1..].starts_with('\\');
            let end = rest[1..].char_indices().skip(if escaped { 2 } else { 1 }).find(|(_, c)| *c == '\'');
            match end {
                Some((end, _)) if escaped || rest[1..=end].chars().count() == 1 => end + 2,
                _ => 1,
            }
        } else if c.is_alphanumeric() || c == '_' {
            let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push((rest[..end].to_owned(), line));
            end
        } else if rest.starts_with("::") {
            tokens.push(("::".to_owned(), line));
            2
        } else {
            if !c.is_whitespace() {
                tokens.push((c.to_string(), line));
            }
            c.len_utf8()
        };
        line += rest[..length].matches('\n').count();
        rest = &rest[length..];
    }
    tokens
}

/// How long the text is that `rest` begins with, quotes included.
fn text_length(rest: &str) -> usize {
    let start = rest.find('"').unwrap_or(0);
    if rest.starts_with("r#") {
        return rest.find("\"#").map_or(rest.len(), |end| end + 2);
    }
    let raw = rest.starts_with('r');
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(start + 1) {
        match c {
            '"' if !escaped => return at + 1,
            '\\' if !raw => escaped = !escaped,
            _ => escaped = false,
        }
    }
    rest.len()
}

/// Walks through a file's words.
struct Reader {
    tokens: Vec<Token>,
    at: usize,
    /// The module that the words are in, inline ones included.
    module: Names,
    /// The modules that the file declares.
    children: BTreeSet<String>,
}

impl Reader {
    fn word(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.0.as_str())
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).map_or(0, |token| token.1)
    }

    fn declared_children(&self) -> BTreeSet<String> {
        let declarations = self.tokens.windows(3).filter(|words| words[0].0 == "mod" && words[2].0 == ";");
        declarations.map(|words| words[1].0.clone()).collect()
    }

    fn declared_items(&self) -> BTreeSet<String> {
        let kinds = ["struct", "enum", "fn", "const", "static", "type", "trait", "union", "macro_rules"];
        let declarations = self.tokens.windows(2).filter(|words| kinds.contains(&words[0].0.as_str()));
        declarations.map(|words| words[1].0.clone()).collect()
    }

    /// Reads to the end of the block, or of the file.
    fn block(&mut self, imports: &mut Vec<Import>, paths: &mut Vec<(Names, usize)>) {
        while self.at < self.tokens.len() {
            match self.word(0) {
                "}" => return self.at += 1,
                "{" => {
                    self.at += 1;
                    self.block(imports, paths);
                }
                "#" if (1..=7).map(|ahead| self.word(ahead)).eq(["[", "cfg", "(", "test", ")", "]", "mod"])
                    && self.word(9) == "{" =>
                {
                    self.at += 10;
                    self.block(&mut Vec::new(), &mut Vec::new());
                }
                "mod" if self.word(2) == "{" => {
                    self.module.push(self.word(1).to_owned());
                    self.at += 3;
                    self.block(imports, paths);
                    self.module.pop();
                }
                "use" => {
                    let public = self.at > 0 && matches!(self.tokens[self.at - 1].0.as_str(), "pub" | ")");
                    self.at += 1;
                    self.tree(&mut Vec::new(), public, imports);
                }
                word if word.starts_with(|c: char| c.is_alphabetic() || c == '_') => self.path(paths),
                _ => self.at += 1,
            }
        }
    }

    /// The leaves of a `use` tree that begins with `stem`.
    fn tree(&mut self, stem: &mut Names, public: bool, imports: &mut Vec<Import>) {
        let depth = stem.len();
        loop {
            match self.word(0) {
                "{" => {
                    self.at += 1;
                    while !matches!(self.word(0), "}" | "") {
                        self.tree(stem, public, imports);
                        if self.word(0) == "," {
                            self.at += 1;
                        }
                    }
                    self.at += 1;
                    break;
                }
                "::" => self.at += 1,
                word => {
                    stem.push(word.to_owned());
                    let line = self.line();
                    self.at += 1;
                    if self.word(0) != "::" {
                        let mut name = word_of(stem);
                        if self.word(0) == "as" {
                            self.word(1).clone_into(&mut name);
                            self.at += 2;
                        }
                        if let Some(path) = self.absolute(stem) {
                            imports.push(Import { name, path, line, public });
                        }
                        break;
                    }
                }
            }
        }
        stem.truncate(depth);
    }

    /// A path in the code, or one word of it.
    fn path(&mut self, paths: &mut Vec<(Names, usize)>) {
        let (line, member) = (self.line(), self.at > 0 && self.tokens[self.at - 1].0 == ".");
        let mut names = vec![self.word(0).to_owned()];
        self.at += 1;
        while self.word(0) == "::" && self.word(1).starts_with(|c: char| c.is_alphabetic() || c == '_') {
            names.push(self.word(1).to_owned());
            self.at += 2;
        }
        if member {
            return;
        }
        // A lone word in lower case is more often a variable than what was brought in under that name.
        let maybe_variable = names.len() == 1 && !names[0].starts_with(char::is_uppercase) && self.word(0) != "(";
        if !maybe_variable {
            match self.absolute(&names) {
                Some(path) => paths.push((std::iter::once("crate".to_owned()).chain(path).collect(), line)),
                None => paths.push((names, line)),
            }
        }
    }

    /// A path from the crate's root; `None` where it begins with a name that is not a module of this file's.
    fn absolute(&self, path: &[String]) -> Option<Names> {
        let path = if path.last().is_some_and(|last| last == "self") { &path[..path.len() - 1] } else { path };
        let (first, rest) = path.split_first()?;
        let mut base = match first.as_str() {
            "crate" | "inspector_audit" => Vec::new(),
            "self" | "super" => self.module.clone(),
            child if self.children.contains(child) => self.module.iter().chain([first]).cloned().collect(),
            _ => return None,
        };
        let mut rest = rest.iter().peekable();
        if first == "super" {
            base.pop();
        }
        while rest.next_if(|name| *name == "super").is_some() {
            base.pop();
        }
        base.extend(rest.cloned());
        Some(base)
    }
}

/// The name that a `use` path brings in.
fn word_of(path: &[String]) -> String {
    let named = path.iter().rev().find(|name| *name != "self");
    named.cloned().unwrap_or_default()
}

#[test]
fn every_form_of_a_use_is_seen_and_nothing_else() {
    let text = r#"
//! crate::comment
pub use child::Given;
use crate::{one::{self, Two as Renamed}, three};
use std::fmt;
mod child;
/// [`crate::comment`]
fn code<'a>(text: &'a str) -> super::super::Four {
    let quote = ('"', "crate::text \" crate::text");
    text.one.three(crate::five::six::<u8>(quote)); // crate::comment
    Renamed::new(Given, three::call(), unknown::call(), fmt::Result)
}
mod inner { use super::super::Seven; }
#[cfg(test)]
mod tests { use crate::test; }
"#;
    let source = Source::of("src/a/b.rs".to_owned(), text);
    let imported: Vec<_> =
        source.imports.iter().map(|one| (one.name.as_str(), one.path.join("::"), one.line, one.public)).collect();
    let expected = [
        ("Given", "a::b::child::Given", 3, true),
        ("one", "one", 4, false),
        ("Renamed", "one::Two", 4, false),
        ("three", "three", 4, false),
        ("Seven", "a::Seven", 13, false),
    ];
    assert_eq!(imported, expected.map(|(name, path, line, public)| (name, path.to_owned(), line, public)));
    let used: Vec<_> = source.paths.iter().map(|(path, line)| (path.join("::"), *line)).collect();
    let expected =
        [("Four", 8), ("five::six", 10), ("one::Two::new", 11), ("a::b::child::Given", 11), ("three::call", 11)];
    assert_eq!(used, expected.map(|(path, line)| (path.to_owned(), line)));
}
