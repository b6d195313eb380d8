//! `aidb schema`.

use aidb_core::config;
use clap::Args;

use super::text::Text;

/// Print the JSON Schema of configuration files, for editors and other tools.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {}

/// The JSON Schema of configuration files.
pub(crate) fn schema(_args: SchemaArgs) -> Text {
    let schema = config::json_schema();
    Text { action: "schema", text: format!("{schema:#}\n"), document: Some(schema) }
}
