//! A person's hands and eyes on the page: everything is found by what it is and what it is called.

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, bail, ensure};
use fantoccini::actions::{InputSource as _, MOUSE_BUTTON_LEFT, MouseActions, PointerAction};
use fantoccini::elements::Element;
use fantoccini::key::Key;
use serde_json::{Value, json};

use crate::driver::Driver;
use crate::session::Session;

/// How long anything may take to appear: a hang fails the test, and a slow machine does not.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(60);
/// Until the page has looked the same for a while.
const FONTS_AND_FRAMES: &str = "await document.fonts.ready;
    for (let last = '', tries = 0; tries < 15; tries += 1) {
        const now = document.body.innerText;
        if (now === last && document.querySelector('#main [aria-busy=true]') === null) break;
        last = now;
        await new Promise((done) => setTimeout(done, 120));
    }
";
const FIND: &str = include_str!("page.js");

/// The application's window. Dropping it kills the application; [`Window::close`] asks it to end.
#[derive(Debug)]
pub struct Window<'s> {
    session: &'s Session,
    driver: Driver,
}

/// A part of the page to look within.
#[derive(Debug)]
pub struct Within<'w> {
    window: &'w Window<'w>,
    scope: Option<(String, String)>,
}

impl<'s> Window<'s> {
    pub(crate) fn new(session: &'s Session, driver: Driver) -> Self {
        Self { session, driver }
    }

    pub(crate) fn wait_for_page(&self) -> Result<()> {
        self.patiently("the page has a heading", || {
            let there = self.script("return document.querySelector('#main h1') !== null", &[])?;
            ensure!(there == Value::Bool(true), "there is none");
            Ok(())
        })
    }

    // ---- hands ----

    /// As [`Session::agreeing`].
    ///
    /// # Errors
    /// As there.
    pub fn agreeing<T>(&self, work: impl FnOnce() -> Result<T>) -> Result<T> {
        self.session.agreeing(work)
    }

    /// Clicks what has this role and name.
    ///
    /// # Errors
    /// There is none, or more than one; with the page's text and a picture.
    pub fn click(&self, role: &str, name: &str) -> Result<()> {
        self.everywhere().click(role, name)
    }

    /// As [`Within::double_click`], anywhere.
    ///
    /// # Errors
    /// As [`Within::click`].
    pub fn double_click(&self, role: &str, name: &str) -> Result<()> {
        self.everywhere().double_click(role, name)
    }

    /// Puts this text into a field, in place of what was there.
    ///
    /// # Errors
    /// As [`Window::click`].
    pub fn fill(&self, field: &str, text: &str) -> Result<()> {
        self.everywhere().fill(field, text)
    }

    /// Presses keys where the focus is.
    ///
    /// # Errors
    /// The page is gone.
    pub fn press(&self, keys: &str) -> Result<()> {
        self.driver.talk(async |page| page.active_element().await?.send_keys(keys).await)
    }

    /// Chooses from a list.
    ///
    /// # Errors
    /// As [`Window::click`].
    pub fn choose(&self, list: &str, option: &str) -> Result<()> {
        self.everywhere().choose(list, option)
    }

    /// To click and type only within the one thing that has this role and name.
    #[must_use]
    pub fn within(&self, role: &str, name: &str) -> Within<'_> {
        Within { window: self, scope: Some((role.into(), name.into())) }
    }

    fn everywhere(&self) -> Within<'_> {
        Within { window: self, scope: None }
    }

    /// Loads the page anew, as a start of the application does.
    ///
    /// # Errors
    /// It does not come back.
    pub fn reload(&self) -> Result<()> {
        self.driver.talk(async |page| page.refresh().await)?;
        self.wait_for_page()
    }

    /// Sets the window's size in pixels.
    ///
    /// # Errors
    /// The window is gone.
    pub fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.driver.talk(async |page| page.set_window_rect(0, 0, width, height).await)
    }

    // ---- eyes ----

    /// Waits until this text can be read on the page.
    ///
    /// # Errors
    /// It does not appear; with what is there, and a picture.
    pub fn wait_for(&self, text: &str) -> Result<()> {
        self.wait_for_within(text, PATIENCE)
    }

    /// The same, with a patience of its own.
    ///
    /// # Errors
    /// As [`Window::wait_for`].
    pub fn wait_for_within(&self, text: &str, limit: Duration) -> Result<()> {
        self.patiently_within(&format!("{text:?} can be read"), limit, || {
            ensure!(self.text()?.contains(text), "it cannot");
            Ok(())
        })
    }

    /// Waits until this text cannot be read any more.
    ///
    /// # Errors
    /// It stays.
    pub fn wait_until_gone(&self, text: &str) -> Result<()> {
        self.patiently(&format!("{text:?} goes away"), || {
            ensure!(!self.text()?.contains(text), "it stays");
            Ok(())
        })
    }

    /// Waits until something has this role and name.
    ///
    /// # Errors
    /// There is none.
    pub fn wait_for_role(&self, role: &str, name: &str) -> Result<()> {
        self.everywhere().find(role, name).map(drop)
    }

    /// Everything that can be read on the page now, in one line for each piece, with single spaces.
    ///
    /// # Errors
    /// The page is gone.
    pub fn text(&self) -> Result<String> {
        let text = self.script("return document.body.innerText.replace(/[\\t\\u00a0 ]+/g, ' ')", &[])?;
        text.as_str().map(str::to_owned).context("the page has no text")
    }

    /// Whether what has this role and name can be used.
    ///
    /// # Errors
    /// There is none.
    pub fn is_enabled(&self, role: &str, name: &str) -> Result<bool> {
        let element = self.everywhere().find(role, name)?;
        self.driver.talk(async |_| element.is_enabled().await)
    }

    /// What stands in a field.
    ///
    /// # Errors
    /// There is no such field.
    pub fn value(&self, field: &str) -> Result<String> {
        let element = self.everywhere().find("textbox", field)?;
        Ok(self.driver.talk(async |_| element.prop("value").await)?.unwrap_or_default())
    }

    /// Runs a script in the page, as the page's own code would run. Only for what a person cannot see.
    ///
    /// # Errors
    /// It throws.
    pub fn script(&self, script: &str, arguments: &[Value]) -> Result<Value> {
        let arguments = arguments.to_vec();
        self.driver.talk(async |page| page.execute(script, arguments).await)
    }

    /// The same for a script that answers a promise.
    ///
    /// # Errors
    /// It throws, or its promise is broken.
    pub fn script_later(&self, body: &str, arguments: &[Value]) -> Result<Value> {
        let script = format!(
            "const done = arguments[arguments.length - 1];\n\
             (async (...arguments) => {{ {body} }})(...[...arguments].slice(0, -1))\n\
             .then((value) => done({{ value }}), (error) => done({{ error: String(error?.message ?? error) }}));"
        );
        let arguments = arguments.to_vec();
        let answer = self.driver.talk(async |page| page.execute_async(&script, arguments).await)?;
        match answer.get("error") {
            Some(error) => bail!("the script failed: {error}"),
            None => Ok(answer["value"].clone()),
        }
    }

    /// Asks Rust directly, as code that got into the page would. `Err` holds what was refused.
    ///
    /// # Errors
    /// The page is gone.
    pub fn invoke(&self, command: &str, payload: &Value) -> Result<std::result::Result<Value, Value>> {
        let answer = self.script_later(
            "return await window.__TAURI_INTERNALS__.invoke(arguments[0], arguments[1])\
             .then((ok) => ({ ok: ok ?? null }), (refused) => ({ refused: refused ?? null }));",
            &[json!(command), payload.clone()],
        )?;
        Ok(match answer.get("refused") {
            Some(refused) => Err(refused.clone()),
            None => Ok(answer["ok"].clone()),
        })
    }

    /// Keeps a picture of the window as `<name>.png`, and answers where. It is taken at the display: WebKit's own is of the next
    /// time that it paints, and where nothing moves there is none.
    ///
    /// # Errors
    /// It cannot be taken or written.
    pub fn picture(&self, name: &str) -> Result<PathBuf> {
        let folder = self.session.screens();
        fs::create_dir_all(folder)?;
        let path = folder.join(format!("{name}.png"));
        // As a person would see it: with its letters, and with what it still waits for, but not for ever.
        self.script_later(FONTS_AND_FRAMES, &[])?;
        self.session.save_picture(&path)?;
        Ok(path)
    }

    // ---- the end ----

    /// Closes the window as a person does, and waits for the application to end.
    ///
    /// # Errors
    /// It does not end.
    pub fn close(self) -> Result<()> {
        self.session.ask_to_close()?;
        self.session.wait_until_closed()
    }

    /// Kills the application in the middle of whatever it does.
    pub fn kill(self) {
        self.driver.kill();
    }

    // ---- waiting ----

    /// Tries again and again until it works; `what` says what is waited for.
    ///
    /// # Errors
    /// It never works, for the reason of the last attempt; with what is on the page, and a picture.
    pub fn patiently<T>(&self, what: &str, attempt: impl FnMut() -> Result<T>) -> Result<T> {
        self.patiently_within(what, PATIENCE, attempt)
    }

    fn patiently_within<T>(&self, what: &str, limit: Duration, mut attempt: impl FnMut() -> Result<T>) -> Result<T> {
        let deadline = Instant::now() + limit;
        loop {
            match attempt() {
                Ok(value) => return Ok(value),
                Err(error) if Instant::now() > deadline => {
                    return Err(self.as_it_is(&format!("not within {limit:?}: {what}: {error:#}")));
                }
                Err(_) => std::thread::sleep(GLANCE),
            }
        }
    }

    /// An error with everything that helps to see why.
    fn as_it_is(&self, what: &str) -> anyhow::Error {
        let text = self.text().unwrap_or_else(|error| format!("({error:#})"));
        let name = format!("failed-{}", std::thread::current().name().unwrap_or("main").replace("::", "-"));
        let picture =
            self.picture(&name).map_or_else(|error| format!("({error:#})"), |path| path.display().to_string());
        let said = self.session.said();
        anyhow!("{what}\n--- the page says\n{text}\n--- the application said\n{said}\n--- picture: {picture}")
    }
}

impl Within<'_> {
    /// Clicks what has this role and name.
    ///
    /// # Errors
    /// There is none, or more than one.
    pub fn click(&self, role: &str, name: &str) -> Result<()> {
        self.window.patiently(&format!("{role} {name:?} can be clicked"), || {
            let element = self.find_now(role, name)?;
            // A click on what cannot be used yet would get lost, and nobody would be told.
            let usable = self.window.driver.talk(async |_| element.is_enabled().await)?;
            ensure!(usable, "it cannot be used now");
            self.window.driver.talk(async |_| element.click().await)
        })
    }

    /// Clicks twice, as fast as a hand that takes every button for a file: two presses at one place, whatever stands there by then.
    ///
    /// # Errors
    /// As [`Within::click`].
    pub fn double_click(&self, role: &str, name: &str) -> Result<()> {
        let element = self.find(role, name)?;
        self.window.driver.talk(async |page| {
            let at = PointerAction::MoveToElement { element, duration: None, x: 0.0, y: 0.0 };
            let (down, up) =
                (PointerAction::Down { button: MOUSE_BUTTON_LEFT }, PointerAction::Up { button: MOUSE_BUTTON_LEFT });
            let twice =
                MouseActions::new("mouse".into()).then(at).then(down.clone()).then(up.clone()).then(down).then(up);
            page.perform_actions(twice).await
        })
    }

    /// Clicks the first that has this role.
    ///
    /// # Errors
    /// There is none.
    pub fn click_first(&self, role: &str) -> Result<()> {
        self.window.patiently(&format!("the first {role} can be clicked"), || {
            let element = self.find_by(role, &Value::Null)?;
            self.window.driver.talk(async |_| element.click().await)
        })
    }

    /// Puts this text into a field, in place of what was there.
    ///
    /// # Errors
    /// As [`Within::click`].
    pub fn fill(&self, field: &str, text: &str) -> Result<()> {
        let element = self.find("textbox", field)?;
        self.window.driver.talk(async |_| {
            element.click().await?;
            element.send_keys(&(Key::Control + "a")).await?;
            element.send_keys(text).await
        })
    }

    /// Chooses from a list.
    ///
    /// # Errors
    /// As [`Within::click`].
    pub fn choose(&self, list: &str, option: &str) -> Result<()> {
        let element = self.find("combobox", list)?;
        self.window.driver.talk(async |_| element.send_keys(option).await)
    }

    /// Waits for what has this role and name.
    ///
    /// # Errors
    /// As [`Within::click`].
    pub fn find(&self, role: &str, name: &str) -> Result<Element> {
        self.window.patiently(&format!("{role} {name:?} is there"), || self.find_now(role, name))
    }

    fn find_now(&self, role: &str, name: &str) -> Result<Element> {
        self.find_by(role, &json!(name))
    }

    fn find_by(&self, role: &str, name: &Value) -> Result<Element> {
        let scope = match &self.scope {
            Some((role, name)) => self.window.find_in(role, &json!(name), Value::Null)?,
            None => Value::Null,
        };
        self.window.driver.element(&self.window.find_in(role, name, scope)?)
    }
}

impl Window<'_> {
    /// What stands for the element in scripts.
    fn find_in(&self, role: &str, name: &Value, scope: Value) -> Result<Value> {
        let answer = self.script(FIND, &[json!(role), name.clone(), scope])?;
        match answer.get("element") {
            Some(element) => Ok(element.clone()),
            None => bail!("{}", answer["why"].as_str().unwrap_or("nothing was found")),
        }
    }
}
