//! The page's contract as TypeScript: every type that crosses, and for every command what it takes and answers.

use std::any::TypeId;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use aidb_core::error::ErrorCode;
use ts_rs::{Config, TS, TypeVisitor};

use crate::contract::{CloseAsked, ErrorReport, FileHovering, FileOpened, Progress};
use crate::invoke::Command;

/// TypeScript name of a type, and how it and what it is made of are declared there.
#[derive(Clone, Debug)]
pub(crate) struct TypeOf {
    pub(crate) name: String,
    declarations: BTreeMap<String, String>,
}

impl TypeOf {
    pub(crate) fn of<T: TS + 'static>() -> Self {
        let mut collected = Collected { config: Config::new(), seen: Vec::new(), declarations: BTreeMap::new() };
        collected.visit::<T>();
        Self { name: T::name(&collected.config), declarations: collected.declarations }
    }
}

struct Collected {
    config: Config,
    seen: Vec<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Collected {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if self.seen.contains(&TypeId::of::<T>()) {
            return;
        }
        self.seen.push(TypeId::of::<T>());
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            self.declarations.insert(T::ident(&self.config), format!("{docs}export {}\n", T::decl(&self.config)));
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

pub(crate) fn contract(commands: &[Command]) -> String {
    let events = [
        ("file_opened", TypeOf::of::<FileOpened>()),
        ("file_hovering", TypeOf::of::<FileHovering>()),
        ("close_asked", TypeOf::of::<CloseAsked>()),
    ];
    let mut declarations = BTreeMap::new();
    let besides = [TypeOf::of::<ErrorReport>(), TypeOf::of::<Progress>()];
    let types = commands.iter().flat_map(|command| [&command.request, &command.answer]);
    for one in types.chain(events.iter().map(|(_, payload)| payload)).chain(&besides) {
        declarations.extend(one.declarations.clone());
    }
    let mut text = String::from(
        "// Generated from src-tauri by `cargo xtask gen`. Do not edit: change the Rust side and generate again.\n\n",
    );
    let _ = writeln!(text, "/** The closed list of error codes. */\nexport type ErrorCode =");
    for code in ErrorCode::ALL {
        let _ = writeln!(text, "  | \"{}\"", code.as_str());
    }
    text.push_str(";\n\n");
    for declaration in declarations.values() {
        let _ = writeln!(text, "{declaration}");
    }
    let _ = writeln!(text, "/** What each command takes and answers. */\nexport interface Commands {{");
    for Command { name, request, answer, .. } in commands {
        let _ = writeln!(text, "  {name}: {{ request: {}; answer: {} }};", request.name, answer.name);
    }
    let _ = writeln!(text, "}}\n\n/** What reaches the page unasked. */\nexport interface Events {{");
    for (name, payload) in &events {
        let _ = writeln!(text, "  {name}: {};", payload.name);
    }
    text.push_str("}\n\nexport type CommandName = keyof Commands;\nexport type EventName = keyof Events;\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands;

    /// Writes the file where `AIDB_GENERATE` is set (`cargo xtask gen`), and says otherwise when it drifted.
    #[test]
    #[expect(clippy::disallowed_methods, reason = "a generator that is run as a test is told so by a variable")]
    fn the_contract_of_the_page_is_the_one_that_rust_has() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/ui/src/contract/index.ts");
        let now = contract(&commands::all());
        if std::env::var_os("AIDB_GENERATE").is_some() {
            std::fs::write(path, &now).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap_or_default();
        assert!(committed == now, "ui/src/contract/index.ts has drifted: run `cargo xtask gen`");
    }
}
