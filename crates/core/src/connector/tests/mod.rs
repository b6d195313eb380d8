//! The client against servers that behave, misbehave and attack.

mod answers;
mod calls;
mod faults;
mod proxies;
mod redirects;
mod retries;
mod secrets;
mod support;
mod tls;
mod traffic;
mod urls;
