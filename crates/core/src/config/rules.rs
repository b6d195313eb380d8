//! The rules of a configuration, one function each (docs/RULES.md#the-configuration-file). A file and a model that came
//! from elsewhere are judged by the same ones: [`super::read`] and [`super::validate`] only differ in how they walk.
//!
//! Messages keep the words that scripts look for (`Missing type`, `permissions must be an array`, …) and never hold a
//! value that may be a secret.

use std::collections::HashSet;

use super::display::display_text_limited;
use super::findings::{Findings, Message};
use super::id::{MAX_ID_BYTES, addressable};
use super::model::{FORMAT_VERSION, Permission, ResourcePermissions};
use super::names::{self, AgentKey, closest};
use super::path::Path;
use super::report::{FindingCode, Severity};
use super::secrets::{is_secret_key, looks_secret};
use super::values::is_mask;

use Severity::{Error, Warning};

/// What stands where a text has to be.
#[derive(Clone, Copy)]
pub(super) enum Found<'a> {
    Nothing,
    Text(&'a str),
    /// Something else; what it is, in words.
    Other(&'static str),
}

impl Found<'_> {
    /// The rest of the sentence "Missing …: ".
    fn complaint(self, thing: &str) -> String {
        match self {
            Self::Nothing => format!("{thing} is not there."),
            Self::Text(_) => format!("{thing} must not be empty."),
            Self::Other(kind) => format!("{thing} must be text, and {kind} stands there."),
        }
    }
}

/// `version`: semantic, and of the major number that this aidb reads.
pub(super) fn version(found: Found<'_>, path: &Path<'_>, out: &mut Findings) {
    let text = match found {
        Found::Text(text) if !text.is_empty() => text,
        _ => {
            return out.report(Error, FindingCode::MissingVersion, path, || {
                Message::new(format!("Missing version field: {}", found.complaint("the format version")))
                    .hint(format!("Add \"version\": \"{FORMAT_VERSION}\"."))
            });
        }
    };
    match semver::Version::parse(text) {
        Ok(version) if version.major != 1 => out.report(Error, FindingCode::UnsupportedVersion, path, || {
            Message::new(format!(
                "The file has format version {}; this aidb reads 1.x and writes {FORMAT_VERSION}.",
                shown(text)
            ))
            .hint("Read it with an aidb of that format version, or export it again with this one.")
        }),
        Ok(version) if version.minor > 0 => out.report(Warning, FindingCode::NewerMinorVersion, path, || {
            Message::new(format!(
                "The file has format version {}, newer than the {FORMAT_VERSION} of this aidb: what it does not know is \
                 kept, and not applied.",
                shown(text)
            ))
            .hint("Update aidb if the file holds something that has to be applied.")
        }),
        Ok(_) => {}
        Err(_) => out.report(Error, FindingCode::InvalidVersion, path, || {
            Message::new(format!("The version{} is not a semantic version such as {FORMAT_VERSION}.", quoted(text)))
                .hint("Write three numbers with dots between them.")
        }),
    }
}

/// `agent.agent_id`: there, and addressable by the server.
pub(super) fn agent_id(found: Found<'_>, path: &Path<'_>, out: &mut Findings) {
    let id = match found {
        Found::Text(id) if !id.is_empty() => id,
        _ => {
            return out.report(Error, FindingCode::MissingAgentId, path, || {
                Message::new(format!("Missing agent.agent_id: {}", found.complaint("the agent's id")))
                    .hint("Add the id under which the agent is registered: \"agent_id\": \"my-agent\".")
            });
        }
    };
    if let Err(reason) = addressable(id) {
        out.report(Error, FindingCode::AgentIdNotAddressable, path, || {
            Message::new(format!("The server could not address the agent id{}: {reason}.", quoted(id)))
                .hint(format!("Use {}.", reason.instead()))
        });
    }
}

pub(super) fn agent_name(found: Found<'_>, path: &Path<'_>, out: &mut Findings) {
    let masked = matches!(found, Found::Text(name) if is_mask(name));
    if masked || !matches!(found, Found::Text(name) if !name.is_empty()) {
        out.report(Error, FindingCode::MissingAgentName, path, || {
            let complaint = match masked {
                true => "a mask that a server put there stands in its place.".to_owned(),
                false => found.complaint("the name that people see"),
            };
            Message::new(format!("Missing agent.name: {complaint}")).hint("Add \"name\" to the agent.")
        });
    }
}

/// A resource id: any text that can be sent. One with a slash can be set, and only not be revoked: no finding.
pub(super) fn resource_id(id: &str, path: &Path<'_>, out: &mut Findings) {
    let reason = if id.is_empty() {
        "it is empty".to_owned()
    } else if id.chars().any(char::is_control) {
        "it contains a control character".to_owned()
    } else if id.len() > MAX_ID_BYTES {
        format!("it is longer than {MAX_ID_BYTES} bytes")
    } else {
        return;
    };
    out.report(Error, FindingCode::InvalidResourceId, path, || {
        Message::new(format!("The resource id{} cannot be used: {reason}.", quoted(id)))
            .hint("Use the id under which the server knows the resource.")
            .at_key()
    });
}

/// `type` of a resource permission.
pub(super) fn resource_type(found: Found<'_>, id: &str, path: &Path<'_>, out: &mut Findings) {
    if !matches!(found, Found::Text(word) if !word.is_empty()) {
        out.report(Error, FindingCode::MissingType, path, || {
            Message::new(format!("Missing type for {}: {}", resource(id), found.complaint("the resource's type")))
                .hint("Add \"type\": \"table\", or the type that the server uses for it.")
        });
    }
}

/// `permissions` is not there, or no array.
pub(super) fn permissions_not_array(found: Found<'_>, id: &str, path: &Path<'_>, out: &mut Findings) {
    let (code, what) = match found {
        Found::Nothing => (FindingCode::MissingPermissions, "they are not there".to_owned()),
        Found::Text(_) => (FindingCode::PermissionsNotArray, "text stands there".to_owned()),
        Found::Other(kind) => (FindingCode::PermissionsNotArray, format!("{kind} stands there")),
    };
    out.report(Error, code, path, || {
        Message::new(format!("permissions must be an array for {}, and {what}.", resource(id)))
            .hint("List what is granted, for example \"permissions\": [\"read\", \"write\"].")
    });
}

/// An entry of `permissions` that is none of the four.
pub(super) fn unknown_permission(found: Found<'_>, id: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Error, FindingCode::UnknownPermission, path, || {
        let (what, meant) = match found {
            Found::Text(word) => {
                (format!("Unknown permission{}", quoted(word)), closest(word, Permission::ALL.map(Permission::as_str)))
            }
            Found::Other(kind) => (format!("Unknown permission ({kind})"), None),
            Found::Nothing => ("Unknown permission".to_owned(), None),
        };
        let hint = meant.map_or_else(
            || "The permissions are read, write, delete and admin.".to_owned(),
            |word| format!("Did you mean \"{word}\"? The permissions are read, write, delete and admin."),
        );
        Message::new(format!("{what} for {}.", resource(id))).hint(hint)
    });
}

/// A permission listed twice.
pub(super) fn repeated_permission(permission: Permission, id: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Warning, FindingCode::RepeatedPermission, path, || {
        Message::new(format!("The permission {} is listed twice for {}.", permission.as_str(), resource(id)))
            .hint("Remove one of the two; it makes no difference.")
    });
}

/// An empty list of permissions.
pub(super) fn empty_permissions(id: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Warning, FindingCode::EmptyPermissions, path, || {
        Message::new(format!("No permission is granted for {}.", resource(id)))
            .hint("List the permissions, or remove the resource.")
    });
}

/// Permissions on tables that `tables`, where it lists any, does not list.
pub(super) fn tables_listed(resources: &ResourcePermissions, tables: &[String], path: &Path<'_>, out: &mut Findings) {
    if tables.is_empty() {
        return;
    }
    let listed: HashSet<&str> = tables.iter().map(String::as_str).collect();
    for (id, permission) in resources {
        if permission.resource_type == "table" && !permission.permissions.is_empty() && !listed.contains(id.as_str()) {
            out.report(Warning, FindingCode::TableNotListed, &path.key(id), || {
                Message::new(format!("The table of {} is not among the tables of the file.", resource(id)))
                    .hint("Check the name; if the table exists, add it to \"tables\" or export the file again.")
                    .at_key()
            });
        }
    }
}

/// A value of another type than it must have.
pub(super) fn wrong_type(what: &str, expected: &str, kind: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Error, FindingCode::WrongType, path, || {
        Message::new(format!("{what} must be {expected}, and {kind} stands there."))
            .hint("Correct the value, or remove the key.")
    });
}

/// A key that aidb does not know, where it knows them all.
pub(super) fn unknown_key(key: &str, known: &[&'static str], path: &Path<'_>, out: &mut Findings) {
    out.report(Warning, FindingCode::UnknownKey, path, || {
        let hint = match closest(key, known.iter().copied()) {
            Some(meant) => format!("Did you mean \"{meant}\"?"),
            None => "Check the name. It is kept when aidb writes the file again.".to_owned(),
        };
        Message::new(format!("Unknown key{}: it is kept, and nothing is done with it.", quoted(key)))
            .hint(hint)
            .at_key()
    });
}

/// A further key of `agent`, or any of `database`: what is to happen with it.
pub(super) fn agent_key(key: &str, path: &Path<'_>, out: &mut Findings) -> AgentKey {
    let class = names::agent_key(key);
    match class {
        AgentKey::Secret => out.report(Error, FindingCode::Secret, path, || {
            Message::new(format!("The key{} never stands in a configuration file: it holds a secret.", quoted(key)))
                .hint(SECRET_HINT)
                .at_key()
        }),
        AgentKey::ServerState => out.report(Warning, FindingCode::NotPortable, path, || {
            Message::new(format!("The key{} is state of the server, not portable; it is ignored.", quoted(key)))
                .hint("Remove it from the file.")
                .at_key()
        }),
        AgentKey::Typo(meant) => out.report(Warning, FindingCode::UnknownKey, path, || {
            Message::new(format!("Unknown key{}: it is kept as information of the agent's own.", quoted(key)))
                .hint(format!("Did you mean \"{meant}\"?"))
                .at_key()
        }),
        AgentKey::Own => {}
    }
    class
}

/// A value that a server masked: it is not the value, and nothing is done with it.
pub(super) fn masked(path: &Path<'_>, out: &mut Findings) {
    out.report(Warning, FindingCode::NotPortable, path, || {
        Message::new("A mask stands here, which a server put in the place of the value; it is ignored.")
            .hint("Write the value itself, or remove the key.")
    });
}

const SECRET_HINT: &str = "Take it out of the file. If the file was shared or committed, replace the secret where it is \
                           valid. Keys and connection strings belong in the keychain.";

/// A text that looks like a secret; `name` is what it stands under.
pub(super) fn no_secret(name: Option<&str>, text: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some(kind) = looks_secret(name, text) {
        secret(kind, path, out);
    }
}

/// A value that looks like a secret.
pub(super) fn secret(kind: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Error, FindingCode::Secret, path, || {
        Message::new(format!("This looks like a secret ({kind}), and a configuration file must not hold any."))
            .hint(SECRET_HINT)
    });
}

/// A key that looks like a secret itself.
pub(super) fn no_secret_key(key: &str, path: &Path<'_>, out: &mut Findings) {
    if let Some(kind) = looks_secret(None, key) {
        secret_key(kind, path, out);
    }
}

/// The report on a key that looks like a secret itself.
pub(super) fn secret_key(kind: &str, path: &Path<'_>, out: &mut Findings) {
    out.report(Error, FindingCode::Secret, path, || {
        Message::new(format!("A key looks like a secret ({kind}), and a configuration file must not hold any."))
            .hint(SECRET_HINT)
            .at_key()
    });
}

/// The resource, in words: named by its id, unless that looks like a secret.
pub(super) fn resource(id: &str) -> String {
    if is_secret_key(id) {
        return "a resource whose id looks like a secret".to_owned();
    }
    format!("resource \"{}\"", display_text_limited(id, 80))
}

/// ` "text"` where it is short and no secret, else nothing.
fn quoted(text: &str) -> String {
    if text.is_empty() || is_secret_key(text) {
        return String::new();
    }
    format!(" \"{}\"", shown(text))
}

fn shown(text: &str) -> String {
    display_text_limited(text, 40)
}
