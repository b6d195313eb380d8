//! The sample agents, environment by environment.

use super::{SampleAgent, json};

type Resources = Vec<(&'static str, &'static str, &'static str)>;

pub(super) fn development() -> Vec<SampleAgent> {
    vec![
        my_agent(
            ("main-db", "dev_shop"),
            vec![
                ("customers", "table", "rw"),
                ("orders", "table", "rw"),
                ("products", "table", "r"),
                ("returns", "table", "r"),
                ("sales.discounts", "table", "r"),
                ("sales.invoices", "table", "rw"),
            ],
        ),
        support_copilot(
            "Support Copilot",
            "Drafts answers to tickets, and learns from how people rate them",
            ("support-dev", "dev_support"),
            vec![
                ("customers", "table", "r"),
                ("kb_articles", "table", "rw"),
                ("macros", "table", "rw"),
                ("sla_policies", "table", "r"),
                ("ticket_comments", "table", "rw"),
                ("tickets", "table", "rw"),
                ("answer ratings", "dataset", "rw"),
            ],
        ),
        invoice_reader(("finance", "dev_finance")),
        report_builder(
            ("main-db", "dev_shop"),
            vec![
                ("orders", "table", "r"),
                ("order_items", "table", "r"),
                ("ünïcode_täble", "table", "rw"),
                ("reports/monthly 2024", "dataset", "rw"),
                ("reports/weekly 2024", "dataset", "rwd"),
                ("quarterly figures", "dataset", "rw"),
            ],
        ),
        churn_forecast(),
        nightly_sync(("sync-dev", "dev_shop"), vec![]),
        data_steward(
            ("main-db", "dev_shop"),
            vec![
                ("sales.discounts", "table", "rw"),
                ("stock_levels", "table", "rwd"),
                ("quality scores", "dataset", "rw"),
            ],
        ),
        faq_bot(vec![("faq", "dataset", "rw"), ("opening hours", "dataset", "r"), ("greetings", "dataset", "rw")]),
    ]
}

pub(super) fn staging() -> Vec<SampleAgent> {
    vec![
        my_agent(
            ("main-db", "staging_shop"),
            vec![
                ("customers", "table", "rw"),
                ("orders", "table", "r"),
                ("products", "table", "r"),
                ("returns", "table", "r"),
                ("sales.invoices", "table", "r"),
            ],
        ),
        support_copilot(
            "Support Copilot",
            "Drafts answers to tickets",
            ("support-staging", "staging_support"),
            vec![
                ("customers", "table", "r"),
                ("kb_articles", "table", "r"),
                ("macros", "table", "r"),
                ("sla_policies", "table", "r"),
                ("ticket_comments", "table", "rw"),
                ("tickets", "table", "rw"),
            ],
        ),
        invoice_reader(("finance", "staging_finance")),
        report_builder(
            ("main-db", "staging_shop"),
            vec![
                ("orders", "table", "r"),
                ("order_items", "table", "r"),
                ("ünïcode_täble", "table", "r"),
                ("reports/monthly 2024", "dataset", "rw"),
                ("quarterly figures", "dataset", "rw"),
            ],
        ),
        nightly_sync(("sync-staging", "staging_shop"), vec![]),
        data_steward(("main-db", "staging_shop"), vec![("stock_levels", "table", "rw")]),
        faq_bot(vec![("faq", "dataset", "rw"), ("opening hours", "dataset", "r"), ("greetings", "dataset", "r")]),
    ]
}

pub(super) fn production() -> Vec<SampleAgent> {
    vec![
        my_agent(
            ("shop-primary", "shop"),
            vec![
                ("customers", "table", "r"),
                ("orders", "table", "r"),
                ("products", "table", "r"),
                ("sales.invoices", "table", "r"),
            ],
        ),
        support_copilot(
            "Support Assistant",
            "Drafts answers to tickets",
            ("support-primary", "support"),
            vec![
                ("customers", "table", "r"),
                ("kb_articles", "table", "r"),
                ("ticket_comments", "table", "r"),
                ("tickets", "table", "rw"),
            ],
        ),
        invoice_reader(("finance", "finance")),
        report_builder(
            ("shop-primary", "shop"),
            vec![
                ("orders", "table", "r"),
                ("ünïcode_täble", "table", "r"),
                ("reports/monthly 2024", "dataset", "r"),
                ("quarterly figures", "dataset", "r"),
            ],
        ),
        nightly_sync(
            ("sync-primary", "shop"),
            // Given by hand one night, and never taken back.
            vec![("customers", "table", "rwda"), ("suppliers", "table", "rwd"), ("dead letters", "dataset", "rwd")],
        ),
        data_steward(("shop-primary", "shop"), vec![]),
    ]
}

#[cfg(test)]
pub(super) fn all(sample: super::Sample) -> Vec<SampleAgent> {
    sample.agents()
}

fn my_agent(database: (&'static str, &'static str), resources: Resources) -> SampleAgent {
    SampleAgent {
        id: "my-agent",
        info: json!({
            "name": "My Agent",
            "type": "analytics",
            "description": "Answers questions about sales",
        }),
        database: Some(database),
        resources,
    }
}

fn support_copilot(
    name: &str,
    description: &str,
    database: (&'static str, &'static str),
    resources: Resources,
) -> SampleAgent {
    SampleAgent {
        id: "support-copilot",
        info: json!({
            "name": name,
            "type": "assistant",
            "description": description,
            "owner": "support-team",
            "contact": "support@example.com",
            "languages": ["en", "de", "fr"],
            "review": {"required": true, "after_days": 90},
        }),
        database: Some(database),
        resources,
    }
}

fn invoice_reader(database: (&'static str, &'static str)) -> SampleAgent {
    SampleAgent {
        id: "invoice-reader",
        info: json!({
            "name": "Invoice Reader",
            "type": "extraction",
            "description": "Reads incoming invoices and books them",
            "owner": "finance",
        }),
        database: Some(database),
        resources: vec![
            ("invoices", "table", "rw"),
            ("invoice_lines", "table", "rw"),
            ("vendors", "table", "r"),
            ("ledger.entries", "table", "r"),
        ],
    }
}

fn report_builder(database: (&'static str, &'static str), resources: Resources) -> SampleAgent {
    SampleAgent {
        id: "report-builder",
        info: json!({"name": "Report Builder", "type": "reporting", "owner": "Zoë Müller"}),
        database: Some(database),
        resources,
    }
}

fn churn_forecast() -> SampleAgent {
    SampleAgent {
        id: "churn-forecast",
        info: json!({
            "name": "Churn Forecast",
            "type": "forecasting",
            "description": "Estimates which customers are about to leave",
            "owner": "data-science",
        }),
        database: Some(("main-db", "dev_shop")),
        resources: vec![
            ("customers", "table", "r"),
            ("orders", "table", "r"),
            ("returns", "table", "r"),
            ("churn scores", "dataset", "rwd"),
            ("training runs", "dataset", "rwda"),
        ],
    }
}

fn nightly_sync(database: (&'static str, &'static str), more: Resources) -> SampleAgent {
    let mut resources = vec![
        ("customers", "table", "r"),
        ("products", "table", "rw"),
        ("stock_levels", "table", "rw"),
        ("warehouses", "table", "r"),
    ];
    resources.extend(more);
    SampleAgent {
        id: "nightly-sync",
        info: json!({"name": "Nightly Sync", "type": "integration", "owner": "platform"}),
        database: Some(database),
        resources,
    }
}

fn data_steward(database: (&'static str, &'static str), more: Resources) -> SampleAgent {
    let mut resources = vec![
        ("customers", "table", "rwd"),
        ("order_items", "table", "r"),
        ("orders", "table", "r"),
        ("products", "table", "rw"),
        ("returns", "table", "r"),
        ("sales.invoices", "table", "r"),
        ("suppliers", "table", "rw"),
        ("warehouses", "table", "rw"),
        ("data catalogue", "dataset", "rwda"),
        ("duplicates", "dataset", "rwd"),
        ("lineage", "dataset", "r"),
        ("retention rules", "dataset", "r"),
    ];
    resources.extend(more);
    SampleAgent {
        id: "data-steward",
        info: json!({
            "name": "Data Steward",
            "type": "governance",
            "description": "Finds duplicates and keeps the catalogue",
        }),
        database: Some(database),
        resources,
    }
}

fn faq_bot(resources: Resources) -> SampleAgent {
    SampleAgent { id: "faq-bot", info: json!({"name": "FAQ Bot"}), database: None, resources }
}
