//! The three sample servers, their environments, and an application over them. Dialogs, clipboard and window alone are not
//! the real ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use aidb_core::operations::SAMPLE_STAGES;
use aidb_core::store::STORE_FILE;
use aidb_core::vault::{Vault, VaultUse};
use aidb_sandbox::{Handle, Sandbox, Trio};
use tempfile::TempDir;

use super::replace::TYPED;
use crate::desktop::{Desktop, Parts};
use crate::testing::System;

/// An application, and the servers that it knows.
pub(crate) struct World {
    pub(crate) desktop: Arc<Desktop>,
    system: System,
    pub(crate) trio: Trio,
    pub(crate) folder: TempDir,
    /// The ids of Development, Staging and Production.
    pub(crate) ids: Vec<String>,
}

impl World {
    /// With the three sample environments.
    pub(crate) async fn samples() -> Self {
        Self::empty().await.and_samples().await
    }

    /// The same with the three sample environments.
    pub(crate) async fn and_samples(self) -> Self {
        let mut world = self;
        let engine = world.desktop.engine();
        for (stage, url) in SAMPLE_STAGES.into_iter().zip(world.urls()) {
            let environment = engine.add_sample(stage, stage.name, &url).await.expect("the environment");
            world.ids.push(environment.id.to_string());
            engine.set_environment_key(environment.id.as_str(), &TYPED.into()).await.expect("the key");
            super::apart().await;
        }
        // Every history begins with what the scenario itself does.
        world.forget_profile_changes();
        world
    }

    /// Without any environment.
    pub(crate) async fn empty() -> Self {
        Self::keeping(None).await
    }

    /// Without any environment, keys in the system's keychain.
    pub(crate) async fn with_keychain() -> Self {
        Self::keeping(Some(Vault::keychain(VaultUse::Session))).await
    }

    /// Keys go into private files where no other place is named: a place that lasts, as the keychain does.
    async fn keeping(vault: Option<Vault>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let vault = vault.unwrap_or_else(|| Vault::file(folder.path().join("keys")));
        let system = System::default();
        let trio = Sandbox::trio([0, 0, 0]).await.expect("the servers");
        let desktop = desktop(folder.path(), &system, vault, "maria");
        Self { desktop, system, trio, folder, ids: Vec::new() }
    }

    /// Ended, and started again by that account. Keys stay where they are.
    pub(crate) fn restart(&mut self, actor: &str) {
        let vault = self.desktop.engine().vault().clone();
        self.desktop = desktop(self.folder.path(), &self.system, vault, actor);
    }

    /// The data folder.
    pub(crate) fn data(&self) -> PathBuf {
        self.desktop.folder().to_owned()
    }

    /// What a person picks in the next dialogs.
    pub(crate) fn picks(&self, name: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        self.system.with(|told| told.picks = Some(path.clone()));
        path
    }

    /// The store as something else left it: nothing that it holds can be read until it is put back.
    pub(crate) fn spoil_store(&mut self) {
        std::fs::rename(self.data().join(STORE_FILE), self.aside()).expect("a store");
        std::fs::create_dir(self.data().join(STORE_FILE)).expect("a folder in its place");
        self.restart("maria");
    }

    /// The store as it was.
    pub(crate) fn mend_store(&mut self) {
        std::fs::remove_dir(self.data().join(STORE_FILE)).expect("the folder in its place");
        std::fs::rename(self.aside(), self.data().join(STORE_FILE)).expect("a store");
        self.restart("maria");
    }

    /// Changes a stored backup as a failing disk would: behind the store's back.
    pub(crate) fn damage(&self, backup: &str) {
        self.alter(&format!("UPDATE backups SET agent_id = agent_id || ' ' WHERE id = '{backup}'"));
    }

    /// The store as an aidb left it that did not note yet what was changed in profiles.
    pub(crate) fn forget_profile_changes(&self) {
        self.alter("DELETE FROM history WHERE profile_change_id IS NOT NULL");
    }

    fn alter(&self, statement: &str) {
        let script =
            "import sqlite3, sys\nstore = sqlite3.connect(sys.argv[1])\nstore.execute(sys.argv[2])\nstore.commit()";
        let store = self.data().join(STORE_FILE);
        let status = std::process::Command::new("python3").args(["-c", script]).arg(store).arg(statement).status();
        assert!(status.expect("python3").success(), "{statement} was refused");
    }

    fn aside(&self) -> PathBuf {
        self.data().join("aside.db")
    }

    /// The URLs, in stage order.
    pub(crate) fn urls(&self) -> [String; 3] {
        [self.trio.development.url(), self.trio.staging.url(), self.trio.production.url()]
    }

    /// The ports, in stage order.
    pub(crate) fn ports(&self) -> [u16; 3] {
        [self.trio.development.port(), self.trio.staging.port(), self.trio.production.port()]
    }

    /// One of the servers, by its stage.
    pub(crate) fn server(&self, stage: usize) -> Handle {
        [&self.trio.development, &self.trio.staging, &self.trio.production][stage].handle()
    }

    /// A file in the person's folder.
    pub(crate) fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path
    }
}

fn desktop(home: &Path, system: &System, vault: Vault, actor: &str) -> Arc<Desktop> {
    let parts = Parts {
        folder: home.join(".local/share/aidb"),
        vault,
        actor: actor.into(),
        proxies: aidb_core::connector::Proxies::default(),
        home: Some(home.to_owned()),
        open_file: None,
        dialogs: Box::new(system.clone()),
        clipboard: Arc::new(system.clone()),
        window: Box::new(system.clone()),
    };
    Arc::new(Desktop::new(parts))
}
