//! Two states of one agent beside each other.

use std::sync::Arc;

use aidb_core::config::AgentId;
use aidb_core::operations::{self, Engine, Side};

use super::plans::{configuration, context, environment, file_name};
use crate::contract::{CompareRequest, CompareTexts, ErrorReport, PlanChoice, PlanTarget, PlanView, SideChoice};
use crate::desktop::Desktop;
use crate::plan_sessions::{Content, NewPlan, PlanError};
use crate::progress::ProgressFn;
use crate::views::plans::{plan_target, plan_view};

/// Difference of the two sides.
pub(crate) async fn compare(
    desktop: Arc<Desktop>,
    request: CompareRequest,
    listen: ProgressFn,
) -> Result<PlanView, ErrorReport> {
    let engine = desktop.engine();
    let (left, _) = side(&desktop, &engine, &request.left, &listen).await?;
    let (right, target) = side(&desktop, &engine, &request.right, &listen).await?;
    if left.state.present().is_none() && right.state.present().is_none() {
        return Err(PlanError::NothingToCompare.into());
    }
    let plan = operations::compare(&left, &right)?.plan;
    let source = left.name.clone();
    let content = Content::Comparison { left, right, plan };
    let new = NewPlan { source, target, notes: Vec::new(), content };
    let session = desktop.plans.open(new);
    Ok(plan_view(&engine, &session).await)
}

/// Both sides of a comparison as text.
pub(crate) async fn compare_texts(desktop: Arc<Desktop>, request: PlanChoice) -> Result<CompareTexts, ErrorReport> {
    let session = desktop.plans.get(&request.plan)?;
    let Content::Comparison { left, right, .. } = &session.content else { return Err(PlanError::NoSides.into()) };
    Ok(CompareTexts {
        left_name: left.name.clone(),
        left: left.text(),
        right_name: right.name.clone(),
        right: right.text(),
    })
}

/// One side, and where it could be changed.
async fn side(
    desktop: &Desktop,
    engine: &Engine,
    choice: &SideChoice,
    listen: &ProgressFn,
) -> Result<(Side, Option<PlanTarget>), ErrorReport> {
    Ok(match choice {
        SideChoice::Live { environment: id, agent } => {
            let target = environment(engine, id).await?;
            let agent = AgentId::new(agent.clone())?;
            (engine.side_of(&target, &agent, &context(Arc::clone(listen))).await?, Some(plan_target(&target)))
        }
        SideChoice::File { file } => {
            let (path, read) = configuration(desktop, file, "Configuration file").await?;
            (Side::of_file(file_name(&path), read.configuration), None)
        }
        SideChoice::Backup { id } => {
            let backup = engine.backup(id).await?;
            let name = backup.summary.name.clone().unwrap_or_else(|| backup.summary.id.to_string());
            (Side::of_state(format!("Backup {name}"), backup.state), None)
        }
    })
}
