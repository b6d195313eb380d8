//! `aidb migrate promote`.

mod args;

pub(crate) use args::PromoteArgs;

use aidb_core::config::AgentId;
use aidb_core::connector::PlainHttp;
use aidb_core::operations::{BatchOptions, Context, Engine, Error, ImportOptions, Target, TargetRequest, Which};
use aidb_core::plan::Mode;
use serde_json::{Value, json};

use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::input::selection;
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;
use crate::view::Detail;
use crate::view::human::{Human, done, shown};
use crate::view::json::Json;

/// Plans all agents before the first is written.
pub(crate) async fn promote(invocation: &Invocation, args: PromoteArgs) -> Result<Exit, Failure> {
    refuse_one_server_flags(invocation)?;
    let engine = invocation.engine()?;
    let from = named(invocation, &engine, &args.from).await?;
    let to = named(invocation, &engine, &args.to).await?;
    let options = ImportOptions {
        mode: if args.exact { Mode::Exact } else { Mode::Merge },
        selection: selection(&args.only),
        ..ImportOptions::default()
    };
    let context = invocation.applying(&engine, &args.apply)?;
    let agents = agents(invocation, &engine, &from, &args, &context).await?;
    let which = if args.differing { Which::Differing } else { Which::All };
    let proposals = engine.propose_promotions(&from, &agents, &to, &options, which, &context).await?;
    let ids: Vec<&str> = proposals.iter().map(|(_, proposal)| proposal.plan.agent_id.as_str()).collect();
    recover::before(invocation, &engine, &to, Writing::of(args.apply.dry_run, &ids), &context).await?;
    let planned: Vec<Planned> = proposals
        .into_iter()
        .map(|(agent, proposal)| Planned {
            source: format!("{agent} in {}", from.name),
            findings: Vec::new(),
            proposal,
        })
        .collect();
    if planned.is_empty() {
        invocation.result(&NothingDiffers { from: from.name, to: to.name })?;
        return Ok(Exit::Done);
    }
    let flags = Flags::of(&args.apply);
    let first = args.first.map(AgentId::new).transpose()?;
    let batch = BatchOptions { first, stop_after: args.stop_after, ..BatchOptions::default() };
    let turn =
        Turn { invocation, engine: &engine, action: "promote", target: &to, flags, context: &context, batch: &batch };
    turn.end(planned, &args.apply).await
}

/// That there is nothing to promote.
struct NothingDiffers {
    from: String,
    to: String,
}

impl Human for NothingDiffers {
    fn human(&self, _detail: Detail) -> String {
        done(&format!("No agent of {} differs in {}.\n", shown(&self.from), shown(&self.to)))
    }
}

impl Json for NothingDiffers {
    fn json(&self) -> Value {
        json!({ "success": true, "action": "promote", "dry_run": false, "differs": false, "results": [] })
    }
}

/// An environment with the key that is stored for it: a key or URL from a variable is for one server, and here are two.
async fn named(invocation: &Invocation, engine: &Engine, name: &str) -> Result<Target, Error> {
    let ca_file = invocation.global.target.ca_file.clone().into();
    let plain_http = invocation.global.target.allow_plain_http.then_some(PlainHttp::Allowed);
    let request = TargetRequest { environment: Some(name.to_owned()), ca_file, plain_http, ..TargetRequest::default() };
    engine.target(&request).await
}

/// `-e`, `-u` and `-k` name one server, and a promotion has two.
fn refuse_one_server_flags(invocation: &Invocation) -> Result<(), CommandError> {
    if invocation.names_target() || invocation.global.target.api_key.is_some() {
        return Err(CommandError::BadValue {
            message: "A promotion has two environments, and -e, -u and -k are for one. Nothing was sent.".into(),
            hint: "Name them with --from and --to; the key of each is the one that is stored for it.".into(),
        });
    }
    Ok(())
}

/// Each once, in the order in which they were named; all that there are where all are meant.
async fn agents(
    invocation: &Invocation,
    engine: &Engine,
    from: &Target,
    args: &PromoteArgs,
    context: &Context,
) -> Result<Vec<AgentId>, Failure> {
    if args.all || args.differing {
        let ids = engine.agents(from, context).await?;
        return Ok(ids.into_iter().map(AgentId::new).collect::<Result<_, _>>()?);
    }
    if args.agents.is_empty() {
        return Ok(vec![invocation.agent(from)?]);
    }
    let mut agents = Vec::with_capacity(args.agents.len());
    for id in &args.agents {
        let agent = AgentId::new(id.clone())?;
        if !agents.contains(&agent) {
            agents.push(agent);
        }
    }
    Ok(agents)
}
