//! What a text looks like, by its characters alone: a placeholder, a word, a token, nothing but randomness.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

/// Number of letters and digits of a text that must look random, where no name says "secret": shorter ones are ids (ULID 26,
/// KSUID 27).
const RANDOM_UNNAMED: usize = 28;
/// The same where a name says it.
const RANDOM_NAMED: usize = 14;

/// Words after which only the first of a text is looked at: a text is not searched for ever.
const MOST_WORDS: usize = 4096;

/// Shannon entropy in bits a character.
pub(super) fn entropy(text: &str) -> f64 {
    let mut counts = [0_u32; 256];
    for byte in text.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = f64::from(u32::try_from(text.len()).unwrap_or(u32::MAX)).max(1.0);
    counts.iter().filter(|count| **count > 0).map(|count| f64::from(*count) / total).map(|p| -p * p.log2()).sum()
}

/// Whether the text stands where a secret belongs: a variable, a mask, a word that says so. `changeme` and `changeit` are passwords
/// that some products really ship with; in a configuration they mean "put yours here", and count as placeholders.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']);
    is_masked(text) || is_reference(text) || is_placeholder_word(text)
}

/// Nothing, a mask, or a variable that something fills in.
pub(super) fn is_masked(text: &str) -> bool {
    let enclosed = |open: &str, close: &str| text.starts_with(open) && text.ends_with(close);
    let inner_variable = |sign: char| {
        text.strip_prefix(sign).is_some_and(|name| {
            name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
                && name.len() <= 40
                && name.chars().all(|c| c == '_' || c == '.' || c.is_ascii_alphanumeric())
                && (name.chars().all(|c| !c.is_ascii_lowercase()) || name.chars().all(|c| !c.is_ascii_uppercase()))
                && name.chars().filter(char::is_ascii_digit).count() <= 1
        })
    };
    text.is_empty()
        || text.chars().all(|c| matches!(c, '*' | '•' | '●' | '.' | '…' | '-' | '_' | '#' | '?' | '·' | '█'))
        || (text.len() >= 3 && text.chars().all(|c| matches!(c, 'x' | 'X')))
        || (text.ends_with("***") || text.starts_with("***"))
        || text.contains("${")
        || text.contains("{{")
        || enclosed("$(", ")")
        || enclosed("<", ">")
        || enclosed("[", "]")
        || enclosed("{", "}") && !text.contains(' ') && is_plain_word(text.trim_matches(['{', '}']))
        || (text.len() > 2 && enclosed("%", "%"))
        || (text.len() > 4 && enclosed("__", "__"))
        || inner_variable('$')
        || inner_variable(':')
        || inner_variable('@')
        || matches!(text, "%s" | "%v" | "$1" | "$2" | "?1")
}

/// Says where the secret is kept.
fn is_reference(text: &str) -> bool {
    const SCHEMES: [&str; 22] = [
        "env:",
        "env.",
        "vault:",
        "file:",
        "keychain:",
        "keyring:",
        "secret://",
        "secrets://",
        "secretref:",
        "ref:",
        "ref+",
        "op://",
        "arn:aws:",
        "awssm:",
        "aws-sm://",
        "gcpsm:",
        "sm://",
        "ssm:",
        "azurekv:",
        "akv://",
        "@microsoft.keyvault(",
        "projects/",
    ];
    let start: String = text.chars().take(24).collect::<String>().to_ascii_lowercase();
    SCHEMES.iter().any(|scheme| start.starts_with(scheme))
}

fn is_placeholder_word(text: &str) -> bool {
    const WORDS: [&str; 46] = [
        "changeme",
        "changeit",
        "changethis",
        "replaceme",
        "redacted",
        "placeholder",
        "example",
        "todo",
        "tbd",
        "fixme",
        "none",
        "null",
        "nil",
        "undefined",
        "na",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
        "password",
        "passwd",
        "secret",
        "token",
        "apikey",
        "dummy",
        "sample",
        "unset",
        "empty",
        "default",
        "notset",
        "required",
        "optional",
        "hidden",
        "masked",
        "removed",
        "withheld",
        "string",
        "omitted",
        "disabled",
        "enabled",
        "encrypted",
        "confidential",
        "inherit",
        "unknown",
    ];
    const STARTS: [&str; 9] = ["your", "my", "the", "some", "insert", "enter", "put", "replace", "add"];
    const THINGS: [&str; 8] = ["key", "password", "secret", "token", "here", "value", "credential", "string"];
    if text.len() > 60 {
        return false;
    }
    let folded: String = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let template = STARTS.iter().any(|start| folded.starts_with(start))
        && THINGS.iter().any(|thing| folded.ends_with(thing))
        && !text.bytes().any(|byte| byte.is_ascii_digit())
        && text.contains(['_', '-', ' ']);
    template
        || (WORDS.contains(&folded.as_str())
            && text.bytes().all(|byte| byte.is_ascii_alphabetic() || b"-_/ .()".contains(&byte)))
}

/// A word, or several with separators, numbers and capitals as in names: `customer_orders_2024`, `MainReportV2`.
fn is_plain_word(text: &str) -> bool {
    evidence(text) * 2 < text.bytes().filter(u8::is_ascii_alphanumeric).count().max(1)
}

/// What stands behind "password:" in a sentence and is no word of it.
pub(super) fn is_strong(text: &str) -> bool {
    let letters = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let digits = text.bytes().any(|byte| byte.is_ascii_digit());
    let symbols = text.trim_end_matches(['.', '!', '?', ':', ')']).bytes().any(|byte| b"!@#$%^&*+=~".contains(&byte));
    text.len() >= 6 && letters && (digits || symbols)
}

/// Whether it may be a token under a name that says so.
pub(super) fn is_token(text: &str) -> bool {
    let text = text.trim();
    let text = ["Bearer ", "bearer ", "Basic ", "basic ", "Token "]
        .iter()
        .find_map(|prefix| text.strip_prefix(prefix))
        .unwrap_or(text);
    let charset = text.bytes().all(|byte| byte.is_ascii_graphic());
    let letters = text.bytes().any(|byte| byte.is_ascii_alphabetic());
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    text.len() >= 8
        && charset
        && !text.contains("://")
        && !text.contains('@')
        && (is_random(text)
            || (letters && digits > 0 && !is_plain_word(text))
            || is_hex(text, 16)
            || is_grouped(text)
            || is_jumbled(text)
            || digits >= 16)
}

/// One long part with capitals, small letters and numbers here and there: what happens to hold a word or two as well.
pub(super) fn is_jumbled(text: &str) -> bool {
    let numbers = runs(text).filter(|run| run[0].is_ascii_digit()).count();
    text.len() >= 16
        && numbers >= 2
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// `A1B2C-3D4E5-F6G7H`, as licence keys are printed.
fn is_grouped(text: &str) -> bool {
    let mut groups = text.split('-');
    let length = groups.next().map_or(0, str::len);
    (4..=8).contains(&length)
        && text.len() >= 3 * length
        && groups.all(|group| group.len() == length)
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_digit())
}

/// A single text of letters and digits in no order, as keys are.
pub(super) fn is_random(text: &str) -> bool {
    let text = text.trim();
    let letters_and_digits = text.bytes().filter(u8::is_ascii_alphanumeric).count();
    text.bytes().all(is_token_byte)
        && letters_and_digits >= RANDOM_NAMED
        && entropy(text) >= 2.8
        && (is_hex(text, 24) || is_uuid(text) || evidence(text) * 10 >= letters_and_digits * 6)
}

/// Small letters, digits, `_` and `.`, and nowhere 16 letters and digits in a row: most ids of tables. No form of secret is
/// like that, and nothing else need be asked.
pub(super) fn is_plain_id(text: &str) -> bool {
    const LONGEST_WORD: usize = 15;
    let mut run = 0_usize;
    text.bytes().all(|byte| {
        run = match byte {
            b'a'..=b'z' | b'0'..=b'9' => run + 1,
            b'_' | b'.' => 0,
            _ => return false,
        };
        run <= LONGEST_WORD
    })
}

/// Whether one of the words of `text` looks like nothing but randomness, though nothing says that it is a secret.
pub(super) fn has_random_word(text: &str) -> bool {
    if text.len() < RANDOM_UNNAMED || is_public_by_form(text) {
        return false;
    }
    text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '`' | ',' | ';' | '(' | ')' | '<' | '>'))
        .take(MOST_WORDS)
        .any(is_random_unnamed)
}

fn is_random_unnamed(word: &str) -> bool {
    if word.len() < RANDOM_UNNAMED || !word.bytes().all(is_token_byte) || is_public_by_form(word) {
        return false;
    }
    let letters_and_digits = word.bytes().filter(u8::is_ascii_alphanumeric).count();
    let mixed = evidence_of(word, Evidence::AnyCaseOrLong);
    mixed >= RANDOM_UNNAMED.min(letters_and_digits)
        && mixed * 5 >= letters_and_digits * 3
        && entropy(word) >= 3.9
        && decode_text(word).is_none()
}

/// Hashes, public keys, certificates and pictures look random, and are public.
fn is_public_by_form(text: &str) -> bool {
    const STARTS: [&str; 13] = [
        "sha1-",
        "sha256-",
        "sha384-",
        "sha512-",
        "sha1:",
        "sha256:",
        "sha512:",
        "md5:",
        "ssh-rsa ",
        "ssh-ed25519 ",
        "ecdsa-sha2-",
        "data:image/",
        "AAAAB3NzaC1",
    ];
    const PARTS: [&str; 3] = ["BEGIN CERTIFICATE", "BEGIN PUBLIC KEY", "BEGIN RSA PUBLIC KEY"];
    let begins = |start: &&str| text.get(..start.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(start));
    STARTS.iter().any(begins) || is_fingerprint(text) || PARTS.iter().any(|part| text.contains(part))
}

/// `aa:bb:cc`, as fingerprints of certificates and keys are printed, and addresses of network cards.
fn is_fingerprint(text: &str) -> bool {
    text.len() >= 8 && text.split(':').all(|pair| pair.len() == 2 && pair.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// 256 bits in hexadecimal and nothing else: as a key is as likely as a digest, and says so nowhere.
pub(super) fn is_bare_256_bits(text: &str) -> bool {
    let text = text.trim();
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) && entropy(text) >= 2.8
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"+/=_-.~:".contains(&byte)
}

fn is_hex(text: &str, least: usize) -> bool {
    text.len() >= least && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Evidence {
    /// Every irregular part counts.
    Any,
    /// Hexadecimal parts do not count: commits, digests, UUIDs. Those in one case only from 32 characters on.
    AnyCaseOrLong,
}

fn evidence(text: &str) -> usize {
    evidence_of(text, Evidence::Any)
}

/// Number of letters and digits of `text` that stand in parts that are built as no word or number is: letters, digits and case
/// in runs that are too short. A name with numbers (`orders2024`, `CustomerV2`) has longer ones.
fn evidence_of(text: &str, rule: Evidence) -> usize {
    text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| is_irregular(part, rule)).map(str::len).sum()
}

fn is_irregular(part: &str, rule: Evidence) -> bool {
    let upper = part.bytes().any(|byte| byte.is_ascii_uppercase());
    let lower = part.bytes().any(|byte| byte.is_ascii_lowercase());
    let digit = part.bytes().any(|byte| byte.is_ascii_digit());
    let one_case = !(upper && lower);
    if part.len() < 4 || (one_case && !digit) {
        return false;
    }
    if rule == Evidence::AnyCaseOrLong && one_case && (part.len() < 32 || is_hex(part, 1)) {
        return false;
    }
    let runs = runs(part).count();
    if one_case {
        // Random text in one case has runs of 2.1 (hexadecimal) to 3.3 (Base32) characters on average.
        runs >= 3 && part.len() * 2 <= runs * 7
    } else {
        runs >= 3 && words_within(part) * 2 < part.len()
    }
}

/// Runs of one kind of character; a capital and the small letters after it are one run.
fn runs(part: &str) -> impl Iterator<Item = &[u8]> {
    let kind = |byte: &u8| match byte {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        _ => 2,
    };
    part.as_bytes().chunk_by(move |one, other| kind(one) == kind(other) || (kind(one), kind(other)) == (1, 2))
}

/// Number of characters that stand in runs that may be words: four letters or more, a vowel among them.
fn words_within(part: &str) -> usize {
    let vowel = |byte: &u8| b"aeiouyAEIOUY".contains(byte);
    let word = |run: &&[u8]| run.len() >= 4 && run[1..].iter().all(u8::is_ascii_lowercase) && run.iter().any(vowel);
    runs(part).filter(word).map(<[u8]>::len).sum()
}

/// The text that `text` is in Base64, if it is: names and documents get encoded like that, keys do not come out as text.
pub(super) fn decode_text(text: &str) -> Option<String> {
    const SHORTEST: usize = 16;
    let plausible = text.len() >= SHORTEST
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=_-".contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_uppercase())
        && text.bytes().any(|byte| byte.is_ascii_lowercase());
    if !plausible {
        return None;
    }
    let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE_NO_PAD.decode(text.trim_end_matches('='))).ok()?;
    let decoded = String::from_utf8(bytes).ok()?;
    decoded.chars().all(|c| !c.is_control() || c.is_whitespace()).then_some(decoded)
}

/// `user:password` in Base64, as HTTP's Basic authentication has it.
pub(super) fn is_basic_credentials(text: &str) -> bool {
    let decoded = STANDARD.decode(text).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    decoded.is_some_and(|decoded| decoded.contains(':') && decoded.chars().all(|c| !c.is_control()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_what_belongs_where_a_secret_would_be() {
        for text in [
            "",
            "***",
            "••••••",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "$(cat file)",
            "{{ vault.db }}",
            "<password>",
            "<your key>",
            "[REDACTED]",
            "%DB_PASSWORD%",
            "env:DB_PASSWORD",
            "vault:secret/data/db",
            "op://team/db/password",
            "changeme",
            "change-me",
            "CHANGE_ME",
            "your_api_key_here",
            "your-password",
            "xxxxxxxx",
            "none",
            "n/a",
            "TODO",
            "not set",
            "redacted",
            "arn:aws:secretsmanager:eu-west-1:1:secret:db",
            "__DB_PASSWORD__",
        ] {
            assert!(is_placeholder(text), "{text:?}");
        }
        for text in [
            "hunter2",
            "Password1",
            "s3cr3t",
            "admin",
            "letmein",
            "$uper$ecret1",
            "correct horse",
            "test123",
            "@Home2024",
        ] {
            assert!(!is_placeholder(text), "{text:?}");
        }
    }

    #[test]
    fn words_are_told_from_randomness() {
        for text in ["customer_orders_2024", "MainReportV2", "public.orders", "v1.2.3", "2024-01-15T00:00:00Z"] {
            assert!(is_plain_word(text), "{text}");
            assert!(!has_random_word(text), "{text}");
        }
    }
}
