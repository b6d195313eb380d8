//! The keys of a configuration file, and what a key that is none of them may have been meant to be.

/// Keys of the file, in file order.
pub(super) const TOP_KEYS: [&str; 6] = ["version", "exported_at", "source_url", "agent", "tables", "metadata"];
/// Keys of `agent`, in file order.
pub(super) const AGENT_KEYS: [&str; 5] = ["agent_id", "name", "type", "database", "resource_permissions"];
/// Keys of `agent.database`, in file order.
pub(super) const DATABASE_KEYS: [&str; 2] = ["type", "connection_name"];
/// Keys of a resource permission, in file order.
pub(super) const RESOURCE_KEYS: [&str; 2] = ["type", "permissions"];
/// Keys of `metadata` that aidb writes, in file order.
pub(super) const METADATA_KEYS: [&str; 2] = ["exported_by", "environment"];

/// Keys that never stand in a file because of what they hold (docs/RULES.md#never-in-a-file), whatever stands under them.
pub(super) const SECRET_KEYS: [&str; 12] = [
    "agent_credentials",
    "api_key",
    "api_key_hash",
    "api_secret",
    "client_secret",
    "connection_string",
    "credentials",
    "key_hash",
    "passwd",
    "password",
    "private_key",
    "secret_key",
];

/// Keys that never stand in a file because they are state of one server (docs/RULES.md#never-in-a-file).
pub(super) const SERVER_STATE_KEYS: [&str; 3] = ["linked_at", "registered_at", "status"];

/// Meaning of a further key of `agent`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AgentKey {
    /// One that holds a secret by its name.
    Secret,
    /// State of one server.
    ServerState,
    /// Probably the misspelt name of a known key.
    Typo(&'static str),
    /// Information of the agent's own.
    Own,
}

/// Says what a further key of `agent` is.
pub(super) fn agent_key(key: &str) -> AgentKey {
    if is_secret_name(key) {
        AgentKey::Secret
    } else if SERVER_STATE_KEYS.contains(&key) {
        AgentKey::ServerState
    } else {
        closest(key, AGENT_KEYS).map_or(AgentKey::Own, AgentKey::Typo)
    }
}

/// Whether `key` is one of [`SECRET_KEYS`], in any spelling (`apiKey`, `API-KEY`).
pub(super) fn is_secret_name(key: &str) -> bool {
    // The longest is 17 letters; nothing much longer can be one of them.
    key.len() <= 24 && SECRET_KEYS.iter().any(|known| folded(known) == folded(key))
}

/// The known word that `word` was probably meant to be: the same but for case and separators, or a slip or two away;
/// one slip only for short words, where two turn `note` into `name`.
pub(super) fn closest(word: &str, known: impl IntoIterator<Item = &'static str>) -> Option<&'static str> {
    if word.len() > 64 {
        return None;
    }
    let word = folded(word);
    known
        .into_iter()
        .map(|candidate| (strsim::osa_distance(&word, &folded(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= if candidate.len() <= 5 { 1 } else { 2 })
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

fn folded(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '_' | '-' | ' ' | '.')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised_and_other_words_are_not() {
        for (word, meant) in [
            ("agentId", "agent_id"),
            ("agnet_id", "agent_id"),
            ("Name", "name"),
            ("nmae", "name"),
            ("tpye", "type"),
            ("databse", "database"),
            ("resource-permissions", "resource_permissions"),
            ("resource_permission", "resource_permissions"),
        ] {
            assert_eq!(agent_key(word), AgentKey::Typo(meant), "{word}");
        }
        for word in ["note", "description", "owner", "team", "labels", "data", "tags", "role", "model"] {
            assert_eq!(agent_key(word), AgentKey::Own, "{word}");
        }
        assert_eq!(agent_key("apiKey"), AgentKey::Secret);
        assert_eq!(agent_key("linked_at"), AgentKey::ServerState);
    }
}
