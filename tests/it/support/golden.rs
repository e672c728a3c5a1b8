//! Golden files: expected bytes under `fixtures/golden`, written anew with `UPDATE_GOLDEN=1`.

use std::path::PathBuf;

/// Compares `actual` with the golden file of that name.
pub(crate) fn check(name: &str, actual: &[u8]) {
    let path: PathBuf = [env!("CARGO_MANIFEST_DIR"), "fixtures", "golden", name].iter().collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, actual).expect("the golden file can be written");
        return;
    }
    let expected = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}; UPDATE_GOLDEN=1", path.display()));
    if expected == actual {
        return;
    }
    let (expected, actual) = (String::from_utf8_lossy(&expected), String::from_utf8_lossy(actual));
    let line = expected.lines().zip(actual.lines()).take_while(|(expected, actual)| expected == actual).count();
    panic!(
        "{} differs from line {} on; look, then UPDATE_GOLDEN=1\nexpected: {:?}\nactual:   {:?}",
        path.display(),
        line + 1,
        expected.lines().nth(line),
        actual.lines().nth(line),
    );
}
