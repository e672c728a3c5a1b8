//! What may be given is read in every form in which it comes: as it stands, marked, packed, through standard input.

use std::path::Path;

use crate::support::audit::Audit;
use crate::wrong_input::{files, gzip};

/// What the file gives where it is read as it stands, with a byte order mark, as gzip, and through standard input.
fn every_way(folder: &Path, typed: &str, file: &str) -> [String; 4] {
    let text = std::fs::read_to_string(folder.join(file)).expect("a text");
    std::fs::write(folder.join("marked"), format!("\u{feff}{text}")).expect("a file");
    std::fs::write(folder.join("packed"), gzip(&text)).expect("a file");
    [file, "marked", "packed", "-"].map(|name| {
        let run = Audit::new().within(folder).input(&text).args(&typed.replace('@', name)).run();
        assert_ne!(run.code(), 2, "{typed} {name}: {}", run.stderr);
        run.stdout
    })
}

#[test]
fn what_is_marked_or_packed_or_comes_through_standard_input_is_read() {
    let folder = files();
    let folder = folder.path();
    std::fs::write(folder.join("m.json"), r#"[{"instance": "i-0a11111111111111a", "file_system": "none"}]"#)
        .expect("a map");
    std::fs::write(folder.join("mounts"), "tmpfs /tmp tmpfs rw 0 0\n").expect("a mount table");
    std::fs::write(folder.join("c.toml"), "fail_on = \"never\"\n").expect("a configuration");
    let prices = Audit::new().args("prices --format json").run().expect(0).stdout;
    std::fs::write(folder.join("p.json"), prices).expect("a price file");
    // What is printed has no name of a file in it.
    for (typed, file) in [
        ("what-if --snapshot @ --inspector-ec2 off", "good.json"),
        ("scan --snapshot good.json --baseline @", "report.json"),
        ("diff @ report.json", "report.json"),
        ("diff report.json @", "report.json"),
    ] {
        let [plain, others @ ..] = every_way(folder, typed, file);
        assert!(!plain.is_empty());
        for other in &others {
            assert_eq!(*other, plain, "{typed}");
        }
    }
    for (typed, file) in [
        ("scan --snapshot @", "good.json"),
        ("scan --snapshot good.json --config @", "c.toml"),
        ("scan --snapshot good.json --mount-table i-0a11111111111111a=@", "mounts"),
        ("scan --snapshot good.json --mount-map @", "m.json"),
        ("scan --snapshot good.json --prices @", "p.json"),
    ] {
        let [plain, marked, packed, piped] = every_way(folder, typed, file);
        for (name, printed) in [(file, &plain), ("marked", &marked), ("packed", &packed)] {
            // A command that is printed names the file that it is to read again.
            assert!(printed.contains(&typed[5..].replace('@', name)), "{typed}: {printed}");
        }
        // Nothing can be planned again from what is gone.
        assert!(!piped.contains("inspector-audit fix") && !piped.contains("fix --finding"), "{typed}: {piped}");
        let [first, second] = [&plain, &piped].map(|text| text.lines().nth(1).map(str::to_owned));
        assert_eq!(first, second, "{typed}: the same is at risk");
    }
    let twice =
        |options: &str| Audit::new().within(folder).args("scan --snapshot good.json").args(options).run().stdout;
    assert_eq!(twice("--format csv --output -"), twice("--format csv"), "standard output has the report in any case");
    let plan = include_str!("../../fixtures/terraform/plans/article-loop-1.json");
    let run = Audit::new().input(plan).args("terraform -").run().expect(1);
    assert!(run.stdout.contains("terraform-coupling-loop"), "{}", run.stdout);
}
