//! "The same" is the same: every field of the format, in both directions, whoever asks; and by value, whatever a server makes of the
//! spelling.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::apply::Outcome;
use aidb_core::config::Permission::{Admin, Read, Write};
use aidb_core::config::{Configuration, DatabaseReference, ResourcePermission, read, write};
use aidb_core::operations::{Consent, Context, ExportNote, ImportOptions, Proposal, Side, compare};
use aidb_core::plan::Mode;
use aidb_sandbox::{Nulls, Spelling};
use common::{AGENT, World, agent_id, configuration};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

type Change = (&'static str, fn(&mut Configuration));

/// One change of each field of the format. A key that the format does not have only a file says.
const CHANGES: [Change; 16] = [
    ("another name", |c| c.agent.name.push('!')),
    ("another type", |c| c.agent.agent_type = Some("other".into())),
    ("no type", |c| c.agent.agent_type = None),
    ("a further key of another value", |c| drop(c.agent.info.insert("limit".into(), json!(1001)))),
    ("a further key more", |c| drop(c.agent.info.insert("more".into(), json!(0)))),
    ("a further key less", |c| drop(c.agent.info.remove("limit"))),
    ("deep within a further key", |c| drop(c.agent.info.insert("deep".into(), json!({ "a": [1, { "b": true }] })))),
    ("another database type", |c| database(c).database_type = Some("mysql".into())),
    ("another connection name", |c| database(c).connection_name = Some("other-db".into())),
    ("no connection name", |c| database(c).connection_name = None),
    ("no database", |c| c.agent.database = None),
    ("another permission", |c| {
        drop(c.agent.resource_permissions.insert("customers".into(), table(&[Read, Admin])));
    }),
    ("another resource type", |c| {
        drop(c.agent.resource_permissions.insert("customers".into(), ResourcePermission::new("dataset", [Read])));
    }),
    ("an entry with no permission more", |c| drop(c.agent.resource_permissions.insert("none".into(), table(&[])))),
    ("the same with an id that cannot be addressed", |c| {
        drop(c.agent.resource_permissions.insert("a/b".into(), table(&[])));
    }),
    ("an entry less", |c| drop(c.agent.resource_permissions.remove("customers"))),
];

const OF_FILES: [Change; 3] = [
    ("a key of the file's own", |c| drop(c.extra.insert("team".into(), json!("x")))),
    ("a key of the database's own", |c| drop(database(c).extra.insert("zone".into(), json!("x")))),
    ("a key of an entry's own", |c| {
        let entry = c.agent.resource_permissions.get_mut("customers").expect("there");
        drop(entry.extra.insert("why".into(), json!("x")));
    }),
];

fn database(configuration: &mut Configuration) -> &mut DatabaseReference {
    configuration.agent.database.as_mut().expect("has one")
}

fn table(permissions: &[aidb_core::config::Permission]) -> ResourcePermission {
    ResourcePermission::new("table", permissions.iter().copied())
}

fn whole(info: Map<String, Value>) -> Configuration {
    let mut whole = configuration(&[("customers", &[Read]), ("orders", &[Read, Write])]);
    whole.agent.database = Some(DatabaseReference {
        database_type: Some("postgresql".into()),
        connection_name: Some("main-db".into()),
        extra: Map::new(),
    });
    whole.agent.info = info;
    whole.agent.info.insert("limit".into(), serde_json::from_str("1e3").expect("a number"));
    whole.agent.info.insert("deep".into(), json!({ "a": [1, { "b": null }] }));
    whole.tables = Some(vec!["customers".into(), "orders".into()]);
    whole
}

fn differs(one: &Side, other: &Side) -> bool {
    let differs = compare(one, other).expect("compared").plan.differs();
    assert_eq!(compare(one, other).expect("compared").is_same(), !differs, "one answer");
    differs
}

fn file(configuration: &Configuration) -> Side {
    let reading = read(write(configuration).as_bytes());
    Side::of_file("file", reading.configuration.unwrap_or_else(|| panic!("{:?}", reading.report)))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// R10: whatever else stands in the file, one field that differs is a difference, from either side.
    #[test]
    fn r10_every_field_of_the_format_counts_in_both_directions(
        info in proptest::collection::btree_map("k[a-z]{0,3}", prop_oneof![
            any::<i64>().prop_map(Value::from),
            any::<bool>().prop_map(Value::from),
            "[ -~]{0,12}".prop_filter("no secret, no mask", |text| !text.contains("**")).prop_map(|text| Value::from(text.replace(['=', ':', '/', '@'], " "))),
        ], 0..4)
    ) {
        let base = whole(info.into_iter().filter(|(key, _)| key != "key").collect());
        let here = file(&base);
        prop_assert!(!differs(&here, &file(&base)), "nothing was changed");
        for (what, change) in CHANGES.into_iter().chain(OF_FILES) {
            let mut changed = base.clone();
            change(&mut changed);
            prop_assert!(differs(&here, &file(&changed)), "{what}");
            prop_assert!(differs(&file(&changed), &here), "{what}, from the other side");
        }
        let mut of_the_file_alone = base;
        of_the_file_alone.exported_at = Some("2026-01-01T00:00:00.000Z".into());
        of_the_file_alone.source_url = Some("http://elsewhere.example.com".into());
        of_the_file_alone.metadata = Some(Map::from_iter([("environment".to_owned(), json!("x"))]));
        of_the_file_alone.tables = Some(vec!["customers".into(), "orders".into(), "zebras".into()]);
        prop_assert!(!differs(&here, &file(&of_the_file_alone)), "what is of the file alone");
    }
}

async fn planned(world: &World, wanted: &Configuration) -> Proposal {
    let options = ImportOptions { mode: Mode::Exact, ..ImportOptions::default() };
    let context = Context::default();
    world.engine.propose_import(&world.target, wanted, &options, "f".into(), &context).await.expect("planned")
}

/// The agent of [`whole`] in a sandbox, with its database linked under its name.
async fn world_of(whole: &Configuration) -> World {
    let world = World::with(&[("customers", &[Read]), ("orders", &[Read, Write])]).await;
    let handle = world.sandbox.handle();
    let mut info = whole.agent.info.clone();
    info.insert("name".into(), whole.agent.name.as_str().into());
    info.insert("type".into(), json!(whole.agent.agent_type));
    handle.set_agent(AGENT, info, "the-agents-own-key").expect("set");
    handle.link_database(AGENT, "main-db", "shop").expect("linked");
    world
}

/// Comparing an environment, and the dry run of an import into it, answer the same question.
#[tokio::test]
async fn a_comparison_with_an_environment_and_a_dry_run_agree_field_by_field() {
    let base = whole(Map::new());
    let world = world_of(&base).await;
    let live = world.engine.side_of(&world.target, &agent_id(), &Context::default()).await.expect("read");
    assert!(!differs(&live, &file(&base)) && !differs(&file(&base), &live));
    assert!(!planned(&world, &base).await.plan.differs());
    for (what, change) in CHANGES {
        let mut changed = base.clone();
        change(&mut changed);
        assert!(differs(&live, &file(&changed)) && differs(&file(&changed), &live), "{what}");
        let plan = planned(&world, &changed).await.plan;
        assert!(plan.differs(), "{what}: the dry run says {plan:?}");
    }
}

/// The one that was found: a file with a database against an agent without one.
#[tokio::test]
async fn a_database_on_one_side_alone_is_a_difference_and_nothing_that_would_be_done() {
    let world = World::with(&[("customers", &[Read])]).await;
    let mut wanted = configuration(&[("customers", &[Read])]);
    wanted.agent.database = Some(DatabaseReference::default());
    let live = world.engine.side_of(&world.target, &agent_id(), &Context::default()).await.expect("read");
    assert!(differs(&live, &file(&wanted)) && differs(&file(&wanted), &live));
    let plan = planned(&world, &wanted).await.plan;
    assert!(plan.differs() && plan.is_empty(), "{plan:?}");
}

/// Whatever language a server is written in: the import arrives, and a second one has nothing to do.
#[tokio::test]
async fn a_value_that_comes_back_in_another_spelling_is_the_same_value() {
    for spelling in [Spelling::AsSent, Spelling::Python, Spelling::JavaScript] {
        for nulls in [Nulls::Kept, Nulls::LeftOut] {
            let world = World::empty().await;
            world.sandbox.handle().switch(|switches| (switches.spelling, switches.nulls) = (spelling, nulls));
            let mut wanted = configuration(&[("ünïcode/täble", &[Read]), ("customers", &[Read])]);
            let info = r#"{"limit": 1e3, "half": 0.50, "tiny": 1E-7, "pi": 3.14159265358979323846, "zero": -0,
                "text": "ä/\u2028😀", "none": null, "deep": {"10": 1.0, "9": [null, -0.0, {"x": null}], "a": 12}}"#;
            wanted.agent.info = serde_json::from_str(info).expect("JSON");
            let applied = world.import(&wanted, Mode::Exact).await.expect("ended");
            assert_eq!(applied.report.outcome, Outcome::Done, "{spelling:?} {nulls:?}: {:?}", applied.report.cause);
            let again = planned(&world, &wanted).await.plan;
            assert!(!again.differs(), "{spelling:?} {nulls:?}: {again:?}");
            let live = world.engine.side_of(&world.target, &agent_id(), &Context::default()).await.expect("read");
            assert!(!differs(&live, &file(&wanted)), "{spelling:?} {nulls:?}");
        }
    }
}

#[tokio::test]
async fn the_target_did_not_move_because_its_server_spells_otherwise_now() {
    let base = whole(Map::new());
    let world = world_of(&base).await;
    let mut wanted = base.clone();
    wanted.agent.resource_permissions.insert("new".into(), table(&[Read]));
    let proposal = planned(&world, &wanted).await;
    world.sandbox.handle().switch(|switches| switches.spelling = Spelling::Python);
    let (context, consent) = (Context::default(), Consent::default());
    let applied = world.engine.apply(&world.target, &proposal, &consent, &context).await.expect("not moved");
    assert_eq!(applied.report.outcome, Outcome::Done, "{:?}", applied.report);
}

/// A number that a server really changes is told with both values, and the server is not called a liar.
#[tokio::test]
async fn a_read_back_that_differs_names_the_field_and_both_values() {
    let world = World::empty().await;
    world.sandbox.handle().switch(|switches| switches.spelling = Spelling::JavaScript);
    let mut wanted = configuration(&[]);
    wanted.agent.info.insert("account".into(), serde_json::from_str("9007199254740993").expect("a number"));
    let applied = world.import(&wanted, Mode::Merge).await.expect("ended");
    assert_eq!(applied.report.outcome, Outcome::PutBack);
    let cause = applied.report.cause.expect("a cause");
    assert!(cause.message.contains("account: is 9007199254740992; should be 9007199254740993"), "{}", cause.message);
    assert_eq!(world.resources(), None, "nothing stays half done");
}

/// A mask is no value: it is not exported, not compared and not written.
#[tokio::test]
async fn a_masked_value_does_not_travel() {
    let world = World::with(&[("customers", &[Read])]).await;
    let info = json!({ "name": "My Agent", "type": "analytics", "webhook": "***", "dsn": "postgresql://app:***@db/shop",
        "deep": { "hint": "********" }, "note": "*** read me ***" });
    let handle = world.sandbox.handle();
    handle.set_agent(AGENT, info.as_object().expect("an object").clone(), "the-agents-own-key").expect("set");
    let export = world.engine.export(&world.target, &agent_id(), &Context::default()).await.expect("exported");
    let keys: Vec<&String> = export.configuration.agent.info.keys().collect();
    assert_eq!(keys, ["note"]);
    let behind: Vec<&str> = export
        .notes
        .iter()
        .filter_map(|note| match note {
            ExportNote::Withheld { pointer, .. } => Some(pointer.as_str()),
            _ => None,
        })
        .collect();
    assert_eq!(behind, ["/agent/deep", "/agent/dsn", "/agent/webhook"], "the export says what stayed behind");

    // The value that stands in a file can be neither the same nor different.
    let mut wanted = configuration(&[("customers", &[Read])]);
    wanted.agent.info =
        json!({ "webhook": "plain", "note": "*** read me ***" }).as_object().expect("an object").clone();
    assert!(!planned(&world, &wanted).await.plan.differs());

    // A file from before, with the masks in it, brings none of them to a server that does not have the agent.
    let other = World::empty().await;
    let text = write(&wanted).replace("\"plain\"", "\"***\"");
    let reading = read(text.as_bytes());
    assert!(reading.report.findings.iter().any(|finding| finding.message.contains("mask")), "{:?}", reading.report);
    let masked = reading.configuration.expect("readable");
    other.import(&masked, Mode::Merge).await.expect("applied");
    wanted.agent.info.insert("webhook".into(), json!("***"));
    assert!(!planned(&other, &wanted).await.plan.differs(), "nor does a model that did not come from a file");
    let info = other.sandbox.handle().agent(AGENT).expect("registered").info;
    assert_eq!(info.get("webhook"), None);
    assert_eq!(info.get("note"), Some(&json!("*** read me ***")));
}
