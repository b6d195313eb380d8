//! What was typed, and what is wrong with it: clap's refusals in the words and the form of every other error.

use std::ffi::OsString;

use clap::builder::Resettable;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{ArgMatches, CommandFactory, FromArgMatches};
use secrecy::SecretString;

use crate::args::{Source, Sources};
use crate::cli::Cli;
use crate::failure::CommandError;
use crate::suggestion;
use crate::variables::{self, API_KEY, NotText, URL};

/// Result of reading the command line.
pub(crate) enum Typed {
    Command(Box<Cli>, Sources),
    /// Help or the version was asked for.
    Text(String),
    Wrong(CommandError),
}

/// Reads the command line.
pub(crate) fn read(arguments: &[OsString]) -> Typed {
    let matches = expected().try_get_matches_from(arguments);
    match matches.and_then(|matches| Ok((Cli::from_arg_matches(&matches)?, matches))) {
        Ok((cli, matches)) => command(cli, &matches),
        Err(error) => refused(&error, arguments),
    }
}

/// What can be typed. CI systems set a variable that has no value to the empty text: as good as none.
fn expected() -> clap::Command {
    let variables =
        [("key_store", "AIDB_KEY_STORE"), ("data_dir", "AIDB_DATA_DIR"), ("allow_plain_http", "AIDB_ALLOW_PLAIN_HTTP")];
    let empty = variables.into_iter().filter(|(_, variable)| variables::is_empty(variable));
    empty.fold(Cli::command(), |cli, (argument, _)| cli.mut_arg(argument, |argument| argument.env(Resettable::Reset)))
}

fn command(mut cli: Cli, matches: &ArgMatches) -> Typed {
    let target = &mut cli.global.target;
    let read = || -> Result<Sources, NotText> {
        let agent = source(matches, "agent");
        Ok(Sources { url: variables::text(URL)?, api_key: variables::text(API_KEY)?.map(SecretString::from), agent })
    };
    let sources = match read() {
        Ok(sources) => sources,
        Err(error) => return Typed::Wrong(error.into()),
    };
    // What is left in the arguments was typed.
    forget_variable(&mut target.url, source(matches, "url"));
    forget_variable(&mut target.api_key, source(matches, "api_key"));
    // CI systems set a variable that has no value to the empty text.
    if sources.agent == Source::Variable {
        target.agent = target.agent.take().filter(|text| !text.is_empty());
    }
    Typed::Command(Box::new(cli), sources)
}

fn forget_variable<T>(value: &mut Option<T>, source: Source) {
    if source == Source::Variable {
        *value = None;
    }
}

fn source(matches: &ArgMatches, name: &str) -> Source {
    match matches.value_source(name) {
        Some(ValueSource::CommandLine) => Source::Flag,
        Some(ValueSource::EnvVariable) => Source::Variable,
        _ => Source::Nowhere,
    }
}

/// Whether errors are to be JSON although the command line could not be read.
pub(crate) fn wants_json(arguments: &[OsString]) -> bool {
    let words = arguments.iter().skip(1).take_while(|word| *word != "--");
    let mut words = words.filter_map(|word| word.to_str());
    words.any(|word| word == "--json" || (word.starts_with("-j") && word[2..].chars().all(|flag| "vq".contains(flag))))
}

fn refused(error: &clap::Error, arguments: &[OsString]) -> Typed {
    if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) {
        return Typed::Text(error.render().ansi().to_string());
    }
    let (mut command, path) = command_meant(arguments);
    Typed::Wrong(CommandError::Arguments {
        message: message(error, &path),
        hint: Some(hint(error, &path)),
        details: vec![one_line(&command.render_usage().to_string())],
    })
}

/// The command that the arguments lead to, as far as they can be followed, and its name as it is typed.
fn command_meant(arguments: &[OsString]) -> (clap::Command, String) {
    let mut command = Cli::command();
    command.build();
    let mut path = "aidb".to_owned();
    for word in arguments.iter().skip(1).filter_map(|word| word.to_str()) {
        let Some(inner) = command.find_subcommand(word).cloned() else { continue };
        path = format!("{path} {}", inner.get_name());
        command = inner;
    }
    (command, path)
}

fn message(error: &clap::Error, path: &str) -> String {
    let inside = path.contains(' ');
    match (error.kind(), text(error, ContextKind::InvalidSubcommand)) {
        (ErrorKind::InvalidSubcommand, Some(word)) if inside => format!("Unknown action {word:?}."),
        (ErrorKind::InvalidSubcommand, Some(word)) => format!("Unknown command {word:?}."),
        (ErrorKind::MissingSubcommand | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand, _) => {
            format!("{} is missing: say what `{path}` should do.", if inside { "An action" } else { "A command" })
        }
        _ => sentence(&error.render().to_string()),
    }
}

/// The first paragraph of what clap says, without its prefix, as one sentence.
fn sentence(rendered: &str) -> String {
    let paragraph = one_line(rendered.trim_start_matches("error: ").split("\n\n").next().unwrap_or_default());
    let mut letters = paragraph.chars();
    let capital: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{capital}{}.", letters.as_str().trim_end_matches('.'))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn hint(error: &clap::Error, path: &str) -> String {
    let word = |kind| text(error, kind).filter(|word| !word.starts_with('-'));
    let meant = match error.kind() {
        ErrorKind::UnknownArgument => word(ContextKind::InvalidArg).and_then(|word| suggestion::flag_for(path, &word)),
        ErrorKind::InvalidSubcommand => {
            let command = word(ContextKind::InvalidSubcommand).and_then(|word| suggestion::command_for(path, &word));
            command.map(|command| format!("`{command}`"))
        }
        _ => None,
    };
    if let Some(meant) = meant {
        return format!("Did you mean {meant}? `{path} --help` shows what there is.");
    }
    let suggested = [ContextKind::SuggestedSubcommand, ContextKind::SuggestedArg, ContextKind::SuggestedValue];
    match suggested.iter().find_map(|kind| text(error, *kind)) {
        Some(word) => format!("Did you mean {word}? `{path} --help` shows what there is."),
        None => format!("`{path} --help` shows what there is."),
    }
}

/// A word of the error; of several suggestions the longest, because an alias of one letter explains nothing.
fn text(error: &clap::Error, kind: ContextKind) -> Option<String> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(texts) => texts.iter().max_by_key(|text| text.len()).cloned(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn json_is_recognised_where_nothing_else_can_be() {
        let wants = |words: &[&str]| wants_json(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert!(
            wants(&["aidb", "--json", "nonsense"]) && wants(&["aidb", "nonsense", "-j"]) && wants(&["aidb", "-jv"])
        );
        assert!(!wants(&["aidb", "-e", "x", "--", "--json"]) && !wants(&["aidb", "-ej"]) && !wants(&["--json"]));
    }

    fn hint_of(words: &[&str]) -> String {
        match read(&words.iter().map(OsString::from).collect::<Vec<_>>()) {
            Typed::Wrong(CommandError::Arguments { hint: Some(hint), .. }) => hint,
            _ => panic!("{words:?} has to be refused with a hint"),
        }
    }

    #[test]
    fn a_word_that_stands_alone_is_asked_back_with_the_flag_it_was_meant_for() {
        for (words, meant) in [
            (&["migrate", "import", "c.json"][..], "-i c.json"),
            (&["m", "import", "-e", "Staging", "my configs", "--dry-run"], "-i 'my configs'"),
            (&["migrate", "export", "x.json"], "-o x.json"),
            (&["migrate", "export", "my-agent"], "-a my-agent"),
            (&["migrate", "rollback", "bk-3fz9q2mk"], "--backup bk-3fz9q2mk"),
            (&["migrate", "rollback", "b.json", "--yes"], "--backup b.json"),
            (&["migrate", "backups", "export", "latest", "x.json"], "-o x.json"),
            (&["migrate", "backups", "list", "my-agent"], "-a my-agent"),
            (&["migrate", "backups", "create", "my-agent"], "-a my-agent"),
            (&["migrate", "backups", "bk-3fz9q2mk"], "`aidb migrate backups show bk-3fz9q2mk`"),
            (&["migrate", "history", "op-3fz9q2mk"], "`aidb migrate history show op-3fz9q2mk`"),
            (&["migrate", "history", "list", "my-agent"], "-a my-agent"),
            (&["migrate", "c.json"], "`aidb migrate import -i c.json`"),
            (&["import", "-i", "c.json"], "`aidb migrate import`"),
            (&["env", "add", "Staging", "https://staging.example.com"], "--url 'https://staging.example.com'"),
            (&["env", "update", "Staging", "https://staging.example.com"], "--url 'https://staging.example.com'"),
            (&["test", "Staging"], "-e Staging"),
            (&["man", "pages"], "--out-dir pages"),
            (&["sandbox", "4701"], "--ports 4701"),
        ] {
            let hint = hint_of(&[&["aidb"], words].concat());
            assert!(hint.starts_with(&format!("Did you mean {meant}? ")), "{words:?}: {hint}");
        }
    }

    /// Every flag that takes a file or folder, with the words of its command.
    fn flags_with_a_path(command: &clap::Command, words: &[String], found: &mut Vec<(Vec<String>, String)>) {
        for argument in command.get_arguments() {
            let takes = argument.get_value_names().unwrap_or_default();
            let path = takes.iter().any(|name| name.contains("FILE") || name.contains("DIR"));
            if let (true, Some(long)) = (path, argument.get_long()) {
                found.push((words.to_vec(), format!("--{long}")));
            }
        }
        for inner in command.get_subcommands() {
            flags_with_a_path(inner, &[words, &[inner.get_name().to_owned()]].concat(), found);
        }
    }

    #[test]
    fn a_dash_names_a_file_at_no_flag() {
        // Where it means standard input or output.
        let taken = [
            "import --input",
            "import --connection-string-file",
            "export --output",
            "backups export --output",
            "rollback --backup",
        ];
        let mut flags = Vec::new();
        flags_with_a_path(&Cli::command(), &["aidb".to_owned()], &mut flags);
        assert!(flags.len() >= 10, "{flags:?}");
        for (words, flag) in flags {
            let named = format!("{} {flag}", words.join(" "));
            let typed = words.iter().map(String::as_str).chain([flag.as_str(), "-"]);
            let error = Cli::command().try_get_matches_from(typed).err().map(|error| error.to_string());
            let refused = error.is_some_and(|error| error.contains("stands for standard input or output"));
            assert_eq!(refused, !taken.iter().any(|end| named.ends_with(&format!(" {end}"))), "{named} -");
        }
    }
}
