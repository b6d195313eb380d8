//! What is typed in the tour.

use std::path::Path;

/// Variables of every line. Keys go to private files in the tour's own home, because a machine may have no keychain, and
/// the person's own keychain is none of the tour's business.
pub const SETTINGS: &[(&str, &str)] = &[("AIDB_KEY_STORE", "file")];

/// The exit status of a comparison that found differences.
const DIFFERS: i32 = 2;

/// A few lines that belong together.
pub struct Chapter {
    pub heading: &'static str,
    pub lines: Vec<Line>,
}

pub struct Line {
    pub typed: String,
    /// The exit status that it has to have.
    pub status: i32,
}

fn line(typed: impl Into<String>) -> Line {
    Line { typed: typed.into(), status: 0 }
}

fn differs(typed: impl Into<String>) -> Line {
    Line { typed: typed.into(), status: DIFFERS }
}

/// The whole tour, for environments at these URLs in stage order.
pub fn chapters(urls: &[String; 3]) -> Vec<Chapter> {
    vec![environments(urls), export(), staging(), production(), back()]
}

fn environments([development, staging, production]: &[String; 3]) -> Chapter {
    let set_key = |name: &str| line(format!("echo sample-key-of-{} | aidb env set-key {name}", name.to_lowercase()));
    Chapter {
        heading: "Tell aidb where the environments are, and their API keys",
        lines: vec![
            line(format!("aidb env add Development --url {development} --colour blue")),
            line(format!("aidb env add Staging --url {staging} --colour amber")),
            line(format!("aidb env add Production --url {production} --colour red --protected")),
            set_key("Development"),
            set_key("Staging"),
            set_key("Production"),
            line("aidb env list"),
            line("aidb test -e Development -a my-agent"),
        ],
    }
}

fn export() -> Chapter {
    Chapter {
        heading: "Export an agent from Development, and check the file",
        lines: vec![
            line("aidb migrate export -e Development -a my-agent -o my-agent.json"),
            line("cat my-agent.json"),
            line("aidb migrate import -i my-agent.json --validate"),
        ],
    }
}

fn staging() -> Chapter {
    Chapter {
        heading: "See what it would change in Staging, and do it",
        lines: vec![
            line("aidb migrate import -e Staging -i my-agent.json --dry-run"),
            line("aidb migrate import -e Staging -i my-agent.json --yes"),
            line("aidb migrate import -e Staging -i my-agent.json --dry-run --detailed-exitcode"),
        ],
    }
}

fn production() -> Chapter {
    Chapter {
        heading: "On to Production, which is protected: without a person to ask, it takes a --yes",
        lines: vec![
            line("aidb migrate export -e Production -a my-agent -o production-before.json"),
            differs("aidb migrate import -e Production -i my-agent.json --dry-run --detailed-exitcode"),
            line("aidb migrate import -e Production -i my-agent.json --yes --reason \"Release 12\""),
        ],
    }
}

fn back() -> Chapter {
    Chapter {
        heading: "Something broke? Lead Production back to what it was",
        lines: vec![
            line("aidb migrate backups list -e Production"),
            line("aidb migrate rollback -e Production -a my-agent --backup latest --dry-run"),
            line("aidb migrate rollback -e Production -a my-agent --backup latest --yes"),
            line("aidb migrate export -e Production -a my-agent -o production-after.json"),
            line("aidb migrate compare production-before.json production-after.json"),
        ],
    }
}

pub fn what_next(programs: &Path) -> String {
    format!(
        "
── That was the tour ──

Every line above ended as it has to. The sample environments are gone again, and so is everything the tour stored.

Try it yourself:
  export PATH=\"{}:$PATH\"
  export AIDB_KEY_STORE=file           only on a machine without a keychain
  aidb sandbox --add-environments      three sample environments, until Ctrl-C
  aidb env list                        in a second terminal, with the same settings
  aidb --help                          everything else; docs/GUIDE.md tells it in order
",
        programs.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tour_goes_through_all_three_environments_and_back() {
        let urls = ["http://d", "http://s", "http://p"].map(str::to_owned);
        let typed: Vec<String> =
            chapters(&urls).into_iter().flat_map(|chapter| chapter.lines).map(|line| line.typed).collect();
        for part in ["--url http://d", "--url http://s", "--url http://p", "import -e Production", "rollback"] {
            assert!(typed.iter().any(|typed| typed.contains(part)), "nothing in the tour has {part}");
        }
    }
}
