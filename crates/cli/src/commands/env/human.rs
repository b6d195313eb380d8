//! Environments and their keys.

use aidb_core::operations::KeyState;
use aidb_core::store::{Colour, Environment, PlainHttpChoice, Protection};
use aidb_core::vault::{KeyPrompt, Removal};
use anstyle::{AnsiColor, Style};

use super::key::{KeyRemoved, KeyStored};
use super::{EnvironmentList, EnvironmentSaved, EnvironmentShown, RemovedShown, Saved};
use crate::shell::quoted;
use crate::view::Detail;
use crate::view::human::{Human, Page, column, done, padded, paint, shown};

/// The widest column of names.
const WIDEST: usize = 32;

fn style(colour: Colour) -> Style {
    match colour {
        Colour::Blue => AnsiColor::Blue.on_default(),
        Colour::Amber => AnsiColor::Yellow.on_default(),
        Colour::Red => AnsiColor::Red.on_default(),
        Colour::Green => AnsiColor::Green.on_default(),
        Colour::Violet => AnsiColor::Magenta.on_default(),
        Colour::Teal => AnsiColor::Cyan.on_default(),
        Colour::Grey => AnsiColor::BrightBlack.on_default(),
    }
}

fn name(environment: &Environment) -> String {
    paint(style(environment.colour), &shown(&environment.name))
}

fn protection(environment: &Environment) -> &'static str {
    if environment.protection == Protection::Protected { "protected" } else { "open" }
}

/// When the keychain asks for its password, where it does.
const fn asked_for(environment: &Environment) -> Option<&'static str> {
    match environment.key_prompt {
        KeyPrompt::Never => None,
        KeyPrompt::Idle => Some("after ten idle minutes, and in every command"),
        KeyPrompt::Always => Some("each time"),
    }
}

/// State of a key, in words.
fn describe_key(key: &KeyState) -> String {
    match key {
        KeyState::Missing => "no key".into(),
        KeyState::Unknown(error) => format!("key unknown: {}", shown(&error.to_string())),
        KeyState::Stored(description) if description.ending.is_empty() => "key stored".into(),
        KeyState::Stored(description) => format!("key …{}", shown(&description.ending)),
    }
}

impl Human for EnvironmentList {
    fn human(&self, _detail: Detail) -> String {
        let mut page = Page::default();
        if self.environments.is_empty() {
            page.line("No environments yet. Add one with `aidb env add NAME --url URL`.");
        }
        let names: Vec<String> = self.environments.iter().map(|one| shown(&one.environment.name)).collect();
        let urls: Vec<String> = self.environments.iter().map(|one| shown(&one.environment.url)).collect();
        let width = column(names.iter().map(String::as_str), WIDEST);
        let url_width = column(urls.iter().map(String::as_str), 60);
        for ((one, name), url) in self.environments.iter().zip(&names).zip(&urls) {
            let environment = &one.environment;
            page.line(format!(
                "{:>2}  {}  {}  {:<9}  {}",
                environment.position + 1,
                paint(style(environment.colour), &padded(name, width)),
                padded(url, url_width),
                protection(environment),
                describe_key(&one.key)
            ));
        }
        page.into_text()
    }
}

impl Human for EnvironmentShown {
    fn human(&self, _detail: Detail) -> String {
        let environment = &self.environment;
        let mut page = Page::default();
        page.line(name(environment));
        page.line(format!("  URL            {}", shown(&environment.url)));
        page.line(format!("  Stage          {}", environment.position + 1));
        page.line(format!("  Colour         {}", environment.colour));
        page.line(format!("  Protection     {}", protection(environment)));
        page.line(format!("  Default agent  {}", environment.default_agent.as_deref().map_or("none".into(), shown)));
        if let Some(ca_file) = &environment.ca_file {
            page.line(format!("  CA file        {}", shown(&ca_file.display().to_string())));
        }
        if environment.plain_http == PlainHttpChoice::Allowed {
            page.line("  Plain http     allowed: the key is sent unencrypted");
        }
        page.line(format!("  Key            {}", describe_key(&self.key)));
        if let Some(when) = asked_for(environment) {
            page.line(format!("  Key asked for  {when}"));
        }
        page.into_text()
    }
}

impl Human for EnvironmentSaved {
    fn human(&self, _detail: Detail) -> String {
        let what = match self.saved {
            Saved::Added => "added",
            Saved::Updated => "updated",
        };
        let mut page = Page::default();
        page.line(done(&format!("{} {what}: {}", name(&self.environment), shown(&self.environment.url))));
        if matches!(self.key, KeyState::Missing) {
            page.line(format!("  Store its API key with: aidb env set-key {}", quoted(&self.environment.name)));
        }
        page.into_text()
    }
}

impl Human for RemovedShown {
    fn human(&self, _detail: Detail) -> String {
        let key = match self.removed.key {
            Removal::Removed => " and its key",
            Removal::NotThere => "",
        };
        let name = shown(&self.removed.environment.name);
        format!(
            "{}\n",
            done(&format!(
                "{name}{key} removed. Its backups and its history stay, and so do keys that aidb made for its agents."
            ))
        )
    }
}

impl Human for KeyStored {
    fn human(&self, _detail: Detail) -> String {
        format!(
            "{}\n",
            done(&format!("The API key of {} is stored in {}.", shown(&self.environment.name), shown(&self.kept_in)))
        )
    }
}

impl Human for KeyRemoved {
    fn human(&self, _detail: Detail) -> String {
        let name = shown(&self.name);
        format!(
            "{}\n",
            done(&match self.removal {
                Removal::Removed => format!("The API key of {name} is removed."),
                Removal::NotThere => format!("{name} had no API key stored."),
            })
        )
    }
}
