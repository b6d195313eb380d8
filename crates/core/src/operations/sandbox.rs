//! The sandbox's servers as environments: both the window and `aidb sandbox` add them alike.

use secrecy::SecretString;

use super::{Edit, Engine, EnvironmentDraft, Error};
use crate::store::{Colour, Environment, EnvironmentId, Protection};

/// The key of the sandbox's environments: it accepts any.
const KEY: &str = "sandbox";
/// The agent that every sample server has.
const AGENT: &str = "my-agent";

/// One stage of the sandbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SampleStage {
    /// Name of its server and, where it is free, of its environment.
    pub name: &'static str,
    /// The colour.
    pub colour: Colour,
    /// Whether writing to it has to be agreed to.
    pub protection: Protection,
}

/// The stages, in order.
pub const SAMPLE_STAGES: [SampleStage; 3] = [
    SampleStage { name: "Development", colour: Colour::Blue, protection: Protection::Open },
    SampleStage { name: "Staging", colour: Colour::Amber, protection: Protection::Open },
    SampleStage { name: "Production", colour: Colour::Red, protection: Protection::Protected },
];

impl SampleStage {
    fn draft(self, name: &str, url: &str) -> EnvironmentDraft {
        EnvironmentDraft {
            name: Some(name.into()),
            url: Some(url.into()),
            colour: Some(self.colour),
            protection: Some(self.protection),
            default_agent: Edit::Set(AGENT.into()),
            ..EnvironmentDraft::default()
        }
    }
}

impl Engine {
    /// Adds the environment of a sample server, with its key.
    ///
    /// # Errors
    /// The name is taken, the store, the keychain.
    pub async fn add_sample(&self, stage: SampleStage, name: &str, url: &str) -> Result<Environment, Error> {
        self.add_environment_with_key(stage.draft(name, url), &SecretString::from(KEY)).await
    }

    /// Leads the environment of an earlier sandbox to where its server is now. All else that it has stays.
    ///
    /// # Errors
    /// Unknown environment, the store, the keychain.
    pub async fn lead_sample(&self, id: &EnvironmentId, url: &str) -> Result<Environment, Error> {
        let draft = EnvironmentDraft { url: Some(url.into()), ..EnvironmentDraft::default() };
        let environment = self.update_environment(id.as_str(), draft).await?;
        self.set_environment_key(environment.id.as_str(), &SecretString::from(KEY)).await
    }
}
