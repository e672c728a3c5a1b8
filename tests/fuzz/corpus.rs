//! What mutations begin with: the fixtures, and the words in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::mutate::{self, Random};
use crate::targets::Target;

/// The inputs of a target.
#[derive(Debug)]
pub(crate) struct Corpus {
    pub(crate) entries: Vec<Vec<u8>>,
    words: Vec<Vec<u8>>,
}

impl Corpus {
    pub(crate) fn of(target: &Target) -> Self {
        let mut entries = (target.corpus)();
        entries.extend(files(&format!("fixtures/fuzz/{}", target.name), &[""]).into_iter().map(|(_, bytes)| bytes));
        assert!(!entries.is_empty(), "{} has no corpus", target.name);
        let words: BTreeSet<Vec<u8>> = entries.iter().flat_map(|entry| words(entry)).collect();
        Self { entries, words: words.into_iter().collect() }
    }

    /// A mutation of one of them, half of the time as the document that it is, where it is one.
    pub(crate) fn mutant(&self, random: &mut Random, json: bool) -> Vec<u8> {
        let (input, other) = (random.of(&self.entries), random.of(&self.entries));
        let document = if json && random.below(3) > 0 { mutate::json(input, other, random) } else { None };
        document.unwrap_or_else(|| mutate::bytes(input, other, &self.words, random))
    }
}

fn words(entry: &[u8]) -> Vec<Vec<u8>> {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || b"_-:.".contains(&byte);
    let pieces = entry.split(|byte| !is_word(*byte)).filter(|word| (2..40).contains(&word.len()));
    pieces.take(4_000).map(<[u8]>::to_vec).collect()
}

/// All files below a directory of the project with one of the extensions, sorted.
pub(crate) fn files(folder: &str, extensions: &[&str]) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder), &mut found);
    let fits = |path: &PathBuf| extensions.iter().any(|extension| path.to_string_lossy().ends_with(extension));
    found.retain(fits);
    found.sort();
    found.into_iter().map(|path| (path.clone(), fs::read(path).expect("a fixture"))).collect()
}

fn below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).into_iter().flatten() {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            below(&path, found);
        } else {
            found.push(path);
        }
    }
}
