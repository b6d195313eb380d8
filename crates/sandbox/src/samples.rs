//! The sample environments: one company, three servers, development ahead of staging ahead of production.
//!
//! | agent | the story |
//! | --- | --- |
//! | `my-agent` | grew in development; production still has the narrower rights |
//! | `support-copilot` | has description, owner and more; production still has its old name |
//! | `invoice-reader` | the same everywhere |
//! | `report-builder` | ids that need encoding, one of them with a slash |
//! | `churn-forecast` | new: development alone has it |
//! | `nightly-sync` | somebody gave it more in production one night |
//! | `data-steward` | many resources, small differences |
//! | `faq-bot` | no type, no database; not in production yet |

use serde_json::{Map, Value, json};

use crate::registry::{DatabaseLink, RateLimits, Registration, Registry, Storing};
use crate::snapshot::Permission;

mod agents;

/// First content of a sandbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sample {
    /// No agent.
    #[default]
    Empty,
    /// The first stage.
    Development,
    /// The second stage.
    Staging,
    /// The last stage.
    Production,
}

impl Sample {
    /// The name that people see.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "Empty",
            Self::Development => "Development",
            Self::Staging => "Staging",
            Self::Production => "Production",
        }
    }

    /// The API key of a sample agent: no secret, so that the window can show what a key is for.
    #[must_use]
    pub fn agent_key(self, agent_id: &str) -> String {
        format!("sample-key-of-{agent_id}-in-{}", self.name().to_lowercase())
    }

    pub(crate) fn registry(self) -> Registry {
        let mut registry = Registry::default();
        for agent in self.agents() {
            agent.register(self, &mut registry);
        }
        for (database, tables) in self.databases() {
            registry.set_tables(database, tables.iter().map(|table| (*table).to_owned()).collect());
        }
        registry
    }

    fn agents(self) -> Vec<SampleAgent> {
        match self {
            Self::Empty => Vec::new(),
            Self::Development => agents::development(),
            Self::Staging => agents::staging(),
            Self::Production => agents::production(),
        }
    }

    fn databases(self) -> Vec<(&'static str, &'static [&'static str])> {
        match self {
            Self::Empty => Vec::new(),
            Self::Development => vec![("dev_shop", SHOP), ("dev_support", SUPPORT), ("dev_finance", FINANCE)],
            Self::Staging => vec![("staging_shop", SHOP), ("staging_support", SUPPORT), ("staging_finance", FINANCE)],
            Self::Production => vec![("shop", SHOP), ("support", SUPPORT), ("finance", FINANCE)],
        }
    }

    const fn registered_at(self) -> &'static str {
        match self {
            Self::Empty | Self::Development => "2026-03-02T08:15:42.118204Z",
            Self::Staging => "2026-04-14T13:40:09.552871Z",
            Self::Production => "2026-05-19T06:02:31.907713Z",
        }
    }
}

const SHOP: &[&str] = &[
    "customers",
    "order_items",
    "orders",
    "products",
    "returns",
    "sales.discounts",
    "sales.invoices",
    "stock_levels",
    "suppliers",
    "warehouses",
    "ünïcode_täble",
];
const SUPPORT: &[&str] = &["customers", "kb_articles", "macros", "sla_policies", "ticket_comments", "tickets"];
const FINANCE: &[&str] = &["audit_log", "invoice_lines", "invoices", "ledger.entries", "payments", "vendors"];

/// One agent in one environment.
struct SampleAgent {
    id: &'static str,
    info: Value,
    /// Connection name and database.
    database: Option<(&'static str, &'static str)>,
    /// Id, type, and the first letters of the permissions.
    resources: Vec<(&'static str, &'static str, &'static str)>,
}

impl SampleAgent {
    fn register(self, sample: Sample, registry: &mut Registry) {
        let registered_at = sample.registered_at().to_owned();
        let registration = Registration {
            registered_at: registered_at.clone(),
            api_key: sample.agent_key(self.id),
            info: object(self.info),
            database: self.database.map(|(connection, name)| DatabaseLink::new(connection, name, registered_at)),
            rate_limits: RateLimits::default(),
        };
        registry.register(self.id, registration);
        for (resource_id, resource_type, letters) in self.resources {
            let (id, kind) = (resource_id.to_owned(), resource_type.to_owned());
            let set = registry.set_resource(self.id, id, kind, permissions(letters), Storing::Kept);
            debug_assert!(set.is_ok(), "the agent was registered just before");
        }
    }
}

fn permissions(letters: &str) -> Vec<Permission> {
    let permission = |letter| match letter {
        'r' => Some(Permission::Read),
        'w' => Some(Permission::Write),
        'd' => Some(Permission::Delete),
        'a' => Some(Permission::Admin),
        _ => None,
    };
    letters.chars().filter_map(permission).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    use crate::snapshot::AgentSnapshot;

    fn agents(sample: Sample) -> BTreeMap<String, AgentSnapshot> {
        sample.registry().snapshot().agents
    }

    #[test]
    fn the_environments_tell_the_story_of_the_table_above() {
        let [dev, staging, production] = [Sample::Development, Sample::Staging, Sample::Production].map(agents);
        let resources = |agents: &BTreeMap<String, AgentSnapshot>, id: &str| agents[id].resources.clone();
        assert_eq!((dev.len(), staging.len(), production.len()), (8, 7, 6));
        assert!(dev.contains_key("churn-forecast") && !staging.contains_key("churn-forecast"));
        assert!(!production.contains_key("churn-forecast") && !production.contains_key("faq-bot"));
        for id in ["my-agent", "support-copilot", "report-builder", "data-steward"] {
            assert_ne!(resources(&dev, id), resources(&staging, id), "development is ahead with {id}");
            assert_ne!(resources(&staging, id), resources(&production, id), "staging is ahead with {id}");
        }
        assert_eq!(resources(&dev, "nightly-sync"), resources(&staging, "nightly-sync"));
        assert!(resources(&production, "nightly-sync").len() > resources(&staging, "nightly-sync").len());
        let same = |a: &AgentSnapshot, b: &AgentSnapshot| a.info == b.info && a.resources == b.resources;
        assert!(same(&dev["invoice-reader"], &staging["invoice-reader"]));
        assert!(same(&dev["invoice-reader"], &production["invoice-reader"]));
        assert_ne!(staging["support-copilot"].info["name"], production["support-copilot"].info["name"]);
        assert!(resources(&dev, "report-builder").contains_key("reports/monthly 2024"));
        assert!(resources(&dev, "report-builder").contains_key("ünïcode_täble"));
    }

    #[test]
    fn every_sample_agent_is_whole() {
        for sample in [Sample::Development, Sample::Staging, Sample::Production] {
            for (id, agent) in agents(sample) {
                assert!(agent.info["name"].is_string(), "{id} has a name");
                assert!((3..=15).contains(&agent.resources.len()), "{id} has {} resources", agent.resources.len());
                let described = agents::all(sample).into_iter().find(|described| described.id == id).unwrap();
                for (resource, _, letters) in described.resources {
                    assert_eq!(permissions(letters).len(), letters.len(), "{id} {resource}: no letter is lost");
                }
            }
        }
    }

    #[test]
    fn tables_of_the_samples_exist_in_the_linked_database() {
        for sample in [Sample::Development, Sample::Staging, Sample::Production] {
            let registry = sample.registry();
            for (id, agent) in agents(sample) {
                let Some(link) = &agent.database else { continue };
                let tables = registry.tables(&link.database);
                for (resource, _) in agent.resources.iter().filter(|(_, resource)| resource.resource_type == "table") {
                    assert!(tables.contains(resource), "{id} in {}: {resource} is in {}", sample.name(), link.database);
                }
            }
        }
    }
}
