//! `cargo xtask audit`: what comes in with dependencies (docs/QUALITY.md, S8), and a list of it.
//!
//! Both programs are built for release with the list of their crates inside (`cargo auditable`), so that whoever has only the
//! program can look it up in a database of faults later.
//!
//! Licences, sources and banned crates need nothing but the sources. Known faults need the databases of others: where one cannot be
//! reached that is said, and nothing else, so that nobody takes silence for a clean record.

use std::path::Path;
use std::process::{Command, ExitCode, Output};

use anyhow::{Context as _, Result, bail};

use crate::programs::{self, Profile};

/// Tools that this task installs with cargo where they are missing, and what each is for.
const TOOLS: [(&str, &str); 4] = [
    ("cargo-deny", "reads licences, sources, bans and advisories"),
    ("cargo-cyclonedx", "lists the crates as CycloneDX"),
    ("cargo-auditable", "puts the list of crates into a program"),
    ("rust-audit-info", "reads it out of one"),
];

/// What a database that cannot be reached makes a tool say.
const UNREACHABLE: [&str; 7] = [
    "failed to fetch",
    "failed to clone",
    "could not resolve",
    "ENOTFOUND",
    "ENETUNREACH",
    "endpoint is being retired",
    "audit endpoint returned an error",
];

pub(crate) fn audit() -> Result<ExitCode> {
    for (tool, because) in TOOLS {
        install(tool, because)?;
    }
    let root = &programs::repository();
    auditable_programs()?;
    let mut clean = pass("licences, sources, bans", &deny(&["bans", "licenses", "sources"])?);
    clean &= asked("advisories on crates", &deny(&["advisories"])?);
    let npm = programs::npm().args(["audit", "--audit-level=low"]).output().context("npm cannot be started")?;
    clean &= asked("advisories on packages of npm", &npm);
    bill_of_materials(root)?;
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn install(tool: &str, because: &str) -> Result<()> {
    let there = match tool.strip_prefix("cargo-") {
        Some(subcommand) => {
            programs::cargo().args([subcommand, "--version"]).output().is_ok_and(|output| output.status.success())
        }
        // Without a file to read it fails, and is there.
        None => Command::new(tool).output().is_ok(),
    };
    if there {
        return Ok(());
    }
    println!("Installing {tool}, which {because} …");
    let status = programs::cargo().args(["install", "--locked", tool]).status().context("cargo cannot be started")?;
    if !status.success() {
        bail!("{tool} could not be installed; type: cargo install --locked {tool}");
    }
    Ok(())
}

/// Builds both programs for release, and reads the list of crates back out of each.
fn auditable_programs() -> Result<()> {
    for (package, program) in [("aidb-cli", "aidb"), ("aidb-desktop", "aidb-desktop")] {
        // Each by itself, as it is shipped: together, the window's features would make the command line larger.
        programs::succeed(programs::cargo().args(["auditable", "build", "--release", "--package", package]))?;
        let path = programs::program_folder(Profile::Release)?.join(program);
        let output =
            Command::new("rust-audit-info").arg(&path).output().context("rust-audit-info cannot be started")?;
        let list = said(&output);
        if !output.status.success() || !list.contains(r#"{"name":"aidb-core","#) {
            bail!("{program} holds no list of its crates: {list}");
        }
        println!("crates listed in {program} itself: {}", list.matches(r#"{"name":""#).count());
    }
    Ok(())
}

fn deny(checks: &[&str]) -> Result<Output> {
    let mut command = programs::cargo();
    command.args(["deny", "--workspace", "check", "--hide-inclusion-graph"]).args(checks);
    command.output().context("cargo-deny cannot be started")
}

fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn pass(what: &str, output: &Output) -> bool {
    match output.status.success() {
        true => println!("{what}: clean"),
        false => println!("{what}:\n{}", said(output)),
    }
    output.status.success()
}

/// The result of a question to somebody else's database. One that was not asked is no failure, and no clean record either.
fn asked(what: &str, output: &Output) -> bool {
    let said = said(output);
    if output.status.success() {
        println!("{what}: clean");
        return true;
    }
    if let Some(line) = said.lines().find(|line| UNREACHABLE.iter().any(|sign| line.contains(sign))) {
        println!("{what}: not asked, because the database cannot be reached ({})", line.trim());
        return true;
    }
    println!("{what}:\n{said}");
    false
}

/// Writes `target/sbom`: what the programs and the page are made of.
fn bill_of_materials(root: &Path) -> Result<()> {
    let folder = root.join("target/sbom");
    std::fs::create_dir_all(&folder)?;
    for (package, name) in [("crates/cli", "aidb"), (".", "aidb-desktop")] {
        let manifest = root.join(package).join("Cargo.toml");
        let mut list = programs::cargo();
        list.args(["cyclonedx", "--format", "json", "--manifest-path"])
            .arg(&manifest)
            .args(["--override-filename", "sbom.cdx"]);
        programs::succeed(&mut list)?;
        let written = root.join(package).join("sbom.cdx.json");
        std::fs::rename(written, folder.join(format!("{name}.cdx.json")))
            .with_context(|| format!("cargo-cyclonedx wrote no list of {name}"))?;
        remove_lists_of_members(root)?;
    }
    let npm = programs::npm()
        .args(["sbom", "--sbom-format", "cyclonedx", "--omit", "dev"])
        .output()
        .context("npm cannot be started")?;
    if !npm.status.success() {
        bail!("npm wrote no list of the page: {}", said(&npm));
    }
    std::fs::write(folder.join("page.cdx.json"), npm.stdout)?;
    println!("What the programs and the page are made of: target/sbom");
    Ok(())
}

/// The tool writes one beside the manifest of every member of the workspace, whichever was asked for.
fn remove_lists_of_members(root: &Path) -> Result<()> {
    for folder in [root.to_owned(), root.join("crates"), root.join("tests")] {
        for entry in std::fs::read_dir(folder)? {
            let list = entry?.path().join("sbom.cdx.json");
            if list.exists() {
                std::fs::remove_file(list)?;
            }
        }
    }
    Ok(())
}
