//! Rules of the plan, on a model of a server: what its calls do to a state (docs/CONNECTOR.md), and nothing more.

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::Map;

use super::*;
use crate::config::{Agent, LiveAgent, Permission, PermissionSet, ResourcePermission, ResourcePermissions};

fn agent_id() -> AgentId {
    AgentId::new("my-agent").expect("addressable")
}

fn agent(resources: ResourcePermissions) -> Agent {
    Agent {
        agent_id: "my-agent".into(),
        name: "My Agent".into(),
        agent_type: Some("analytics".into()),
        database: None,
        resource_permissions: resources,
        info: Map::new(),
    }
}

fn present(agent: Agent) -> AgentState {
    AgentState::Present(Box::new(LiveAgent::of(agent)))
}

fn entries(list: &[(&str, &[Permission])]) -> ResourcePermissions {
    list.iter().map(|(id, set)| ((*id).to_owned(), ResourcePermission::new("table", set.iter().copied()))).collect()
}

fn plan_to(wanted: &Agent, live: &AgentState, mode: Mode) -> Plan {
    let goal = Goal::Agent { agent: wanted, linking: DatabaseLinking::Later, limits: &LimitsGoal::Unsaid };
    make(&agent_id(), goal, live, mode)
}

fn plan_back(before: &AgentState, live: &AgentState) -> Plan {
    match before.present() {
        Some(before) => plan_to(&before.agent, live, Mode::Exact),
        None => make(&agent_id(), Goal::Absent, live, Mode::Exact),
    }
}

/// What the recorded server does with a change. Refuses what it could not do.
fn carry_out(state: &mut AgentState, change: &Change) {
    match (change, &mut *state) {
        (Change::Register { name, agent_type, info, .. }, AgentState::Absent) => {
            let mut registered = agent(ResourcePermissions::new());
            (registered.name, registered.agent_type, registered.info) =
                (name.clone(), agent_type.clone(), info.clone());
            *state = present(registered);
        }
        (Change::SetPermission { resource_id, after, .. }, AgentState::Present(live)) => {
            live.agent.resource_permissions.insert(resource_id.clone(), after.clone());
        }
        (Change::Revoke { resource_id, .. }, AgentState::Present(live)) => {
            assert!(crate::config::addressable(resource_id).is_ok(), "no route for {resource_id:?}");
            assert!(live.agent.resource_permissions.remove(resource_id).is_some(), "revoking {resource_id:?}: 404");
        }
        (Change::DeleteAgent { .. }, AgentState::Present(_)) => *state = AgentState::Absent,
        (change, state) => panic!("the server could not do {change:?} in {state:?}"),
    }
}

fn applied(live: &AgentState, changes: &[Change]) -> AgentState {
    let mut state = live.clone();
    changes.iter().for_each(|change| carry_out(&mut state, change));
    state
}

/// The resources as a server that cannot remove some ids would show them: empty entries of those are as good as none.
fn resources(state: &AgentState) -> Option<ResourcePermissions> {
    let mut resources = state.present()?.agent.resource_permissions.clone();
    resources.retain(|id, entry| crate::config::addressable(id).is_ok() || !entry.permissions.is_empty());
    Some(resources)
}

fn access() -> impl Strategy<Value = Vec<Permission>> {
    prop::sample::subsequence(Permission::ALL.to_vec(), 0..=4)
}

fn any_resources() -> impl Strategy<Value = ResourcePermissions> {
    let id = prop_oneof!["[a-e]", "[a-c]/[a-c]", "ü[a-c] x"];
    let entry = (prop_oneof![Just("table"), Just("dataset")], access())
        .prop_map(|(kind, set)| ResourcePermission::new(kind, set));
    proptest::collection::btree_map(id, entry, 0..8)
}

fn any_state() -> impl Strategy<Value = AgentState> {
    prop_oneof![1 => Just(AgentState::Absent), 6 => any_resources().prop_map(|resources| present(agent(resources)))]
}

proptest! {
    /// R10: in exact mode applying gives the goal, planning again gives nothing, rolling back gives what was there.
    #[test]
    fn r10_exact_apply_reaches_the_goal_and_rollback_the_original(live in any_state(), wanted in any_resources()) {
        let wanted = agent(wanted);
        let plan = plan_to(&wanted, &live, Mode::Exact);
        let end = applied(&live, &plan.changes);
        prop_assert_eq!(resources(&end), resources(&present(wanted.clone())));
        prop_assert!(plan_to(&wanted, &end, Mode::Exact).is_empty(), "planning again finds something to do");
        let back = plan_back(&live, &end);
        prop_assert_eq!(resources(&applied(&end, &back.changes)), resources(&live));
    }

    /// R10: in merge mode applying gives a superset: every wanted entry as wanted, every other as it was.
    #[test]
    fn r10_merge_apply_gives_a_superset(live in any_state(), wanted in any_resources()) {
        let plan = plan_to(&agent(wanted.clone()), &live, Mode::Merge);
        let end = applied(&live, &plan.changes);
        let mut expected = live.present().map(|live| live.agent.resource_permissions.clone()).unwrap_or_default();
        expected.extend(wanted.clone());
        prop_assert_eq!(&end.present().expect("registered").agent.resource_permissions, &expected);
        prop_assert!(plan_to(&agent(wanted), &end, Mode::Merge).is_empty(), "planning again finds something to do");
        prop_assert!(unreached(&plan.changes, &end).is_empty(), "the end is not recognised as reached");
    }

    /// Stopping after any part of the changes, and putting that part back, gives what was there; nothing is left over.
    #[test]
    fn reverting_any_part_of_an_apply_gives_the_original(live in any_state(), wanted in any_resources(), part in 0.0..=1.0f64) {
        let plan = plan_to(&agent(wanted), &live, Mode::Exact);
        let done = (plan.changes.len() as f64 * part) as usize;
        let middle = applied(&live, &plan.changes[..done]);
        // Everything was tried; how much took effect is for the live state to tell.
        let reversal = revert(&plan.changes, &middle, Ownership::Ours);
        prop_assert_eq!(&reversal.left, &vec![]);
        prop_assert_eq!(resources(&applied(&middle, &reversal.undo)), resources(&live));
    }

    /// What somebody else wrote between apply and undo is never touched (R6).
    #[test]
    fn r6_reverting_never_touches_what_somebody_else_wrote(live in any_resources(), wanted in any_resources(), foreign in any_resources()) {
        let live = present(agent(live));
        let plan = plan_to(&agent(wanted), &live, Mode::Exact);
        let mut moved = applied(&live, &plan.changes);
        let AgentState::Present(now) = &mut moved else { unreachable!() };
        let before = live.present().expect("present");
        // Only values that are neither what aidb wrote nor what was there tell that somebody else was at work.
        let foreign: ResourcePermissions = foreign.into_iter().filter(|(id, entry)| {
            let same = |other: Option<&ResourcePermission>| match other {
                Some(other) => other.same_access(entry),
                None => entry.permissions.is_empty(),
            };
            !same(now.agent.resource_permissions.get(id)) && !same(before.agent.resource_permissions.get(id))
        }).collect();
        now.agent.resource_permissions.extend(foreign.clone());
        let reversal = revert(&plan.changes, &moved, Ownership::Ours);
        let end = applied(&moved, &reversal.undo);
        for (id, entry) in &foreign {
            prop_assert_eq!(end.present().expect("present").agent.resource_permissions.get(id), Some(entry));
        }
        let touched: BTreeSet<ChangeKey> = plan.changes.iter().map(Change::key).collect();
        let expected: BTreeSet<ChangeKey> = foreign.keys().map(|id| ChangeKey::resource(id)).filter(|key| touched.contains(key)).collect();
        let left: BTreeSet<ChangeKey> = reversal.left.iter().map(|left| left.change.clone()).collect();
        prop_assert_eq!(left, expected);
    }

    #[test]
    fn a_plan_survives_being_serialised(live in any_state(), wanted in any_resources()) {
        let plan = plan_to(&agent(wanted), &live, Mode::Exact);
        let text = serde_json::to_string(&plan).expect("serialises");
        prop_assert_eq!(serde_json::from_str::<Plan>(&text).expect("reads back"), plan);
    }
}

#[test]
fn a_registration_that_is_not_ours_is_never_deleted() {
    let wanted = agent(entries(&[("customers", &[Permission::Read])]));
    let plan = plan_to(&wanted, &AgentState::Absent, Mode::Merge);
    let reversal = revert(&plan.changes, &present(wanted), Ownership::Foreign);
    assert_eq!(reversal.undo, vec![], "somebody else's agent must stay");
    assert_eq!(reversal.left.len(), 1);
}

#[test]
fn a_registered_agent_that_somebody_else_used_since_is_not_deleted() {
    let wanted = agent(entries(&[("customers", &[Permission::Read])]));
    let plan = plan_to(&wanted, &AgentState::Absent, Mode::Merge);
    let moved = present(agent(entries(&[("customers", &[Permission::Read]), ("theirs", &[Permission::Write])])));
    let reversal = revert(&plan.changes, &moved, Ownership::Ours);
    let keys: Vec<ChangeKey> = reversal.undo.iter().map(Change::key).collect();
    assert_eq!(keys, vec![ChangeKey::resource("customers")], "ours goes back, the agent stays");
    assert_eq!(reversal.left.len(), 1);
    assert!(reversal.left[0].reason.contains("theirs"), "{}", reversal.left[0].reason);
}

#[test]
fn a_link_that_may_have_been_replaced_is_reported() {
    let mut live = agent(ResourcePermissions::new());
    live.database = Some(crate::config::DatabaseReference::default());
    let change = Change::LinkDatabase {
        before: live.database.clone(),
        linked_at: Some("1".into()),
        database: live.database.clone().unwrap_or_default(),
    };
    let mut now = LiveAgent { linked_at: Some("1".into()), ..LiveAgent::of(live) };
    let untouched = revert([&change], &AgentState::Present(Box::new(now.clone())), Ownership::Unknown);
    assert_eq!(untouched, Reversal::default());
    now.linked_at = Some("2".into());
    let replaced = revert([&change], &AgentState::Present(Box::new(now)), Ownership::Unknown);
    assert_eq!(replaced.left.len(), 1, "a link that cannot be taken back must be reported");
}

#[test]
fn groups_and_words_follow_what_is_gained_and_lost() {
    use Permission::{Admin, Delete, Read, Write};
    let live = present(agent(entries(&[
        ("customers", &[Read]),
        ("legacy", &[Admin]),
        ("orders", &[Read, Write]),
        ("reports", &[Read, Write]),
        ("same", &[Write, Read]),
    ])));
    let mut wanted = agent(entries(&[
        ("customers", &[Read, Write]),
        ("invoices", &[Read]),
        ("orders", &[Read, Delete]),
        ("reports", &[Read]),
        ("same", &[Read, Write]),
    ]));
    wanted.name = "My Agent 2".into();
    let plan = plan_to(&wanted, &live, Mode::Exact);
    let shown: Vec<String> = plan
        .items()
        .map(|item| format!("{:?} {}: {}", item.group(), item.change().subject(), item.change().describe()))
        .chain(plan.unchangeable.iter().map(Unchangeable::describe))
        .chain(plan.notes.iter().map(|note| note.message.clone()))
        .collect();
    insta::assert_debug_snapshot!((shown, &plan.same, summary_lines(&plan)));
}

#[test]
fn what_gains_and_loses_is_two_items_and_each_can_be_chosen_alone() {
    use Permission::{Admin, Delete, Read, Write};
    let live = present(agent(entries(&[("orders", &[Read, Delete, Admin])])));
    let plan = plan_to(&agent(entries(&[("orders", &[Read, Write])])), &live, Mode::Merge);
    assert_eq!((plan.changes.len(), plan.item_count(), plan.count(Group::LosesAccess)), (1, 2, 1));
    let keys: Vec<ChangeKey> = plan.items().map(|item| item.key()).collect();
    assert_eq!(keys, [ChangeKey::gain("orders"), ChangeKey::loss("orders")]);
    let chosen = |keys: &[ChangeKey]| {
        let plan = plan.clone().select(&Selection::Only(keys.iter().cloned().collect())).expect("known");
        let set: Vec<Vec<Permission>> = plan.changes.iter().filter_map(set_to).collect();
        (set, plan.notes.iter().any(|note| note.code == NoteCode::LosesAccess))
    };
    assert_eq!(chosen(&[ChangeKey::gain("orders")]), (vec![vec![Read, Write, Delete, Admin]], false));
    assert_eq!(chosen(&[ChangeKey::loss("orders")]), (vec![vec![Read]], true));
    assert_eq!(chosen(&keys), (vec![vec![Read, Write]], true), "both are one call");
    assert_eq!(chosen(&[ChangeKey::resource("orders")]), (vec![vec![Read, Write]], true), "all that happens to it");
}

#[test]
fn whoever_chose_a_gain_has_not_chosen_the_loss_that_a_new_plan_has_instead() {
    use Permission::{Read, Write};
    let wanted = agent(entries(&[("orders", &[Read])]));
    let live = present(agent(entries(&[("orders", &[Read, Write])])));
    let plan = plan_to(&wanted, &live, Mode::Merge);
    let only = Selection::Only([ChangeKey::gain("orders")].into());
    assert_eq!(plan.select(&only).expect("the resource is known").changes, []);
}

fn set_to(change: &Change) -> Option<Vec<Permission>> {
    match change {
        Change::SetPermission { after, .. } => Some(after.permissions.iter().collect()),
        _ => None,
    }
}

proptest! {
    /// Whatever stands on both sides: an item is a loss where less is allowed after it, and all items together are the change.
    #[test]
    fn items_part_what_is_given_from_what_is_taken(before in access(), after in access(), retyped: bool) {
        let entry = |permissions: &[Permission], kind: &str| ResourcePermission::new(kind, permissions.iter().copied());
        let (before, after) = (entry(&before, "table"), entry(&after, if retyped { "dataset" } else { "table" }));
        let change = Change::SetPermission { resource_id: "x".into(), before: Some(before.clone()), after: after.clone() };
        let (mut permissions, mut kind) = (before.permissions, before.resource_type.clone());
        for item in change.items() {
            let Change::SetPermission { after: alone, .. } = item.change() else { panic!("{item:?}") };
            let taken = before.permissions.minus(alone.permissions);
            prop_assert_eq!(item.is_loss(), !taken.is_empty());
            permissions = permissions.with(alone.permissions).minus(taken);
            if alone.resource_type != before.resource_type {
                prop_assert!(!item.is_loss());
                kind.clone_from(&alone.resource_type);
            }
        }
        prop_assert_eq!((permissions, kind), (after.permissions, after.resource_type));
        prop_assert_eq!(change.items().count(), change.item_count());
    }
}

#[test]
fn a_selection_brings_the_registration_and_counts_losses_again() {
    let wanted = agent(entries(&[("a", &[Permission::Read]), ("b", &[Permission::Read])]));
    let plan = plan_to(&wanted, &AgentState::Absent, Mode::Merge);
    let chosen = plan.select(&Selection::resources(["b"])).expect("known");
    let keys: Vec<String> = chosen.changes.iter().map(|change| change.key().as_str().to_owned()).collect();
    assert_eq!(keys, ["register", "resource:b"]);

    let live = present(agent(entries(&[("lost", &[Permission::Read]), ("more", &[Permission::Read])])));
    let plan = plan_to(&agent(ResourcePermissions::new()), &live, Mode::Exact);
    let chosen = plan.clone().select(&Selection::resources(["lost"])).expect("known");
    assert_eq!(chosen.notes.iter().map(|note| note.message.as_str()).collect::<Vec<_>>(), ["1 resource loses access."]);
    let unknown = plan.select(&Selection::resources(["losst"])).expect_err("not there");
    assert_eq!(unknown.nearest.as_deref(), Some("lost"));
}

#[test]
fn the_fingerprint_sees_a_new_registration_and_no_order() {
    let live = |at: &str| {
        AgentState::Present(Box::new(LiveAgent {
            agent: agent(entries(&[("a", &[Permission::Write, Permission::Read])])),
            registered_at: Some(at.into()),
            linked_at: None,
            withheld: Vec::new(),
            rate_limits: None,
        }))
    };
    assert_ne!(Fingerprint::of(&live("1")), Fingerprint::of(&live("2")), "registered anew means another key");
    assert_eq!(Fingerprint::of(&live("1")), Fingerprint::of(&live("1")));
    assert_ne!(Fingerprint::of(&AgentState::Absent), Fingerprint::of(&live("1")));
}

#[test]
fn tables_that_the_target_lacks_are_pointed_out() {
    let wanted = agent(entries(&[("customers", &[Permission::Read]), ("gone", &[Permission::Read])]));
    let listed = ["customers".to_owned()];
    let goal = Goal::Agent { agent: &wanted, linking: DatabaseLinking::Later, limits: &LimitsGoal::Unsaid };
    let live = present(agent(ResourcePermissions::new()));
    let mut plan = make(&agent_id(), goal, &live, Mode::Merge);
    plan.check_tables(TargetTables::Listed(&listed));
    let missing: Vec<_> = plan.notes.iter().filter(|note| note.code == NoteCode::TableMissing).collect();
    assert_eq!(missing.len(), 1);
    assert_eq!(missing[0].resource.as_deref(), Some("gone"));
    assert!(PermissionSet::EMPTY.is_empty());
}

#[test]
fn what_moved_is_said_by_resource_and_by_what_is_of_the_agent() {
    use Permission::{Read, Write};
    let was = present(agent(entries(&[("customers", &[Read]), ("orders", &[Read]), ("same", &[Write])])));
    let mut now = agent(entries(&[("customers", &[Read, Write]), ("returns", &[Read]), ("same", &[Write])]));
    now.name = "Your Agent".into();
    let words = drift(&was, &present(now));
    let expected = [
        "name: now “Your Agent”; was “My Agent”",
        "customers: now read and write; was read",
        "orders: now not listed; was read",
        "returns: now read; was not listed",
    ];
    assert_eq!(words, expected);
    assert_eq!(drift(&was, &was), Vec::<String>::new());
    assert_eq!(drift(&was, &AgentState::Absent), ["The agent my-agent was deleted meanwhile."]);
    assert_eq!(drift(&AgentState::Absent, &was), ["The agent my-agent was registered meanwhile."]);
}
