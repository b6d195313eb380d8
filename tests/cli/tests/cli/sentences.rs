//! Sentences that a person meets by the way: each says what is so.

use std::fs;

use aidb_sandbox::{ErrorBody, Fault, FaultAnswer};
use aidb_testkit::Home;

use crate::stage::{KEY, Stage};

#[test]
fn a_command_that_only_looks_says_nothing_of_what_it_did_not_change() {
    let stage = Stage::new();
    fs::create_dir(stage.file("folder")).expect("made");
    stage.write("bad.json", "{");
    for arguments in [
        &["m", "export", "-e", "Staging", "-a", "no-such-agent", "-o", "f.json"][..],
        &["m", "export", "-e", "Staging", "-o", "folder"],
        &["m", "export", "-e", "Staging", "-o", "f.json", "--ca-file", "none.pem"],
        &["m", "backups", "create", "-e", "Staging", "-a", "no-such-agent"],
        &["m", "backups", "show", "bk-22222222"],
        &["m", "history", "show", "op-22222222"],
        &["m", "compare", "none.json", "none.json"],
        &["m", "compare", "bad.json", "bad.json"],
        &["test", "-e", "Staging", "-a", "no-such-agent"],
        &["env", "show", "Nowhere"],
        &["env", "list", "--data-dir", "bad.json"],
        &["recover", "--list", "--data-dir", "bad.json"],
    ] {
        for form in [&[][..], &["--json"]] {
            let run = stage.run(&[arguments, form].concat());
            assert!(run.status != Some(0), "{run}");
            assert!(!format!("{run}").to_lowercase().contains("nothing was changed"), "{arguments:?}: {run}");
        }
    }
    let import = stage.run(&["m", "import", "-e", "Staging", "-i", "none.json"]);
    assert!(import.stderr.contains("Nothing was changed."), "where something could have been, it is said: {import}");
}

#[test]
fn a_check_that_failed_reads_as_one() {
    let stage = Stage::new();
    let plain = stage.development.url().replace("http://", "https://");
    stage.staging.switch(|switches| switches.required_api_key = Some(aidb_sandbox::ApiKey::new("another")));
    let page = Fault::on(1, FaultAnswer::status(404, ErrorBody::Html)).path_contains("health").for_ever();
    stage.production.set_faults([page]);
    let production = stage.production.url();
    for (arguments, line) in [
        (&["test", "-u", "https://no-such-host.invalid", "-k", KEY][..], "✗ The name does not resolve\n"),
        (&["test", "-u", &plain, "-k", KEY], "✗ No encrypted connection can be made\n"),
        (&["test", "-u", "http://127.0.0.1:1", "-k", KEY], "✗ The server gives no usable answer\n"),
        (&["test", "-u", &production, "-k", KEY], "✗ It does not answer as an AI Agent Connector\n"),
        (&["test", "-e", "Staging"], "✗ The key is not accepted\n"),
        (&["test", "-e", "Development", "-a", "no-such-agent"], "✗ Agent no-such-agent is not there\n"),
    ] {
        let run = stage.run(arguments);
        assert!(run.stdout.contains(line), "{line}{run}");
    }
    let _gone = stage.run(&["env", "remove-key", "Staging"]).done();
    let without = stage.run(&["test", "-e", "Staging"]);
    assert!(without.stdout.contains("✗ The server asks for a key\n"), "{without}");
}

#[test]
fn a_server_without_a_profile_is_named_once() {
    let stage = Stage::new();
    let url = stage.staging.url();
    let data = ["--data-dir", "other", "-u", &url, "-k", KEY];
    let create = ["m", "backups", "create", "-a", "my-agent"];
    let taken = stage.run(&[&create[..], &data, &["--json"]].concat()).done().json();
    let id = taken["backup"]["id"].as_str().expect("its id").to_owned();
    for arguments in [&["m", "backups", "show", &id][..], &["m", "history", "show", &id]] {
        let run = stage.run(&[arguments, &["--data-dir", "other"]].concat()).done();
        let line = run.stdout.lines().find(|line| line.contains("Environment")).expect("a line about it");
        assert_eq!(line.matches("http://").count(), 1, "{run}");
    }
}

#[test]
fn an_agent_that_was_never_imported_is_nothing_to_back_up() {
    let stage = Stage::new();
    stage.write("before.json", r#"{"version":"1.0.0","agent":{"agent_id":"a","name":"A"}}"#);
    let export = |file| stage.run(&["m", "export", "-e", "Staging", "-a", "brand-new", "-o", file]);
    let run = export("f.json");
    assert_eq!(run.status, Some(1), "no file was written, and a script must know: {run}");
    assert!(run.stderr.contains("Agent brand-new not found in Staging. Nothing was saved."), "{run}");
    assert!(run.stderr.contains("the import takes its own backup"), "{run}");
    let run = export("before.json");
    assert!(run.stderr.contains("before.json is from before, and was left as it is."), "{run}");
    let json = stage.run(&["m", "export", "-e", "Staging", "-a", "brand-new", "-o", "f.json", "--json"]).json();
    assert_eq!(json["code"], "agent_not_found");
    let create = stage.run(&["m", "backups", "create", "-e", "Staging", "-a", "brand-new"]);
    assert!(create.stderr.contains("the import takes its own backup"), "{create}");
}

#[test]
fn what_a_server_answered_with_a_status_begins_with_it() {
    let stage = Stage::new().exported();
    let error = |arguments: &[&str]| {
        let run = stage.run(&[arguments, &["--json"]].concat());
        let json = run.json();
        assert!(run.status != Some(0) && json["success"] == false, "{run}");
        json["error"].as_str().expect("a text").to_owned()
    };
    let begins = |error: &str, status: u16| assert!(error.starts_with(&format!("API Error ({status}): ")), "{error}");
    for command in [
        &["m", "export", "-e", "Staging", "-a", "nobody", "-o", "f.json"][..],
        &["m", "export", "-e", "Staging", "-a", "nobody", "-o", "f.json", "-v"],
        &["m", "backups", "create", "-e", "Staging", "-a", "nobody"],
        &["m", "promote", "--from", "Development", "--to", "Staging", "nobody", "--yes"],
        &["test", "-e", "Staging", "-a", "nobody"],
    ] {
        begins(&error(command), 404);
    }
    let import = ["m", "import", "-e", "Staging", "-i", "agent.json", "--yes"];
    for status in [400, 500] {
        let refused = Fault::on(1, FaultAnswer::status(status, ErrorBody::Json)).method("PUT").for_ever();
        stage.staging.set_faults([refused]);
        begins(&error(&import), status);
        let everything = Fault::on(1, FaultAnswer::status(status, ErrorBody::Json)).for_ever();
        stage.staging.set_faults([everything]);
        begins(&error(&["m", "import", "-e", "Staging", "-i", "agent.json", "--dry-run"]), status);
        begins(&error(&["m", "export", "-e", "Staging", "--all", "-o", "all"]), status);
        begins(&error(&["test", "-e", "Staging"]), status);
    }
}

#[test]
fn several_files_about_one_agent_are_named_with_how_to_choose_one() {
    let home = Home::new();
    let of = |id: &str| format!(r#"{{"version":"1.0.0","agent":{{"agent_id":"{id}","name":"A"}}}}"#);
    for stage in ["dev", "prod", "staging"] {
        home.write(&format!("configs/my-agent-{stage}.json"), of("my-agent"));
    }
    home.write("configs/other.json", of("other"));
    let url = "http://127.0.0.1:9";
    let _added = home.run(&["env", "add", "Staging", "--url", url]).done();
    let run = home.run(&["m", "import", "-e", "Staging", "-i", "configs"]);
    assert_eq!(run.status, Some(3), "{run}");
    let listed = "3 files are about the agent my-agent: configs/my-agent-dev.json, configs/my-agent-prod.json, \
                  configs/my-agent-staging.json.";
    assert!(run.stderr.contains(listed) && !run.stderr.contains("other.json"), "{run}");
    assert!(run.stderr.contains("for example -i configs/my-agent-staging.json"), "{run}");
    let json = home.run(&["m", "import", "-u", url, "-k", KEY, "-i", "configs", "--json"]).json();
    assert_eq!(json["agents"][0]["files"].as_array().map(Vec::len), Some(3), "{json}");
    assert!(json["hint"].as_str().is_some_and(|hint| hint.contains("-i configs/my-agent-dev.json")), "{json}");
}

/// What sentences count.
const COUNTED: [&str; 16] = [
    "agents",
    "backups",
    "changes",
    "differences",
    "entries",
    "environments",
    "errors",
    "fields",
    "files",
    "findings",
    "items",
    "operations",
    "permissions",
    "requests",
    "resources",
    "warnings",
];

/// The lines of a source before its tests that write a number before several things.
fn several_things(source: &str) -> Vec<(usize, &'static str)> {
    let code = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let mut found = Vec::new();
    for (index, line) in
        code.lines().enumerate().filter(|(_, line)| line.contains('"') && !line.trim_start().starts_with("//"))
    {
        for after in line.split("} ").skip(1) {
            let mut words = after.split(|c: char| !c.is_alphabetic() && c != ' ').next().unwrap_or_default().split(' ');
            // "{count} resource permissions", "{} more findings".
            let things = [words.next(), words.next()].into_iter().flatten();
            found.extend(
                things.filter_map(|word| COUNTED.iter().find(|thing| **thing == word)).map(|one| (index, *one)),
            );
        }
    }
    found
}

/// Whether the sentence for one of them stands beside the line: then somebody thought of it.
fn one_is_beside(lines: &[&str], index: usize, things: &str) -> bool {
    let one = match things.strip_suffix("ies") {
        Some(stem) => format!("{stem}y"),
        None => things.trim_end_matches('s').to_owned(),
    };
    let near = lines[index.saturating_sub(8)..(index + 8).min(lines.len())].join("\n");
    near.split("1 ").skip(1).any(|after| after.split('"').next().unwrap_or_default().contains(&one))
}

#[test]
fn no_sentence_counts_one_thing_as_several() {
    assert_eq!(several_things("    format!(\"{count} new changes\")").len(), 1, "the search finds what it is for");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates");
    let mut folders = vec![root.join("core/src"), root.join("cli/src")];
    let (mut read, mut wrong) = (0, Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let inside = path.strip_prefix(&root).expect("below it").to_string_lossy().into_owned();
            if inside.contains("tests") {
                continue;
            }
            let source = fs::read_to_string(&path).expect("a source");
            read += 1;
            let lines: Vec<&str> = source.lines().collect();
            for (index, things) in several_things(&source) {
                if !one_is_beside(&lines, index, things) {
                    wrong.push(format!("{inside}:{}: {}", index + 1, lines[index].trim()));
                }
            }
        }
    }
    assert!(read > 150, "{read} sources");
    assert!(wrong.is_empty(), "write these with `numbers::counted`:\n{}", wrong.join("\n"));
}
