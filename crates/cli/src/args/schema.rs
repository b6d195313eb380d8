use clap::Args;

/// Print the JSON Schema of configuration files, for editors and other tools.
#[derive(Args, Debug)]
pub(crate) struct SchemaArgs {}
