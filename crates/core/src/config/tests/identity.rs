//! Properties: what is written reads as what it was, and nothing makes reading panic.

use std::collections::BTreeMap;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::{Map, Value};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::config::values::is_mask;

/// Any text but a mask, which stands for a value that a server did not show: reading leaves it out (`values.rs`).
fn text() -> impl Strategy<Value = String> {
    let any_text = prop_oneof![
        "[a-z_]{1,12}",
        "\\PC{1,12}",
        any::<String>(),
        "[\u{0}-\u{1f}\u{80}-\u{9f}\u{202a}-\u{202e}\u{e0000}-\u{e007f}\"\\\\]{1,6}"
    ];
    any_text.prop_filter("a mask is no value", |text| !is_mask(text))
}

/// Ids that a file may hold: no control characters.
fn id() -> impl Strategy<Value = String> {
    text()
        .prop_map(|id| id.chars().filter(|c| !c.is_control()).collect::<String>())
        .prop_map(|id| format!("r{id}"))
        .prop_filter("a mask is no value", |id| !is_mask(id))
}

fn agent_id() -> impl Strategy<Value = String> {
    id().prop_map(|id| id.replace('/', "_"))
}

fn number() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        "-?(0|[1-9][0-9]{0,40})(\\.[0-9]{1,30})?(e[+-][1-9][0-9]{0,5})?"
            .prop_map(|digits| serde_json::from_str(&digits).unwrap_or(Value::Null)),
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf =
        prop_oneof![Just(Value::Null), any::<bool>().prop_map(Value::from), number(), text().prop_map(Value::from)];
    leaf.prop_recursive(4, 24, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            btree_map(text(), inner, 0..6).prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Further keys: none that the format knows, or that may not be in a file.
fn further() -> impl Strategy<Value = Map<String, Value>> {
    btree_map(text().prop_map(|key| format!("x-further-{key}")), value(), 0..4)
        .prop_map(|members: BTreeMap<String, Value>| members.into_iter().collect())
}

fn permission() -> impl Strategy<Value = ResourcePermission> {
    (id(), vec(proptest::sample::select(&Permission::ALL[..]), 0..5), further())
        .prop_map(|(kind, granted, extra)| ResourcePermission { extra, ..ResourcePermission::new(kind, granted) })
}

fn database() -> impl Strategy<Value = DatabaseReference> {
    (option::of(text()), option::of(text()), further())
        .prop_map(|(database_type, connection_name, extra)| DatabaseReference { database_type, connection_name, extra })
}

fn agent() -> impl Strategy<Value = Agent> {
    (agent_id(), id(), option::of(text()), option::of(database()), btree_map(id(), permission(), 0..6), further())
        .prop_map(|(agent_id, name, agent_type, database, resource_permissions, info)| Agent {
            agent_id,
            name,
            agent_type,
            database,
            resource_permissions,
            info,
        })
}

fn configuration() -> impl Strategy<Value = Configuration> {
    let tables = option::of(proptest::collection::btree_set(text(), 0..5).prop_map(|set| set.into_iter().collect()));
    (option::of(text()), option::of(text()), agent(), tables, option::of(further()), further()).prop_map(
        |(exported_at, source_url, agent, tables, metadata, extra)| Configuration {
            version: FORMAT_VERSION.into(),
            exported_at,
            source_url,
            agent,
            tables,
            metadata,
            extra,
        },
    )
}

proptest! {
    #[test]
    fn what_is_written_reads_as_what_it_was(configuration in configuration()) {
        // Whatever happens to look like a secret is refused, and is another test.
        prop_assume!(!validate(&configuration).has_errors());
        let text = write(&configuration);
        let reading = read(text.as_bytes());
        prop_assert_eq!(reading.configuration.as_ref(), Some(&configuration), "{:?}\n{}", reading.report, text);
        prop_assert_eq!(write(&configuration), text);
    }

    #[test]
    fn a_file_written_again_stays_as_it_is(configuration in configuration()) {
        let text = write(&configuration);
        if let Some(read) = read(text.as_bytes()).configuration {
            prop_assert_eq!(write(&read), text);
        }
    }

    #[test]
    fn lines_hold_nothing_raw(configuration in configuration()) {
        let text = write(&configuration);
        prop_assert!(!text.contains(|c: char| c != '\n' && super::super::display::is_treacherous(c)));
        prop_assert_eq!(text.chars().last(), Some('\n'));
    }

    #[test]
    fn no_bytes_make_reading_panic(bytes in vec(any::<u8>(), 0..400)) {
        let reading = read(&bytes);
        prop_assert_eq!(reading.configuration.is_none(), reading.report.has_errors());
        prop_assert!(!is_configuration(&bytes), "four hundred random bytes are none");
    }

    #[test]
    fn no_damage_to_a_file_makes_reading_panic(at in 0..SAMPLE.len(), to in any::<u8>(), cut in any::<bool>()) {
        let mut bytes = SAMPLE.as_bytes().to_vec();
        if cut { bytes.truncate(at); } else { bytes[at] = to; }
        let reading = read(&bytes);
        prop_assert_eq!(reading.configuration.is_none(), reading.report.has_errors());
    }

    #[test]
    fn any_json_is_judged_and_every_finding_has_a_place(value in value(), agent in value(), text in "\\PC{0,8}") {
        let document = serde_json::json!({ "version": value, "agent": agent, text: value, "tables": value, "metadata": value });
        for layout in [serde_json::to_string(&document), serde_json::to_string_pretty(&document)] {
            let layout = layout.expect("serialises");
            let reading = read(layout.as_bytes());
            prop_assert_eq!(reading.configuration.is_none(), reading.report.has_errors());
            for finding in &reading.report.findings {
                prop_assert!(finding.position.is_some(), "{:?} in {}", finding, layout);
            }
        }
    }

    #[test]
    fn the_parser_takes_what_serde_json_takes(text in "[\\[\\]{}:,\"a0-9.eE+\\- \\\\utrfn]{0,24}") {
        let ours = super::super::tree::parse(&text, &CancellationToken::new()).is_ok();
        prop_assert_eq!(ours, serde_json::from_str::<serde::de::IgnoredAny>(&text).is_ok());
    }
}
