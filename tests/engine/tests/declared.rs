//! What persons declare: agents of different ids that are one, and differences that are on purpose.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::config::AgentId;
use aidb_core::error::ErrorCode;
use aidb_core::operations::{
    Acceptance, AcceptedItems, AgentStages, AskForKey, Cell, Consent, Context, Error, ImportOptions, Overview,
    OverviewRow, TargetRequest,
};
use aidb_core::store::{AcceptedDifference, By, NewAccepted, Program};
use aidb_sandbox::{Permission, Sample};
use chrono::{DateTime, TimeDelta, Utc};
use common::stages::{STAGES, Stages};

fn id(id: &str) -> AgentId {
    AgentId::new(id).expect("an id")
}

fn row<'o>(overview: &'o Overview, agent: &str) -> &'o OverviewRow {
    overview.rows.iter().find(|row| row.agent_id == agent).expect("a row")
}

fn named(members: &[(&str, &str)]) -> Vec<(String, String)> {
    members.iter().map(|(environment, agent)| ((*environment).to_owned(), (*agent).to_owned())).collect()
}

impl Stages {
    async fn pair(&self, members: &[(&str, &str)]) {
        self.engine.declare_pair(&named(members)).await.expect("declared");
    }

    async fn accept(&self, items: AcceptedItems, until: DateTime<Utc>) -> Result<Vec<AcceptedDifference>, Error> {
        let acceptance = Acceptance {
            environment: STAGES[1].into(),
            agent: id("orders"),
            items,
            reason: " Staging has no invoices. ".into(),
            until,
        };
        self.engine.accept(&acceptance, &Context::default()).await
    }

    async fn stages_of(&self, agent: &str, environment: Option<&str>) -> AgentStages {
        let context = Context::default();
        self.engine.agent_stages(&id(agent), environment, AskForKey::Now, &context).await.expect("read")
    }

    /// An agent that differs in two resources in the second stage, and not in the third.
    fn differing(&self) {
        self.agent(0, "orders", &["orders", "invoices"]);
        self.agent(1, "orders", &["orders", "refunds"]);
        self.agent(2, "orders", &["orders", "refunds"]);
    }
}

fn tomorrow() -> DateTime<Utc> {
    Utc::now() + TimeDelta::days(1)
}

#[tokio::test]
async fn a_pair_is_one_row_in_which_its_ids_are_no_difference() {
    let stages = Stages::start(Sample::Empty).await;
    stages.agent(0, "dev-agent", &["orders"]);
    stages.agent(1, "dev-agent", &["orders"]);
    stages.agent(2, "prod-agent", &["orders", "invoices"]);
    stages.agent(0, "other", &[]);
    let before = stages.overview().await;
    assert_eq!(before.rows.len(), 3, "without the pair it is red for ever");
    let suggested: Vec<Vec<&str>> =
        before.suggested.iter().map(|pair| pair.iter().map(|member| member.agent_id.as_str()).collect()).collect();
    assert_eq!(suggested, [["dev-agent", "prod-agent"]]);

    stages.pair(&[("development", "dev-agent"), (STAGES[2], "prod-agent")]).await;
    let overview = stages.overview().await;
    assert_eq!(overview.rows.len(), 2);
    let pair = row(&overview, "dev-agent");
    assert_eq!(pair.agent_ids, ["dev-agent", "dev-agent", "prod-agent"], "Staging has the id of the stage before");
    // The name differs as well: nobody says that two agents of a pair are called the same.
    assert_eq!(pair.cells, [Cell::First, Cell::Same { accepted: 0 }, Cell::Differs { differences: 2, accepted: 0 }]);
    assert!(overview.suggested.is_empty(), "it was declared");

    // Its partner is gone: the agent is missing there, under the partner's id.
    stages.servers[2].remove_agent("prod-agent").expect("removed");
    let overview = stages.overview().await;
    assert_eq!(row(&overview, "dev-agent").cells[2], Cell::Missing);

    stages.engine.dissolve_pair(STAGES[2], "prod-agent").await.expect("dissolved");
    assert!(stages.engine.pairs().await.expect("pairs").is_empty(), "one agent is no pair");
}

#[tokio::test]
async fn a_pair_has_one_agent_in_each_environment() {
    let stages = Stages::start(Sample::Empty).await;
    stages.pair(&[(STAGES[0], "a"), (STAGES[2], "a-live")]).await;
    stages.pair(&[(STAGES[1], "a-stage"), (STAGES[0], "a")]).await;
    let [pair] = &stages.engine.pairs().await.expect("pairs")[..] else { panic!("one pair") };
    let ids: Vec<&str> = pair.members.iter().map(|member| member.agent_id.as_str()).collect();
    assert_eq!(ids, ["a", "a-stage", "a-live"], "joined, in stage order");
    for refused in [
        named(&[(STAGES[1], "a-stage"), (STAGES[2], "another")]),
        named(&[(STAGES[0], "a"), (STAGES[0], "b")]),
        named(&[(STAGES[0], "alone")]),
        named(&[(STAGES[0], "with/slash"), (STAGES[1], "b")]),
    ] {
        let error = stages.engine.declare_pair(&refused).await.expect_err("refused").report();
        assert!(matches!(error.code, ErrorCode::Usage | ErrorCode::IdNotAddressable), "{error:?}");
        assert!(error.hint.is_some(), "{error:?}");
    }
    let unpaired = stages.engine.dissolve_pair(STAGES[1], "a").await.expect_err("refused").report();
    assert_eq!(unpaired.message, "a in Staging is in no pair.");
    assert_eq!(stages.engine.pairs().await.expect("pairs")[0].members.len(), 3);
    stages.engine.remove_environment(STAGES[2]).await.expect("removed");
    assert_eq!(stages.engine.pairs().await.expect("pairs")[0].members.len(), 2, "its agent goes with it");
}

#[tokio::test]
async fn a_promotion_goes_to_the_partner() {
    let stages = Stages::start(Sample::Empty).await;
    stages.agent(0, "dev-agent", &["orders", "invoices"]);
    stages.agent(2, "prod-agent", &["orders"]);
    stages.pair(&[(STAGES[0], "dev-agent"), (STAGES[2], "prod-agent")]).await;
    let target = |name: &str| TargetRequest { environment: Some(name.into()), ..TargetRequest::default() };
    let from = stages.engine.target(&target(STAGES[0])).await.expect("a target");
    let to = stages.engine.target(&target(STAGES[2])).await.expect("a target");
    let context = Context::default();
    let options = ImportOptions::default();
    let proposal =
        stages.engine.propose_promotion(&from, &id("dev-agent"), &to, &options, &context).await.expect("a plan");
    assert_eq!(proposal.plan.agent_id, id("prod-agent"));
    assert!(!proposal.plan.registers());
    assert!(
        proposal.plan.notes.iter().any(|note| note.message.contains("paired with prod-agent")),
        "{:?}",
        proposal.plan
    );
    stages.engine.apply(&to, &proposal, &Consent::default(), &context).await.expect("applied");
    assert_eq!(stages.servers[2].snapshot().agents.len(), 1, "no second agent");
    // And back: from the partner to the first.
    let back =
        stages.engine.propose_promotion(&to, &id("prod-agent"), &from, &options, &context).await.expect("a plan");
    assert_eq!((back.plan.agent_id.as_str(), back.plan.is_empty()), ("dev-agent", true));
}

#[tokio::test]
async fn an_accepted_difference_is_counted_apart_until_what_differs_changes() {
    let stages = Stages::start(Sample::Empty).await;
    stages.differing();
    let cell = |overview: &Overview, nth: usize| row(overview, "orders").cells[nth].clone();
    assert_eq!(cell(&stages.overview().await, 1), Cell::Differs { differences: 2, accepted: 0 });

    let accepted = stages.accept(AcceptedItems::Named(vec!["invoices".into()]), tomorrow()).await.expect("accepted");
    assert_eq!(accepted.len(), 1);
    assert_eq!(
        (accepted[0].says.as_str(), accepted[0].reason.as_str()),
        ("nothing in Staging, read in Development", "Staging has no invoices.")
    );
    let overview = stages.overview().await;
    assert_eq!(cell(&overview, 1), Cell::Differs { differences: 1, accepted: 1 });
    assert_eq!(cell(&overview, 2), Cell::Same { accepted: 0 }, "accepted beside the stage before, and nowhere else");
    stages.accept(AcceptedItems::All, tomorrow()).await.expect("accepted");
    let overview = stages.overview().await;
    assert_eq!(cell(&overview, 1), Cell::Same { accepted: 2 });
    assert!(!overview.differs(), "what is on purpose is no difference");
    let orders = stages.stages_of("orders", None).await;
    let [item] = &orders.items.iter().filter(|item| item.name == "refunds").collect::<Vec<_>>()[..] else { panic!() };
    let [difference] = &item.values[1].differences[..] else { panic!("{item:?}") };
    assert_eq!(difference.accepted.as_ref().map(|one| one.actor.as_str()), Some("tester"));

    // Another difference in the same place is another difference.
    stages.servers[0].set_resource("orders", "invoices", "table", &[Permission::Read, Permission::Write]).expect("set");
    assert_eq!(cell(&stages.overview().await, 1), Cell::Differs { differences: 1, accepted: 1 });

    let id = accepted_of(&stages, "resource:refunds").await.id.to_string();
    stages.engine.withdraw_accepted(&id).await.expect("withdrawn");
    assert_eq!(cell(&stages.overview().await, 1), Cell::Differs { differences: 2, accepted: 0 });
    let again = stages.engine.withdraw_accepted(&id).await.expect_err("gone").report();
    assert!(again.hint.is_some(), "{again:?}");
}

async fn accepted_of(stages: &Stages, item: &str) -> AcceptedDifference {
    let all = stages.engine.accepted_differences().await.expect("the store");
    let of = all.into_iter().filter(|one| one.item == item).collect::<Vec<_>>();
    let [one] = &of[..] else { panic!("one acceptance for an item: {of:?}") };
    one.clone()
}

#[tokio::test]
async fn an_accepted_difference_ends_by_itself() {
    let stages = Stages::start(Sample::Empty).await;
    stages.differing();
    let mut accepted = stages.accept(AcceptedItems::All, tomorrow()).await.expect("accepted");
    assert_eq!(row(&stages.overview().await, "orders").cells[1], Cell::Same { accepted: 2 });
    for AcceptedDifference { agent, before, item, digest, says, reason, .. } in accepted.drain(..) {
        let until = Utc::now() - TimeDelta::seconds(1);
        let ended = NewAccepted { agent, before, item, digest, says, reason, until };
        let by = By { actor: "tester".into(), program: Program::Terminal, at: Utc::now() };
        stages.engine.store().await.expect("the store").accept_difference(&ended, &by).await.expect("ended");
    }
    assert_eq!(row(&stages.overview().await, "orders").cells[1], Cell::Differs { differences: 2, accepted: 0 });
    assert_eq!(stages.engine.accepted_differences().await.expect("the store").len(), 2, "it is still told");
}

#[tokio::test]
async fn only_what_differs_as_it_was_shown_can_be_accepted() {
    let stages = Stages::start(Sample::Empty).await;
    stages.differing();
    let shown = stages.stages_of("orders", Some(STAGES[1])).await;
    let of = |name: &str| {
        let item = shown.items.iter().find(|item| item.name == name).expect("an item");
        let [difference] = &item.values[1].differences[..] else { panic!("{item:?}") };
        (difference.item.clone(), difference.digest.clone())
    };
    let (invoices, refunds) = (of("invoices"), of("refunds"));
    stages.servers[1].set_resource("orders", "refunds", "table", &[Permission::Admin]).expect("set");
    let moved = stages.accept(AcceptedItems::Shown(vec![invoices.clone(), refunds]), tomorrow()).await;
    assert_eq!(moved.expect_err("refused").report().code, ErrorCode::TargetChanged);
    assert!(stages.engine.accepted_differences().await.expect("the store").is_empty(), "nothing of it was accepted");
    stages.accept(AcceptedItems::Shown(vec![invoices]), tomorrow()).await.expect("as it was shown");

    for (items, until) in [
        (AcceptedItems::Named(vec!["orders".into()]), tomorrow()),
        (AcceptedItems::All, Utc::now() - TimeDelta::days(1)),
    ] {
        let error = stages.accept(items, until).await.expect_err("refused").report();
        assert!(error.code == ErrorCode::Usage && error.hint.is_some(), "{error:?}");
    }
    let acceptance = Acceptance {
        environment: STAGES[0].into(),
        agent: id("orders"),
        items: AcceptedItems::All,
        reason: "It is the first.".into(),
        until: tomorrow(),
    };
    let first = stages.engine.accept(&acceptance, &Context::default()).await.expect_err("refused").report();
    assert!(first.message.starts_with("Development is the first stage"), "{first:?}");
    let unreasoned = Acceptance { environment: STAGES[1].into(), reason: "  ".into(), ..acceptance };
    let unreasoned = stages.engine.accept(&unreasoned, &Context::default()).await.expect_err("refused").report();
    assert!(unreasoned.message.contains("The reason"), "{unreasoned:?}");
}

#[tokio::test]
async fn one_agent_is_shown_item_by_item_over_all_stages() {
    let mut stages = Stages::start(Sample::Empty).await;
    stages.differing();
    let read = stages.stages_of("orders", None).await;
    let names: Vec<&str> = read.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["name", "type", "invoices", "orders", "refunds"]);
    let texts = |name: &str| {
        let item = read.items.iter().find(|item| item.name == name).expect("an item");
        item.values.iter().map(|value| value.text.clone().unwrap_or_default()).collect::<Vec<_>>()
    };
    assert_eq!(texts("invoices"), ["read", "", ""]);
    assert_eq!(texts("name"), ["Agent orders"; 3]);
    let differing: Vec<Vec<bool>> =
        read.items.iter().map(|item| item.values.iter().map(|value| !value.differences.is_empty()).collect()).collect();
    let (same, second) = (vec![false; 3], vec![false, true, false]);
    assert_eq!(differing, [same.clone(), same.clone(), second.clone(), same, second]);

    let _closed = stages.servers.remove(1).leave().await.expect("its port");
    let read = stages.stages_of("orders", None).await;
    assert!(read.stages[1].present.as_ref().is_err_and(|report| report.code == ErrorCode::ConnectionRefused));
    assert_eq!((&read.stages[0].present, &read.stages[2].present), (&Ok(true), &Ok(true)), "the others are whole");
}
