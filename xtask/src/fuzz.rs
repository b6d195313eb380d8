//! `cargo xtask fuzz [SECONDS]`: inputs that nobody thought of, for everything that comes from outside (docs/QUALITY.md, S5). It
//! begins with `tests/fuzz/corpus`; what reaches something new is kept in `target/fuzz/corpus`, to be looked through for more.

use std::process::{Command, ExitCode};

use anyhow::{Context as _, Result, bail};

use crate::needs::{self, Task};
use crate::programs::{build_folder, cargo, repository, succeed};

/// Programs, each with the folder of its corpus.
const TARGETS: &[&str] = &["configuration", "answer", "plan-file", "backup-file", "backup-row"];

/// Coverage for libFuzzer. The compiler that everything else is built with has it, without the sanitizers that want another one.
const INSTRUMENTED: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
                            -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
                            -Cdebug-assertions -Ccodegen-units=1";

/// For each kind, where nothing else is asked for.
pub const USUAL_SECONDS: u32 = 60;

/// Longest input, in bytes.
const LONGEST: u32 = 16_384;

/// Builds the programs and runs each for so many seconds.
///
/// # Errors
/// A build fails, or an input was found that one of them does not take; it lies in `target/fuzz`.
pub fn fuzz(seconds: u32) -> Result<ExitCode> {
    needs::meet(&[Task::Build, Task::Fuzz])?;
    let folder = build_folder()?.join("fuzz");
    let host = host()?;
    let mut build = cargo();
    build
        .args(["build", "--release", "-p", "aidb-fuzz", "--features", "libfuzzer", "--bins", "--target-dir"])
        .arg(&folder);
    // Named, so that build scripts and macros, which nobody fuzzes, are built without.
    build.args(["--target", &host]);
    // Fat LTO would take the instrumentation out again, and minutes.
    build
        .env("RUSTFLAGS", INSTRUMENTED)
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "2");
    succeed(&mut build)?;
    for target in TARGETS {
        println!("\n── {target}, {seconds} s ──");
        // What is found stays beside the build; what the repository keeps is where it begins.
        let found = folder.join("corpus").join(target);
        std::fs::create_dir_all(&found)?;
        let status = Command::new(folder.join(&host).join("release").join(format!("fuzz-{target}")))
            .arg(&found)
            .arg(repository().join("tests/fuzz/corpus").join(target))
            .args([format!("-max_total_time={seconds}"), format!("-max_len={LONGEST}"), "-timeout=10".into()])
            .args(["-rss_limit_mb=2048", "-print_final_stats=1", "-verbosity=0", "-reduce_inputs=1"])
            .arg(format!("-artifact_prefix={}/", folder.display()))
            .status()
            .context("the program cannot be started")?;
        if !status.success() {
            bail!("{target} does not take an input; it lies in {}", folder.display());
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The triple of this machine, as the compiler calls it.
fn host() -> Result<String> {
    let output = Command::new("rustc").arg("-vV").output().context("rustc cannot be started")?;
    let said = String::from_utf8_lossy(&output.stdout);
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).context("rustc does not say what it is built for")
}
