//! Whether a mount point lies where the scan is documented to look.

use crate::model::{DeepInspection, Section};
use crate::rules::ScanScope;

/// The paths that deep inspection always scans on Linux (Inspector user guide, "Deep inspection", 2026-10).
pub const DEFAULT_PATHS: [&str; 4] = ["/usr/lib", "/usr/lib64", "/usr/local/lib", "/usr/local/lib64"];

/// Whether a mount point equals, lies under or contains a default or custom path of deep inspection.
///
/// Without the custom paths only the default ones can say `inside`, and nothing can say `outside`.
pub fn scan_scope(mount_point: Option<&str>, deep_inspection: &Section<DeepInspection>) -> ScanScope {
    let Some(mount_point) = mount_point.filter(|path| path.starts_with('/')) else { return ScanScope::Unknown };
    let deep = deep_inspection.complete();
    let custom = deep.into_iter().flat_map(|deep| deep.package_paths.iter().chain(&deep.org_package_paths));
    let mut paths = DEFAULT_PATHS.into_iter().chain(custom.map(String::as_str));
    if paths.any(|path| lies_under(mount_point, path) || lies_under(path, mount_point)) {
        return ScanScope::Inside;
    }
    if deep.is_some() { ScanScope::Outside } else { ScanScope::Unknown }
}

/// Whether `path` is `root` or below it, by whole components.
fn lies_under(path: &str, root: &str) -> bool {
    let parts = |text| -> Vec<&str> { str::split(text, '/').filter(|part| !part.is_empty()).collect() };
    parts(path).starts_with(&parts(root))
}

/// Whether a file's path lies below a mount point.
pub(crate) fn is_below(path: &str, mount_point: &str) -> bool {
    mount_point != "/" && path.starts_with('/') && lies_under(path, mount_point)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_lies_below_a_mount_point_by_whole_components() {
        for (path, mount_point, below) in [
            ("/srv/data/app/x.jar", "/srv/data", true),
            ("/srv/data/app/x.jar", "/srv/data/", true),
            ("/srv/database/x.jar", "/srv/data", false),
            ("/opt/x.jar", "/srv/data", false),
            ("srv/data/x.jar", "/srv/data", false),
            ("/opt/x.jar", "/", false),
        ] {
            assert_eq!(is_below(path, mount_point), below, "{path} below {mount_point}");
        }
    }
}
