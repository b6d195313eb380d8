use aidb_core::store::Pair;

use super::{PairDone, PairsShown, name_of};
use crate::view::Detail;
use crate::view::human::{Human, Page, done, shown};

impl Human for PairsShown {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.pairs.is_empty() {
            page.line("No pairs. Add one with `aidb pair add ENVIRONMENT/AGENT ENVIRONMENT/AGENT`.");
        }
        for pair in &self.pairs {
            let members = self.members(pair);
            page.line(match self.done {
                PairDone::Listed => format!("{members}  by {}", shown(&pair.actor)),
                PairDone::Added => done(&format!("One agent from now on: {members}")),
                PairDone::Removed => done(&format!("No longer one agent: {members}")),
            });
        }
        page.into_text()
    }
}

impl PairsShown {
    fn members(&self, pair: &Pair) -> String {
        let member = |environment: &str, agent: &str| format!("{}/{}", shown(environment), shown(agent));
        let members = pair.members.iter().map(|it| member(name_of(&self.environments, &it.environment), &it.agent_id));
        members.collect::<Vec<_>>().join(" = ")
    }
}
