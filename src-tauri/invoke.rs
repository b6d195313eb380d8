//! Dispatch: from a message of the page to a command and back.
//!
//! Commands are plain functions that know nothing of Tauri, so that tests call them as they are. What a command takes and
//! answers is read off its signature, once: that is where the page's contract comes from.

use std::collections::HashMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use aidb_core::error::ErrorCode;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tauri::Runtime;
use tauri::ipc::{Invoke, InvokeBody, InvokeResolver, JavaScriptChannelId};
use ts_rs::TS;

use crate::contract::{ErrorReport, Progress};
use crate::desktop::Desktop;
use crate::progress::{ProgressFn, nobody};
#[cfg(test)]
use crate::typescript::TypeOf;

type Answer = Pin<Box<dyn Future<Output = Result<Value, ErrorReport>> + Send>>;
type Run = Arc<dyn Fn(Arc<Desktop>, Value, ProgressFn) -> Answer + Send + Sync>;

/// One command: its name, what it does, and what it takes and answers in the page's words.
#[derive(Clone)]
pub(crate) struct Command {
    /// As the page calls it.
    pub(crate) name: &'static str,
    #[cfg(test)]
    pub(crate) request: TypeOf,
    #[cfg(test)]
    pub(crate) answer: TypeOf,
    run: Run,
}

/// A command from a function.
pub(crate) fn command<R, A, F, Fut>(name: &'static str, function: F) -> Command
where
    R: DeserializeOwned + TS + 'static,
    A: Serialize + TS + 'static,
    F: Fn(Arc<Desktop>, R, ProgressFn) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<A, ErrorReport>> + Send + 'static,
{
    let function = Arc::new(function);
    let run: Run = Arc::new(move |desktop, request, listen| {
        let function = Arc::clone(&function);
        Box::pin(async move {
            let request = read(request).map_err(|error| nonsense(name, &error))?;
            let answer = function(desktop, request, listen).await?;
            serde_json::to_value(answer).map_err(|error| broken(name, &error.to_string()))
        })
    });
    Command {
        name,
        #[cfg(test)]
        request: TypeOf::of::<R>(),
        #[cfg(test)]
        answer: TypeOf::of::<A>(),
        run,
    }
}

/// Requests are objects by name: serde would take a list for any of them, and read its entries as fields in a row.
fn read<R: DeserializeOwned>(request: Value) -> Result<R, serde_json::Error> {
    if request.is_object() || request.is_null() {
        serde_json::from_value(request)
    } else {
        Err(serde::de::Error::custom("a request is an object"))
    }
}

impl Command {
    /// Runs it. A panic of a command ends that command alone: the page gets an answer, and the window goes on.
    pub(crate) async fn run(
        &self,
        desktop: Arc<Desktop>,
        request: Value,
        listen: ProgressFn,
    ) -> Result<Value, ErrorReport> {
        let running = tokio::spawn((self.run)(desktop, request, listen));
        running.await.unwrap_or_else(|error| Err(broken(self.name, &error.to_string())))
    }
}

/// The handler that Tauri calls for every message of the page.
pub(crate) fn handler<R: Runtime>(
    desktop: impl Fn(&tauri::Webview<R>) -> Arc<Desktop> + Send + Sync + 'static,
) -> impl Fn(Invoke<R>) -> bool + Send + Sync + 'static {
    let commands: HashMap<&str, Command> =
        super::commands::all().into_iter().map(|command| (command.name, command)).collect();
    move |invoke| {
        let Invoke { message, resolver, .. } = invoke;
        let Some(command) = commands.get(message.command()).cloned() else { return false };
        let (request, listen) = match message.payload() {
            InvokeBody::Json(body) => (body["request"].clone(), listener(&message.webview(), &body["progress"])),
            InvokeBody::Raw(_) => (Value::Null, nobody()),
        };
        answer(command, desktop(&message.webview()), request, listen, resolver);
        true
    }
}

fn answer<R: Runtime>(
    command: Command,
    desktop: Arc<Desktop>,
    request: Value,
    listen: ProgressFn,
    resolver: InvokeResolver<R>,
) {
    tauri::async_runtime::spawn(async move {
        match command.run(desktop, request, listen).await {
            Ok(answer) => resolver.resolve(answer),
            Err(error) => resolver.reject(error),
        }
    });
}

/// Listener for progress: the page's channel, where it gave one.
fn listener<R: Runtime>(webview: &tauri::Webview<R>, channel: &Value) -> ProgressFn {
    let Some(id) = channel.as_str().and_then(|text| text.parse::<JavaScriptChannelId>().ok()) else { return nobody() };
    let channel = id.channel_on::<R, Progress>(webview.clone());
    // A window that is gone has nobody to tell, and the command goes on without.
    Arc::new(move |progress| drop(channel.send(progress)))
}

fn nonsense(name: &str, error: &serde_json::Error) -> ErrorReport {
    ErrorReport {
        code: ErrorCode::Usage,
        message: format!("The window asked for something that cannot be read ({name}). Nothing was changed."),
        hint: Some("This is a mistake in aidb. Close the window and open it again.".into()),
        // Serde quotes values of the request, and a secret may be one of them: only its kind and place are told.
        details: vec![format!("{:?} error at line {} column {}", error.classify(), error.line(), error.column())],
    }
}

fn broken(name: &str, reason: &str) -> ErrorReport {
    ErrorReport {
        code: ErrorCode::Internal,
        message: format!("aidb itself failed ({name}). Look at the history before you go on: it says what was done."),
        hint: Some("Save a support bundle in Settings and send it to whoever looks after aidb.".into()),
        details: vec![reason.to_owned()],
    }
}
