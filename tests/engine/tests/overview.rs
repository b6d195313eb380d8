//! Overview: each cell says how an agent stands beside the stage before, and an environment that fails spoils no other.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use aidb_core::error::ErrorCode;
use aidb_core::operations::{AskForKey, Cell, Context, Overview, Side, TargetRequest, compare};
use aidb_sandbox::{ApiKey, ErrorBody, Fault, FaultAnswer, Sample};
use common::stages::{STAGES, Stages};
use common::{AGENT, agent_id};

const SAME: Cell = Cell::Same { accepted: 0 };

fn differs(differences: usize) -> Cell {
    Cell::Differs { differences, accepted: 0 }
}

fn cells<'o>(overview: &'o Overview, agent: &str) -> &'o [Cell] {
    &overview.rows.iter().find(|row| row.agent_id == agent).expect("a row").cells
}

#[tokio::test]
async fn each_cell_says_how_the_agent_stands_beside_the_stage_before() {
    let stages = Stages::start(Sample::Empty).await;
    for stage in 0..3 {
        stages.agent(stage, "same-10", &["orders"]);
    }
    stages.agent(0, "differs-9", &["orders", "customers"]);
    stages.agent(1, "differs-9", &["orders", "invoices"]);
    stages.agent(2, "differs-9", &["orders", "invoices"]);
    stages.agent(0, "ends", &[]);
    stages.agent(0, "gap", &["orders"]);
    stages.agent(2, "gap", &[]);
    stages.agent(2, "late", &[]);
    let overview = stages.overview().await;
    assert_eq!(cells(&overview, "same-10"), [Cell::First, SAME, SAME]);
    assert_eq!(cells(&overview, "differs-9"), [Cell::First, differs(2), SAME]);
    assert_eq!(cells(&overview, "ends"), [Cell::First, Cell::Missing, Cell::Missing]);
    assert_eq!(cells(&overview, "gap"), [Cell::First, Cell::Missing, Cell::First], "beside the stage right before");
    assert_eq!(cells(&overview, "late"), [Cell::Missing, Cell::Missing, Cell::First]);
    let counts: Vec<_> = overview.stages.iter().map(|one| (one.agents, one.differing, one.missing)).collect();
    assert_eq!(counts, [(4, 0, 1), (2, 1, 3), (4, 0, 1)]);
    assert!(overview.differs() && overview.is_whole());
    let ids: Vec<&str> = overview.rows.iter().map(|row| row.agent_id.as_str()).collect();
    assert_eq!(ids, ["differs-9", "ends", "gap", "late", "same-10"]);
    assert_eq!(overview.rows[0].name.as_deref(), Some("Agent differs-9"));
}

/// docs/QUALITY.md, P10: two requests an agent, and one list an environment.
#[tokio::test]
async fn as_few_requests_as_can_be() {
    let stages = Stages::start(Sample::Development).await;
    let overview = stages.overview().await;
    assert!(!overview.differs(), "three times the same");
    for (server, stage) in stages.servers.iter().zip(&overview.stages) {
        assert_eq!(server.request_count(), u64::try_from(1 + 2 * stage.agents).unwrap());
        assert!(server.requests().iter().all(|request| request.method == "GET"));
    }
}

#[tokio::test]
async fn an_environment_that_cannot_be_read_leaves_the_others_whole() {
    let mut stages = Stages::start(Sample::Development).await;
    stages.servers[1].switch(|switches| switches.required_api_key = Some(ApiKey::new("another")));
    let overview = stages.overview().await;
    assert_eq!(overview.stages[1].failure.as_ref().map(|failure| failure.code), Some(ErrorCode::Unauthorized));
    assert_eq!((overview.stages[0].agents, overview.stages[1].agents, overview.stages[2].agents), (8, 0, 8));
    for row in &overview.rows {
        let [first, Cell::Unknown { present: None, .. }, Cell::Unknown { present: Some(true), reason }] =
            &row.cells[..]
        else {
            panic!("{row:?}")
        };
        assert_eq!((first, reason.code), (&Cell::First, ErrorCode::Unauthorized), "what is in the way of comparing");
    }
    assert!(!overview.differs() && !overview.is_whole());

    let _closed = stages.servers.remove(2).leave().await.expect("its port");
    let overview = stages.overview().await;
    assert_eq!(overview.stages[2].failure.as_ref().map(|failure| failure.code), Some(ErrorCode::ConnectionRefused));
    assert!(overview.rows.iter().all(|row| row.cells[0] == Cell::First));
}

#[tokio::test]
async fn one_agent_that_cannot_be_read_is_one_cell() {
    let stages = Stages::start(Sample::Development).await;
    let page = Fault::on(1, FaultAnswer::status(500, ErrorBody::Json)).path_contains("faq-bot").for_ever();
    stages.servers[1].set_faults([page]);
    let overview = stages.overview().await;
    let [Cell::First, Cell::Unknown { present: Some(true), reason }, Cell::Unknown { present: Some(true), .. }] =
        cells(&overview, "faq-bot")
    else {
        panic!("{:?}", cells(&overview, "faq-bot"))
    };
    assert_eq!(reason.code, ErrorCode::ServerError);
    assert!(overview.stages.iter().all(|stage| stage.failure.is_none() && stage.agents == 8));
    let others = overview.rows.iter().filter(|row| row.agent_id != "faq-bot");
    assert!(others.flat_map(|row| &row.cells).all(|cell| matches!(cell, Cell::First | Cell::Same { .. })));
}

/// "The same" has one answer, here as in a comparison (docs/RULES.md#the-same).
#[tokio::test]
async fn a_cell_is_the_same_exactly_where_a_comparison_says_so() {
    let stages = Stages::start(Sample::Empty).await;
    for stage in 0..3 {
        stages.agent(stage, AGENT, &["orders"]);
    }
    stages.servers[1].link_database(AGENT, "main", "shop").expect("linked");
    stages.servers[2].link_database(AGENT, "main", "shop").expect("linked");
    let mut sides = Vec::new();
    for name in STAGES {
        let request = TargetRequest { environment: Some(name.into()), ..TargetRequest::default() };
        let target = stages.engine.target(&request).await.expect("a target");
        sides.push(stages.engine.side_of(&target, &agent_id(), &Context::default()).await.expect("a side"));
    }
    let same = |left: &Side, right: &Side| compare(left, right).expect("compared").is_same();
    assert_eq!((same(&sides[0], &sides[1]), same(&sides[1], &sides[2])), (false, true));
    let overview = stages.overview().await;
    assert_eq!(cells(&overview, AGENT), [Cell::First, differs(1), SAME]);
}

#[tokio::test]
async fn stopped_it_says_so_and_shows_nothing_half() {
    let stages = Stages::start(Sample::Development).await;
    let context = Context::default();
    context.cancel.cancel();
    let stopped = stages.engine.overview(AskForKey::Now, &context).await.expect_err("stopped");
    assert_eq!(stopped.report().code, ErrorCode::Interrupted);
}

#[tokio::test]
async fn the_last_overview_is_there_again_with_its_time_until_the_stages_are_others() {
    let stages = Stages::start(Sample::Development).await;
    assert!(stages.engine.last_overview().await.expect("the store").is_none());
    stages.servers[2].set_agent("late", serde_json::Map::new(), "its-own-key").expect("set");
    let read = stages.overview().await;
    let servers = stages.servers.iter().map(|server| server.request_count()).collect::<Vec<_>>();
    let kept = stages.engine.last_overview().await.expect("the store").expect("an overview");
    assert_eq!((kept.read_at, &kept.rows), (read.read_at, &read.rows));
    let counts = |overview: &Overview| -> Vec<_> {
        overview
            .stages
            .iter()
            .map(|one| (one.environment.name.clone(), one.agents, one.differing, one.missing))
            .collect()
    };
    assert_eq!(counts(&kept), counts(&read));
    let after = stages.servers.iter().map(|server| server.request_count()).collect::<Vec<_>>();
    assert_eq!(servers, after, "no server is asked for it");
    let reversed: Vec<String> = STAGES.iter().rev().map(|name| (*name).to_owned()).collect();
    stages.engine.order_environments(&reversed).await.expect("ordered");
    assert!(stages.engine.last_overview().await.expect("the store").is_none(), "the stage before is another one");
}
