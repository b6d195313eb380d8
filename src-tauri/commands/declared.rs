//! What persons declare about agents: that two are one, and that a difference is on purpose.

use std::sync::Arc;

use aidb_core::config::AgentId;
use aidb_core::operations::{Acceptance, AcceptedItems, Context, Error};

use crate::contract::{DifferenceAccept, DifferenceWithdraw, ErrorReport, PairDeclare, PairMemberView};
use crate::desktop::Desktop;

/// Declares that agents are one.
pub(crate) async fn pair_declare(desktop: Arc<Desktop>, request: PairDeclare) -> Result<(), ErrorReport> {
    let members: Vec<(String, String)> =
        request.members.into_iter().map(|member| (member.environment, member.agent)).collect();
    desktop.engine().declare_pair(&members).await?;
    Ok(())
}

/// Takes an agent out of its pair.
pub(crate) async fn pair_dissolve(desktop: Arc<Desktop>, request: PairMemberView) -> Result<(), ErrorReport> {
    desktop.engine().dissolve_pair(&request.environment, &request.agent).await?;
    Ok(())
}

/// Accepts differences as they were shown.
pub(crate) async fn difference_accept(desktop: Arc<Desktop>, request: DifferenceAccept) -> Result<(), ErrorReport> {
    let items = request.items.into_iter().map(|shown| (shown.item, shown.digest));
    let acceptance = Acceptance {
        environment: request.agent.environment,
        agent: AgentId::new(request.agent.agent).map_err(Error::from)?,
        items: AcceptedItems::Shown(items.collect()),
        reason: request.reason,
        until: request.until,
    };
    desktop.engine().accept(&acceptance, &Context::default()).await?;
    Ok(())
}

/// Takes an acceptance back.
pub(crate) async fn difference_withdraw(desktop: Arc<Desktop>, request: DifferenceWithdraw) -> Result<(), ErrorReport> {
    desktop.engine().withdraw_accepted(&request.id).await?;
    Ok(())
}
