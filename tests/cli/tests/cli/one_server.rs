//! One server is one server, however it is spelled and whether or not it has a profile.

use aidb_sandbox::Sample;
use aidb_testkit::{Home, Run, sandbox};

/// An import by URL alone, as everybody does who works with variables.
fn imported(home: &Home, url: &str) -> String {
    let source = sandbox::start(Sample::Development);
    let _exported =
        home.run(&["m", "export", "-u", &source.url(), "-k", "k", "-a", "my-agent", "-o", "agent.json"]).done();
    let run = home.run(&["m", "import", "-i", "agent.json", "-u", url, "-k", "k", "--yes", "--json"]).done();
    run.json()["backup"].as_str().expect("a backup").to_owned()
}

fn listed(run: &Run, what: &str) -> usize {
    run.json()[what].as_array().expect("a list").len()
}

#[test]
fn the_latest_backup_of_a_server_without_a_profile_is_found_by_every_spelling_of_its_url() {
    let server = sandbox::start(Sample::Staging);
    let (home, url) = (Home::new(), server.url());
    let backup = imported(&home, &url);
    let spellings = [
        url.clone(),
        format!("{url}/"),
        url.replace("http://", "HTTP://"),
        format!("{url}/api"),
        format!("{url}/api/"),
    ];
    for spelling in &spellings {
        let run = home.run(&["m", "rollback", "--backup", "latest", "-u", spelling, "-k", "k", "--dry-run", "--json"]);
        assert_eq!(run.clone().done().json()["source"], backup.as_str(), "{spelling}: {run}");
        let run = home.run(&["m", "backups", "show", "latest", "-u", spelling, "--json"]).done();
        assert_eq!(run.json()["backup"]["summary"]["id"], backup.as_str(), "{spelling}: {run}");
        assert_eq!(listed(&home.run(&["m", "backups", "list", "-u", spelling, "--json"]).done(), "backups"), 1);
        let history = home.run(&["m", "history", "list", "-u", spelling, "--json"]).done();
        assert_eq!(listed(&history, "history"), 1, "the import: {history}");
        let mut by_variable = home.aidb(&["m", "rollback", "--backup", "latest", "--dry-run", "--json"]);
        let run = Run::of(by_variable.env("AIDB_URL", spelling).env("AIDB_API_KEY", "k")).done();
        assert_eq!(run.json()["source"], backup.as_str(), "{spelling}: {run}");
    }
    for other in [format!("{url}/prefix"), url.replace("127.0.0.1", "127.0.0.2"), url.replace("http:", "https:")] {
        assert_eq!(
            listed(&home.run(&["m", "backups", "list", "-u", &other, "--json"]).done(), "backups"),
            0,
            "{other}"
        );
    }
}

#[test]
fn what_was_done_by_url_belongs_to_the_profile_that_is_added_later_renamed_moved_and_removed() {
    let server = sandbox::start(Sample::Staging);
    let (home, url) = (Home::new(), server.url());
    let backup = imported(&home, &url);
    let count = |arguments: &[&str], what: &str| {
        let run = home.run(&[arguments, &["--json"]].concat()).done();
        listed(&run, what)
    };
    let _added = home.run(&["env", "add", "Staging", "--url", &format!("{url}/")]).done();
    let by_name = |name: &str| {
        (
            count(&["m", "backups", "list", "-e", name], "backups"),
            count(&["m", "history", "list", "-e", name], "history"),
        )
    };
    assert_eq!(by_name("Staging"), (1, 1), "a profile that was added later");
    assert_eq!(count(&["m", "backups", "list", "-u", &url], "backups"), 1, "and by the URL as before");
    let _renamed = home.run(&["env", "update", "Staging", "--rename", "Stage"]).done();
    assert_eq!(by_name("Stage"), (1, 1), "a profile that was renamed");
    let latest = |at: &[&str]| home.run(&[["m", "backups", "show", "latest", "--json"].as_slice(), at].concat());
    assert_eq!(latest(&["-e", "Stage"]).done().json()["backup"]["summary"]["id"], backup.as_str());
    let elsewhere = sandbox::start(Sample::Production);
    let _moved = home.run(&["env", "update", "Stage", "--url", &elsewhere.url()]).done();
    assert_eq!(latest(&["-e", "Stage"]).status, Some(1), "another server now: that backup is not its latest");
    assert_eq!(count(&["m", "backups", "list", "-u", &url], "backups"), 1, "the server it was taken at still has it");
    let _removed = home.run(&["env", "remove", "Stage", "--yes"]).done();
    assert_eq!(latest(&["-u", &url]).done().json()["backup"]["summary"]["id"], backup.as_str(), "the profile is gone");
}

/// A profile that was led to another server keeps its own history, and its latest backup is of the server that it leads to.
#[test]
fn the_latest_backup_of_a_profile_that_moved_is_not_one_of_its_former_server() {
    let (former, present) = (sandbox::start(Sample::Staging), sandbox::start(Sample::Production));
    let home = Home::new();
    let _added = home.run(&["env", "add", "Staging", "--url", &former.url()]).done();
    let take = ["m", "backups", "create", "-e", "Staging", "-a", "my-agent", "-k", "k", "--json"];
    let first = home.run(&take).done().json()["backup"]["id"].clone();
    let _moved = home.run(&["env", "update", "Staging", "--url", &present.url()]).done();
    let latest = ["m", "backups", "show", "latest", "-e", "Staging", "--json"];
    assert_eq!(home.run(&latest).status, Some(1));
    let second = home.run(&take).done().json()["backup"]["id"].clone();
    assert_eq!(home.run(&latest).done().json()["backup"]["summary"]["id"], second);
    let _back = home.run(&["env", "update", "Staging", "--url", &former.url()]).done();
    assert_eq!(home.run(&latest).done().json()["backup"]["summary"]["id"], first, "back at the former server");
    let all = home.run(&["m", "backups", "list", "-e", "Staging", "--json"]).done();
    assert_eq!(listed(&all, "backups"), 2, "the environment's own history holds both");
}
