//! `aidb migrate promote`.

mod args;

pub(crate) use args::PromoteArgs;

use aidb_core::config::AgentId;
use aidb_core::connector::PlainHttp;
use aidb_core::operations::{Engine, Error, ImportOptions, Target, TargetRequest};
use aidb_core::plan::Mode;

use crate::commands::change::{Flags, Planned, Turn};
use crate::commands::input::selection;
use crate::commands::recover;
use crate::commands::recover::Writing;
use crate::exit::Exit;
use crate::failure::{CommandError, Failure};
use crate::invocation::Invocation;

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
    let agents = agents(invocation, &from, &args)?;
    let ids: Vec<&str> = agents.iter().map(AgentId::as_str).collect();
    recover::before(invocation, &engine, &to, Writing::of(args.apply.dry_run, &ids), &context).await?;
    let mut planned = Vec::new();
    for agent in agents {
        let proposal = engine.propose_promotion(&from, &agent, &to, &options, &context).await?;
        planned.push(Planned { source: format!("{agent} in {}", from.name), findings: Vec::new(), proposal });
    }
    let flags = Flags::of(&args.apply);
    let turn = Turn { invocation, engine: &engine, action: "promote", target: &to, flags, context: &context };
    turn.end(planned, &args.apply).await
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

/// Each once, in the order in which they were named.
fn agents(invocation: &Invocation, from: &Target, args: &PromoteArgs) -> Result<Vec<AgentId>, Failure> {
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
