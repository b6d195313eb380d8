//! Text that is a result by itself: a schema, completions, a manual page.

use super::Human;
use crate::commands::Text;
use crate::screen::Detail;

impl Human for Text {
    fn human(&self, _detail: Detail) -> String {
        self.text.clone()
    }
}
