//! The link of an agent to its database: whether it is made, and what it is called afterwards.

use super::fields::{note_not_linked, note_unchangeable, text};
use super::goal::{DatabaseLinking, note};
use super::{Change, Mode, NoteCode, NoteWeight, Plan};
use crate::config::{Agent, DatabaseReference, LiveAgent};

/// Name that the server gives a link that was made by its own call, whatever name it was given.
pub(super) const NAMELESS: &str = "default";

pub(super) fn compare_database(plan: &mut Plan, agent: &Agent, live: &LiveAgent, linking: DatabaseLinking) {
    match (linking, &agent.database, &live.agent.database) {
        (DatabaseLinking::Anew, wanted, _) => link(plan, wanted.clone().unwrap_or_default(), live),
        (DatabaseLinking::Now, wanted, None) => link(plan, wanted.clone().unwrap_or_default(), live),
        (DatabaseLinking::Now, wanted, Some(linked)) => {
            let message = "Its database is linked already, and is not linked again.";
            note(plan, NoteCode::AlreadyLinked, NoteWeight::Info, message.into());
            if let Some(wanted) = wanted {
                compare_links(plan, wanted, linked, live);
            }
        }
        (DatabaseLinking::Later, Some(wanted), None) => note_not_linked(plan, wanted),
        (DatabaseLinking::Later, Some(wanted), Some(linked)) => compare_links(plan, wanted, linked, live),
        (DatabaseLinking::Later, None, Some(linked)) if plan.mode == Mode::Exact => {
            note_unchangeable(plan, "/database", called(linked).into(), serde_json::Value::Null);
        }
        (DatabaseLinking::Later, None, _) => {}
    }
}

/// Substitute for a link where there is none on the other side.
pub(super) fn called(link: &DatabaseReference) -> &str {
    link.connection_name.as_deref().or(link.database_type.as_deref()).unwrap_or("linked")
}

/// Whether a link lost its name at the server. Nothing brings the name back, so that it is none is no difference.
fn lost_its_name(linked: &DatabaseReference) -> bool {
    linked.connection_name.as_deref().is_none_or(|name| name == NAMELESS)
}

fn compare_links(plan: &mut Plan, wanted: &DatabaseReference, linked: &DatabaseReference, live: &LiveAgent) {
    if let Some(name) = &wanted.connection_name
        && linked.connection_name.as_ref() != Some(name)
        && lost_its_name(linked)
        && !live.withholds("/database/connection_name")
    {
        // With the name goes the type: such a link has the server's defaults for both.
        let message = format!(
            "The database is linked without the name {name}: the server keeps the name of a link only where it was made \
             together with the agent."
        );
        return note(plan, NoteCode::ConnectionNameLost, NoteWeight::Info, message);
    }
    for (field, linked, wanted) in [
        ("/database/type", &linked.database_type, &wanted.database_type),
        ("/database/connection_name", &linked.connection_name, &wanted.connection_name),
    ] {
        if !live.withholds(field) {
            note_unchangeable(plan, field, text(linked), text(wanted));
        }
    }
}

fn link(plan: &mut Plan, database: DatabaseReference, live: &LiveAgent) {
    let linked = live.agent.database.clone();
    let name = |link: &DatabaseReference| link.connection_name.clone().filter(|name| name != NAMELESS);
    let loses = linked.as_ref().and_then(name).map(|name| ("loses", name));
    let named = loses.or_else(|| name(&database).map(|name| ("does not get", name)));
    let message = named.map(|(loses, name)| {
        format!(
            "The database link {loses} the connection name {name}: a link that is made for an agent which exists is called \
             {NAMELESS} by the server."
        )
    });
    plan.changes.push(Change::LinkDatabase { before: linked, linked_at: live.linked_at.clone(), database });
    if let Some(message) = message {
        note(plan, NoteCode::ConnectionNameLost, NoteWeight::Warning, message);
    }
    let message = "A database link cannot be taken back by the server. If the apply fails after it, the link stays and is \
                   reported.";
    note(plan, NoteCode::LinkNotReversible, NoteWeight::Risk, message.into());
}
