//! Several agents in one go: each its own transaction, stopped by failures of one kind, taken up where it was killed, taken back.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod common;

use std::num::{NonZeroU32, NonZeroUsize};

use aidb_core::config::AgentId;
use aidb_core::error::{ErrorCode, Explain as _};
use aidb_core::files::Overwrite;
use aidb_core::operations::{
    AgentEnd, AgentStanding, BatchEnd, BatchOptions, BatchStop, Consent, Context, Deletion, Engine, Error,
    ImportOptions, LinkDatabase, Proposal, SavedPlan, Target, TargetRequest, Which,
};
use aidb_core::store::Batch;
use aidb_sandbox::{Effect, ErrorBody, Fault, FaultAnswer, Permission, Sample, Snapshot};
use common::engine_with;
use common::stages::{STAGES, Stages};
use tokio_util::sync::CancellationToken;

/// Agents of a stage, each with a resource that the next stage does not have.
const AGENTS: [&str; 5] = ["a-1", "a-2", "a-3", "a-4", "new"];

async fn fleet() -> (Stages, Target, Target) {
    let stages = Stages::start(Sample::Empty).await;
    for agent in AGENTS {
        stages.agent(0, agent, &["orders", "invoices"]);
    }
    for agent in &AGENTS[..4] {
        stages.agent(1, agent, &["orders"]);
    }
    let target = async |name: &str| {
        let request = TargetRequest { environment: Some(name.into()), ..TargetRequest::default() };
        stages.engine.target(&request).await.expect("a target")
    };
    let (from, to) = (target(STAGES[0]).await, target(STAGES[1]).await);
    (stages, from, to)
}

async fn plans(engine: &Engine, from: &Target, to: &Target, which: Which) -> Vec<Proposal> {
    let agents: Vec<AgentId> = AGENTS.iter().map(|agent| AgentId::new(*agent).expect("an id")).collect();
    let options = ImportOptions::default();
    let context = Context::default();
    let planned = engine.propose_promotions(from, &agents, to, &options, which, &context).await.expect("planned");
    planned.into_iter().map(|(_, proposal)| proposal).collect()
}

async fn run(engine: &Engine, to: &Target, plans: Vec<Proposal>, options: &BatchOptions) -> BatchEnd {
    engine.apply_batch(to, plans, &Consent::default(), options, &Context::default()).await.expect("begun")
}

fn is_done(end: &AgentEnd) -> bool {
    matches!(end, AgentEnd::Applied(applied) if applied.report.outcome == aidb_core::apply::Outcome::Done)
}

fn standings(batch: &Batch) -> Vec<AgentStanding> {
    batch.agents.iter().map(aidb_core::store::BatchAgent::standing).collect()
}

/// What the agents of a server may do, without what every registration makes anew.
fn access(snapshot: &Snapshot) -> Vec<(String, String)> {
    snapshot.agents.iter().map(|(id, agent)| (id.clone(), format!("{:?}", agent.resources))).collect()
}

#[tokio::test]
async fn every_agent_is_done_in_the_order_of_its_plan_and_undone_with_the_batch() {
    let (stages, from, to) = fleet().await;
    let before = access(&stages.servers[1].snapshot());
    let end =
        run(&stages.engine, &to, plans(&stages.engine, &from, &to, Which::All).await, &BatchOptions::default()).await;
    assert!(end.ends.len() == AGENTS.len() && end.ends.iter().all(is_done) && end.stopped.is_none(), "{end:?}");
    assert_eq!(access(&stages.servers[1].snapshot()), access(&stages.servers[0].snapshot()));
    assert!(plans(&stages.engine, &from, &to, Which::Differing).await.is_empty());

    let batch = stages.engine.batch(end.batch.as_str()).await.expect("kept");
    assert_eq!(standings(&batch), [AgentStanding::Done; 5]);
    assert!(batch.finished_at.is_some() && !batch.has_rest());
    assert!(stages.engine.interrupted_batches().await.expect("the store").is_empty());

    let context = Context::default();
    let undo = stages.engine.propose_undo(&to, &batch, &context).await.expect("planned");
    assert_eq!(undo.len(), 5);
    let options = BatchOptions { undoes: Some(batch.id.clone()), ..BatchOptions::default() };
    let unasked = stages.engine.apply_batch(&to, undo.clone(), &Consent::default(), &options, &context).await;
    assert_eq!(unasked.expect_err("an agent would go").code(), ErrorCode::ConfirmationRequired);
    let agreed = Consent::default().with_deletion(Deletion::Agreed);
    let undone = stages.engine.apply_batch(&to, undo, &agreed, &options, &context).await.expect("begun");
    assert!(undone.ends.iter().all(is_done), "{undone:?}");
    assert_eq!(access(&stages.servers[1].snapshot()), before);
    let undone = stages.engine.batch(undone.batch.as_str()).await.expect("kept");
    assert_eq!((undone.undoes, undone.source), (Some(batch.id.clone()), batch.id.to_string()));
    assert!(stages.engine.propose_undo(&to, &batch, &context).await.expect("planned").is_empty(), "nothing is left");
}

#[tokio::test]
async fn one_agent_that_fails_leaves_the_others_done_and_is_tried_again_with_the_rest() {
    let (stages, from, to) = fleet().await;
    let refused = Fault::on(1, FaultAnswer::status(501, ErrorBody::Json)).method("PUT").path_contains("a-2").for_ever();
    stages.servers[1].set_faults([refused]);
    let end =
        run(&stages.engine, &to, plans(&stages.engine, &from, &to, Which::All).await, &BatchOptions::default()).await;
    let done: Vec<bool> = end.ends.iter().map(is_done).collect();
    assert_eq!(done, [true, false, true, true, true]);
    let batch = stages.engine.batch(end.batch.as_str()).await.expect("kept");
    assert_eq!(standings(&batch)[1], AgentStanding::PutBack);

    stages.servers[1].set_faults([]);
    let rest = stages.engine.rest_of_batch(&batch).await.expect("plans");
    assert_eq!(rest.iter().map(|proposal| proposal.plan.agent_id.as_str()).collect::<Vec<_>>(), ["a-2"]);
    let (agreed, context) = (Consent::default(), Context::default());
    let elsewhere = stages.engine.resume_batch(&from, &batch, &agreed, &CancellationToken::new(), &context).await;
    assert!(matches!(elsewhere, Err(Error::PlanUnusable { .. })), "a plan is for its own server: {elsewhere:?}");
    let again =
        stages.engine.resume_batch(&to, &batch, &agreed, &CancellationToken::new(), &context).await.expect("begun");
    assert!(again.ends.len() == 1 && is_done(&again.ends[0]), "{again:?}");
    let batch = stages.engine.batch(end.batch.as_str()).await.expect("kept");
    assert_eq!(standings(&batch), [AgentStanding::Done; 5]);
}

#[tokio::test]
async fn failures_of_one_kind_in_a_row_stop_it_and_the_rest_is_not_started() {
    let (stages, from, to) = fleet().await;
    let proposals = plans(&stages.engine, &from, &to, Which::All).await;
    let refused = Fault::on(1, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").for_ever();
    stages.servers[1].set_faults([refused]);
    let one_by_one = stages.one_by_one();
    let options = BatchOptions { stop_after: NonZeroU32::new(2).expect("two"), ..BatchOptions::default() };
    let end = run(&one_by_one, &to, proposals, &options).await;
    assert_eq!(end.stopped, Some(BatchStop::SameFailure(ErrorCode::Forbidden)));
    let not_started = end.ends.iter().filter(|end| matches!(end, AgentEnd::NotStarted)).count();
    assert_eq!(not_started, 3, "{end:?}");
    let batch = stages.engine.batch(end.batch.as_str()).await.expect("kept");
    assert_eq!(batch.count(AgentStanding::NotStarted), 3);
}

#[tokio::test]
async fn the_one_that_goes_first_goes_alone_and_the_others_wait_for_it() {
    let (stages, from, to) = fleet().await;
    let proposals = plans(&stages.engine, &from, &to, Which::All).await;
    let refused = Fault::on(1, FaultAnswer::status(403, ErrorBody::Json)).method("PUT").path_contains("a-3").for_ever();
    stages.servers[1].set_faults([refused]);
    let first =
        |agent: &str| BatchOptions { first: Some(AgentId::new(agent).expect("an id")), ..BatchOptions::default() };
    let end = run(&stages.engine, &to, proposals.clone(), &first("a-3")).await;
    assert_eq!(end.stopped, Some(BatchStop::FirstFailed));
    let started: Vec<bool> = end.ends.iter().map(|end| !matches!(end, AgentEnd::NotStarted)).collect();
    assert_eq!(started, [false, false, true, false, false], "in the order of the plans, whoever goes first");
    let nobody =
        stages.engine.apply_batch(&to, proposals, &Consent::default(), &first("nobody"), &Context::default()).await;
    assert!(matches!(nobody, Err(Error::NotInBatch { .. })), "{nobody:?}");
}

#[tokio::test]
async fn an_agent_that_moved_since_is_refused_and_the_others_are_done() {
    let (stages, from, to) = fleet().await;
    let proposals = plans(&stages.engine, &from, &to, Which::All).await;
    stages.servers[1].set_resource("a-1", "secret", "table", &[Permission::Admin]).expect("set");
    let end = run(&stages.engine, &to, proposals, &BatchOptions::default()).await;
    assert!(matches!(&end.ends[0], AgentEnd::Refused(Error::TargetChanged { .. })), "{end:?}");
    assert!(end.ends[1..].iter().all(is_done), "{end:?}");
    let batch = stages.engine.batch(end.batch.as_str()).await.expect("kept");
    // It was begun and failed before its first write, which its operation says.
    assert!(matches!(batch.agents[0].standing(), AgentStanding::Refused | AgentStanding::PutBack), "{batch:?}");
    let why = batch.agents[0].refused.as_ref().expect("a reason");
    assert_eq!(why.code, ErrorCode::TargetChanged);
}

/// docs/QUALITY.md, R11: killed at every request, within an agent and between two, each agent is old or new, and the batch goes on
/// where it stopped.
#[tokio::test]
async fn r11_killed_at_any_request_it_goes_on_where_it_stopped() {
    let mut killed = 0;
    for nth in 1.. {
        let (stages, from, to) = fleet().await;
        let (old, new) = (access(&stages.servers[1].snapshot()), access(&stages.servers[0].snapshot()));
        let proposals = plans(&stages.engine, &from, &to, Which::All).await;
        let server = &stages.servers[1];
        server.clear_requests();
        let effect = if nth % 2 == 0 { Effect::After } else { Effect::Before };
        server.set_faults([Fault { effect, ..Fault::on(nth, FaultAnswer::Hang { ms: None }) }]);
        let ended = {
            let options = BatchOptions::default();
            let work = Box::pin(run(&stages.engine, &to, proposals, &options));
            let hanging = async {
                while !server.requests().iter().any(|request| request.waits) {
                    tokio::time::sleep(std::time::Duration::from_millis(1)).await;
                }
            };
            tokio::select! {
                ended = work => Some(ended),
                () = hanging => None,
            }
        };
        server.set_faults([]);
        if ended.is_some() {
            break;
        }
        killed += 1;
        let engine = stages.one_by_one();
        let [batch] = &engine.interrupted_batches().await.expect("the store")[..] else { panic!("it is found: {nth}") };
        engine
            .recover(aidb_core::operations::RecoveryRequest::default(), &Context::default())
            .await
            .expect("recovered");
        for agent in access(&server.snapshot()) {
            assert!(old.contains(&agent) || new.contains(&agent), "killed at {nth}: {agent:?} is neither old nor new");
        }
        let to = engine.target_of_batch(batch).await.expect("a target");
        let end = engine
            .resume_batch(&to, batch, &Consent::default(), &CancellationToken::new(), &Context::default())
            .await
            .expect("begun");
        assert!(end.ends.iter().all(is_done), "killed at {nth}: {end:?}");
        assert_eq!(access(&server.snapshot()), new, "killed at {nth}");
        let batch = engine.batch(batch.id.as_str()).await.expect("kept");
        assert_eq!(standings(&batch), [AgentStanding::Done; 5], "killed at {nth}: its summary is right");
        assert!(engine.interrupted_batches().await.expect("the store").is_empty());
    }
    assert!(killed >= 30, "{killed} requests");
}

#[tokio::test]
async fn two_processes_do_not_carry_out_one_batch() {
    let (stages, from, to) = fleet().await;
    let proposals = plans(&stages.engine, &from, &to, Which::All).await;
    let server = &stages.servers[1];
    server.clear_requests();
    server.set_faults([Fault::on(1, FaultAnswer::Hold).method("PUT")]);
    let options = BatchOptions::default();
    let work = Box::pin(run(&stages.engine, &to, proposals, &options));
    let meanwhile = async {
        while !server.requests().iter().any(|request| request.waits) {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
        let other = stages.one_by_one();
        assert!(other.interrupted_batches().await.expect("the store").is_empty(), "it is not interrupted");
        let batch = other.batches().await.expect("the store").remove(0);
        let refused = other
            .resume_batch(&to, &batch, &Consent::default(), &CancellationToken::new(), &Context::default())
            .await
            .expect_err("refused");
        assert_eq!(refused.code(), ErrorCode::AgentBusy, "{refused}");
        server.release();
    };
    let (end, ()) = tokio::join!(work, meanwhile);
    assert!(end.ends.iter().all(is_done), "{end:?}");
}

#[tokio::test]
async fn the_plans_of_several_agents_are_saved_in_one_file_and_applied_once() {
    let (stages, from, to) = fleet().await;
    let proposals = plans(&stages.engine, &from, &to, Which::Differing).await;
    let path = stages.folder.path().join("plans.json");
    let saved = stages.engine.save_plan(&to, &proposals.iter().collect::<Vec<_>>(), &path, Overwrite::Nothing).await;
    let words = saved.expect("saved").words();
    let read = || SavedPlan::read(&path).expect("read");
    assert_eq!((read().plans().count(), read().words()), (5, words));
    stages.servers[1].set_resource("a-4", "secret", "table", &[Permission::Admin]).expect("set");
    let link = LinkDatabase::Later;
    let proposals = stages.engine.propose_saved(&to, read(), &link, None).await.expect("the plans");
    let end = run(&stages.engine, &to, proposals, &BatchOptions::default()).await;
    let done: Vec<bool> = end.ends.iter().map(is_done).collect();
    assert_eq!(done, [true, true, true, false, true], "the one that moved is refused, and the others are done");
    let again = stages.engine.propose_saved(&to, read(), &link, None).await.expect("the plans");
    let again = run(&stages.engine, &to, again, &BatchOptions::default()).await;
    assert!(again.ends.iter().all(|end| !is_done(end)), "once: {again:?}");

    let text = std::fs::read_to_string(&path).expect("text");
    std::fs::write(&path, text.replacen("\"read\"", "\"admin\"", 1)).expect("edited");
    let edited = SavedPlan::read(&path).expect_err("refused").to_string();
    assert!(edited.contains("was changed since it was saved"), "{edited}");
}

impl Stages {
    /// The same data folder in another process, which changes one agent at a time.
    fn one_by_one(&self) -> Engine {
        engine_with(&self.folder, NonZeroUsize::MIN)
    }
}
