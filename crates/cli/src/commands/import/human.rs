//! A validation that found no errors.

use super::validate::{TargetRemark, ValidationDone};
use crate::view::Detail;
use crate::view::human::{CHANGED, DIM, Human, Page, WARNING, counted, done, findings, paint, shown};

impl Human for ValidationDone {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        match self.files.as_slice() {
            [_] => page.line(done("Configuration validated")),
            files => page.line(done(&format!("Configuration validated ({})", counted(files.len(), "file")))),
        }
        page.line(done("Validation only - no changes made"));
        page.into_text()
    }

    fn remarks(&self, detail: Detail) -> String {
        let mut page = Page::default();
        for file in &self.files {
            page.block(&findings(&file.path, &file.findings, detail));
            for remark in &file.target {
                remark_line(&mut page, remark, self.server.as_deref().unwrap_or_default());
            }
        }
        page.into_text()
    }
}

fn remark_line(page: &mut Page, remark: &TargetRemark, server: &str) {
    let word = match remark {
        TargetRemark::Note(_) => paint(DIM, "note"),
        TargetRemark::Warning(_) => paint(WARNING, "warning"),
        TargetRemark::Differs(_) => paint(CHANGED, "differs"),
    };
    page.line(format!("{word}: {} ({})", shown(remark.text()), shown(server)));
}
