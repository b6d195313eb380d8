//! What was changed in aidb itself: profiles that were added, changed and removed, and their keys. Part of the history, entered
//! together with what it tells of.

use chrono::{DateTime, Utc};
use sqlx::{Row, Sqlite, Transaction};

use super::codec::{parse_time, short_id, time_text};
use super::environments::{Environment, PlainHttpChoice};
use super::operations::Program;
use super::server_ref::ServerRef;
use super::{Store, StoreError};
use crate::text_enum::text_enum;

short_id! {
    /// A profile change's id: `pc-` and eight characters that are easy to read out.
    ProfileChangeId, "pc-"
}

text_enum! {
    /// Action on a profile.
    pub enum ProfileAction {
        /// Was added.
        Added = "added",
        /// Values of it were changed.
        Changed = "changed",
        /// Was removed, and its key with it.
        Removed = "removed",
        /// A key was stored for it where there was none.
        KeyStored = "key_stored",
        /// The key was replaced.
        KeyReplaced = "key_replaced",
        /// The key was removed.
        KeyRemoved = "key_removed",
    }
}

/// Person who changes something, with what, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// The person, as the system knows them.
    pub actor: String,
    /// The program.
    pub program: Program,
    /// When it was done.
    pub at: DateTime<Utc>,
}

/// A change of a profile, as the history lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProfileChange {
    /// The id.
    pub id: ProfileChangeId,
    /// What was done to the profile.
    pub action: ProfileAction,
    /// To which profile, as it was called after that.
    pub server: ServerRef,
    /// By whom.
    pub by: By,
    /// Differences, one line for each value: "Protection: open → protected".
    pub details: Vec<String>,
}

impl Store {
    /// Notes that a profile's key was stored, replaced or removed. The key itself is the vault's.
    pub async fn note_key_change(
        &self,
        environment: &Environment,
        action: ProfileAction,
        by: &By,
    ) -> Result<(), StoreError> {
        let mut transaction = self.write().await?;
        self.enter_profile_change(&mut transaction, environment, action, &[], by).await?;
        transaction.commit().await.map_err(self.failing())
    }

    pub(super) async fn enter_profile_change(
        &self,
        transaction: &mut Transaction<'_, Sqlite>,
        environment: &Environment,
        action: ProfileAction,
        details: &[String],
        by: &By,
    ) -> Result<(), StoreError> {
        let details = serde_json::Value::from(details).to_string();
        sqlx::query(
            "INSERT INTO profile_changes (id, action, environment_id, environment_name, url, actor, program, at, details) \
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(ProfileChangeId::random()?.as_str())
        .bind(action.as_str())
        .bind(environment.id.as_str())
        .bind(&environment.name)
        .bind(&environment.url)
        .bind(&by.actor)
        .bind(by.program.as_str())
        .bind(time_text(&by.at))
        .bind(details)
        .execute(&mut **transaction)
        .await
        .map(|_| ())
        .map_err(self.failing())
    }

    /// Every change of a profile, newest first.
    pub(super) async fn profile_changes(&self) -> Result<Vec<ProfileChange>, StoreError> {
        let rows = sqlx::query("SELECT * FROM profile_changes ORDER BY sequence DESC");
        let rows = rows.fetch_all(&self.readers).await.map_err(self.failing())?;
        let failed = self.failing();
        let unreadable = |column: &str| self.damaged(format!("a change of a profile has an unreadable {column}"));
        let change = |row: &sqlx::sqlite::SqliteRow| {
            let text = |column: &str| row.try_get::<String, _>(column).map_err(failed);
            let by = By {
                actor: text("actor")?,
                program: Program::parse(&text("program")?).ok_or_else(|| unreadable("program"))?,
                at: parse_time(&text("at")?).ok_or_else(|| unreadable("time"))?,
            };
            Ok(ProfileChange {
                id: ProfileChangeId::from_stored(text("id")?),
                action: ProfileAction::parse(&text("action")?).ok_or_else(|| unreadable("action"))?,
                server: ServerRef::from_row(row).map_err(failed)?,
                by,
                details: serde_json::from_str(&text("details")?).map_err(|_| unreadable("text"))?,
            })
        };
        rows.iter().map(change).collect()
    }
}

/// Differences between a profile before and after, one line for each value.
pub(super) fn differences(before: &Environment, after: &Environment) -> Vec<String> {
    let said = |text: Option<&str>| text.unwrap_or("none").to_owned();
    let http = |choice| if choice == PlainHttpChoice::Allowed { "allowed" } else { "refused" }.to_owned();
    let file =
        |environment: &Environment| said(environment.ca_file.as_deref().map(|path| path.to_string_lossy()).as_deref());
    let values = |one: &Environment| {
        [
            ("Name", one.name.clone()),
            ("URL", one.url.clone()),
            ("Colour", one.colour.to_string()),
            ("Protection", one.protection.to_string()),
            ("Default agent", said(one.default_agent.as_deref())),
            ("CA file", file(one)),
            ("Key over plain http", http(one.plain_http)),
            ("Key asked for", one.key_prompt.to_string()),
            ("Backups to keep", one.keep_backups.to_string()),
            ("Days to keep backups", one.keep_days.to_string()),
        ]
    };
    let pairs = values(before).into_iter().zip(values(after));
    pairs.filter(|(was, is)| was != is).map(|((what, was), (_, is))| format!("{what}: {was} → {is}")).collect()
}
