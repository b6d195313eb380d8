//! `cargo xtask pictures`: the pictures of the documents, taken from the tour of the real window. `cargo xtask screens`: every screen
//! in every state. None is ever made by hand.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};

use crate::needs::{self, Task};
use crate::page;
use crate::programs::{build_folder, npm, repository, succeed};
use crate::run;

/// Takes the tour, and keeps every picture that a document shows.
///
/// # Errors
/// The tour does not go through, or has no such picture.
pub fn pictures() -> Result<ExitCode> {
    let status = run::tour()?;
    if status != ExitCode::SUCCESS {
        return Ok(status);
    }
    let taken = build_folder()?.join("tour");
    let kept = repository().join("docs/pictures");
    fs::create_dir_all(&kept)?;
    for name in shown()? {
        let from = taken_as(&taken, &name)?;
        fs::copy(&from, kept.join(format!("{name}.png"))).with_context(|| format!("{name}.png cannot be kept"))?;
        println!("docs/pictures/{name}.png is new");
    }
    Ok(status)
}

/// Every screen in every state over recorded answers, in Chromium: looked at for what is cut off, faint or runs over, and kept as
/// pictures in `target/screens`. It takes minutes, so it is no part of `cargo xtask test`.
///
/// # Errors
/// The page cannot be built, or a picture shows what it must not.
pub fn screens() -> Result<ExitCode> {
    needs::meet(&[Task::Test])?;
    page::meet_node()?;
    page::fetch()?;
    succeed(npm().args(["run", "test:screens"]))?;
    Ok(ExitCode::SUCCESS)
}

/// The names of the pictures that the documents show.
fn shown() -> Result<Vec<String>> {
    let mut names = Vec::new();
    for document in ["README.md", "docs/WINDOW.md"] {
        let text = fs::read_to_string(repository().join(document))?;
        let pictures = text.split("pictures/").skip(1).filter_map(|rest| rest.split_once(".png)"));
        names.extend(pictures.map(|(name, _)| name.to_owned()));
    }
    names.sort();
    names.dedup();
    Ok(names)
}

/// The tour numbers its pictures: `04-plan.png`.
fn taken_as(folder: &Path, name: &str) -> Result<std::path::PathBuf> {
    let wanted = format!("-{name}.png");
    let taken = fs::read_dir(folder)?.flatten().map(|entry| entry.path());
    let mut named =
        taken.filter(|path| path.file_name().is_some_and(|file| file.to_string_lossy().get(2..) == Some(&wanted)));
    named.next().with_context(|| format!("the tour takes no picture {name}"))
}
