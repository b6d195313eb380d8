//! The sandbox, once it runs.

use super::SandboxStarted;
use crate::view::Detail;
use crate::view::human::{BOLD, Human, Page, column, done, padded, paint, shown};

impl Human for SandboxStarted {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        let width = column(self.servers.iter().map(|server| server.name.as_str()), 20);
        for server in &self.servers {
            page.line(format!("{}  {}", paint(BOLD, &padded(&server.name, width)), server.url));
        }
        if self.added {
            page.line(done(
                "Added as environments, each with a key: try `aidb -e Development migrate export --all -o agents`",
            ));
        } else {
            page.line("Any API key works, for example: AIDB_API_KEY=sandbox aidb test -u URL");
        }
        if let Some(folder) = &self.state_dir {
            page.line(format!("State is kept in {}.", shown(&folder.display().to_string())));
        }
        page.line("Ctrl-C ends it.");
        page.into_text()
    }
}
