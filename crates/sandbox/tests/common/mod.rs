//! What the sandbox's tests share: one agent, and calls that do not follow redirects.

use aidb_sandbox::{Handle, Permission, Sandbox, SandboxOptions};
use reqwest::{Client, Response, redirect};
use serde_json::{Value, json};

/// An empty environment but for `my-agent`, which may read `products`.
pub async fn sandbox() -> Sandbox {
    let sandbox = Sandbox::start(SandboxOptions::default()).await.unwrap();
    furnish(&sandbox);
    sandbox
}

/// Gives it `my-agent`, which may read `products`.
pub fn furnish(sandbox: &Handle) {
    let info = json!({"name": "My Agent", "type": "analytics"});
    sandbox.set_agent("my-agent", info.as_object().unwrap().clone(), "key").unwrap();
    sandbox.set_resource("my-agent", "products", "table", &[Permission::Read]).unwrap();
}

/// A client that shows redirects and does not follow them.
pub fn client() -> Client {
    aidb_testkit::http::builder().redirect(redirect::Policy::none()).build().unwrap()
}

/// Reads the agent.
pub async fn get(client: &Client, sandbox: &Sandbox) -> reqwest::Result<Response> {
    client.get(format!("{}/api/agents/my-agent", sandbox.url())).header("X-API-Key", "key").send().await
}

/// Grants read and write on that table.
#[allow(dead_code, reason = "not every test writes")]
pub async fn put(client: &Client, sandbox: &Sandbox, table: &str) -> reqwest::Result<Response> {
    let body = json!({"resource_id": table, "resource_type": "table", "permissions": ["read", "write"]});
    let url = format!("{}/api/agents/my-agent/permissions/resources", sandbox.url());
    client.put(url).header("X-API-Key", "key").json(&body).send().await
}

/// Whether the agent has that resource.
#[allow(dead_code, reason = "not every test writes")]
pub fn has(sandbox: &Handle, table: &str) -> bool {
    sandbox.resources("my-agent").unwrap().contains_key(table)
}

/// The body as JSON.
#[allow(dead_code, reason = "not every test reads bodies")]
pub async fn body(answer: Response) -> Value {
    answer.json().await.unwrap()
}
