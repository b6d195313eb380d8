use aidb_testkit::Run;

use crate::snap_both;
use crate::stage::Stage;

const CONNECTION_STRING: &str = "postgresql://app:canary-password-77@db.example.com/shop";

#[test]
fn a_database_is_linked_and_the_string_remembered() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Development", "-a", "churn-forecast", "-o", "new.json"]).done();
    let import = ["m", "import", "-e", "Staging", "-i", "new.json", "--link-database"];
    assert_eq!(snap_both!(stage, "link_nothing_given", &import).status, Some(64));
    let mut with = stage.aidb(&[import.as_slice(), &["--remember"]].concat());
    with.env("AIDB_CONNECTION_STRING", CONNECTION_STRING);
    let run = Run::of(&mut with).done();
    assert!(stage.staging.agent("churn-forecast").expect("registered").database.is_some(), "{run}");
    assert!(!format!("{run}").contains("canary-password"), "{run}");
    stage.staging.remove_agent("churn-forecast").expect("removed");
    let run = stage.run(&import).done();
    assert!(stage.staging.agent("churn-forecast").expect("registered").database.is_some(), "remembered:\n{run}");
}

#[test]
fn the_string_comes_from_a_file_or_standard_input() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Staging", "-a", "faq-bot", "-o", "bot.json"]).done();
    stage.write("dsn.txt", format!("{CONNECTION_STRING}\n"));
    for (from, input) in [("dsn.txt", ""), ("-", CONNECTION_STRING)] {
        let import =
            ["m", "import", "-e", "Staging", "-i", "bot.json", "--link-database", "--connection-string-file", from];
        let mut command = stage.aidb(&import);
        command.write_stdin(input);
        let run = Run::of(&mut command).done();
        assert!(stage.staging.agent("faq-bot").expect("there").database.is_some(), "{run}");
        assert!(!format!("{run}").contains("canary-password"), "{run}");
    }
}

#[test]
fn a_server_that_repeats_the_string_cannot_make_it_show() {
    let stage = Stage::new();
    let _exported = stage.run(&["m", "export", "-e", "Staging", "-a", "faq-bot", "-o", "bot.json"]).done();
    stage.staging.switch(|switches| switches.database = aidb_sandbox::DatabaseAnswer::EchoesConnectionString);
    for form in [&[][..], &["--json"], &["--verbose"]] {
        let mut import =
            stage.aidb(&[&["m", "import", "-e", "Staging", "-i", "bot.json", "--link-database"], form].concat());
        import.env("AIDB_CONNECTION_STRING", CONNECTION_STRING);
        let run = Run::of(&mut import);
        assert_eq!(run.status, Some(1), "{run}");
        assert!(!format!("{run}").contains("canary-password"), "{run}");
    }
}
