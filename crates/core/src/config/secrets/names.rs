//! Which names say "secret": `DB_PASSWORD`, `apiKey`, `github`; and which only sound like it: `token_limit`,
//! `primary_key`, `password_policy`.

/// Suspicion that a name raises.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suspicion {
    /// Nothing.
    None,
    /// A secret if it looks random.
    Weak,
    /// A secret if it looks like a token.
    Token,
    /// A secret unless it is a placeholder.
    Certain,
}

#[rustfmt::skip]
const CERTAIN: &[&str] = &[
    "password", "passwords", "passwd", "passwort", "kennwort", "contrasena", "contraseña", "pwd", "passphrase",
    "passcode", "pass", "psw", "pw", "secret", "secrets", "secreto", "secretkey", "apikey", "apisecret", "credential",
    "credentials", "creds", "privatekey", "privkey", "clientsecret", "connectionstring", "connstr", "secretaccesskey",
    "keypass", "dbpass", "dbpassword", "userpass", "userpassword", "storepass", "mnemonic", "sslpassword",
    "pgpassword", "pincode", "senha", "wachtwoord", "lösenord", "losenord", "salasana", "hasło", "haslo", "heslo", "jelszó",
    "jelszo", "parola", "şifre", "sifre", "adgangskode", "passord", "motdepasse", "lozinka", "clave",
];

/// Words for it in languages that do not part words, or bend them: they count wherever they stand.
#[rustfmt::skip]
const CERTAIN_PARTS: &[&str] = &["парол", "密码", "密碼", "口令", "パスワード", "暗証番号", "비밀번호", "암호"];

/// Words before "token" that make it one of a language model, or of a parser.
#[rustfmt::skip]
const TOKENS_OF_TEXT: &[&str] = &[
    "pad", "eos", "bos", "unk", "sep", "cls", "mask", "stop", "special", "start", "end", "begin", "separator", "per",
];

#[rustfmt::skip]
const CERTAIN_PAIRS: &[(&str, &str)] = &[
    ("api", "key"), ("api", "secret"), ("api", "keys"), ("private", "key"), ("priv", "key"), ("secret", "key"),
    ("access", "key"), ("auth", "key"), ("encryption", "key"), ("signing", "key"), ("master", "key"),
    ("connection", "string"), ("conn", "string"), ("seed", "phrase"), ("recovery", "phrase"), ("pass", "phrase"),
    ("key", "hash"), ("pin", "code"), ("de", "passe"), ("palavra", "passe"),
];

#[rustfmt::skip]
const TOKEN: &[&str] = &[
    "token", "tokens", "auth", "authorization", "authtoken", "accesstoken", "refreshtoken", "bearertoken",
    "sessiontoken", "idtoken", "bearer", "jwt", "cookie", "cookies", "session", "sessionid", "sid", "otp", "totp",
    "oauth", "pat", "accesskey", "accountkey", "sharedkey", "encryptionkey", "masterkey", "authkey", "appkey",
    "access",
];

#[rustfmt::skip]
const TOKEN_PAIRS: &[(&str, &str)] = &[
    ("service", "key"), ("client", "key"), ("app", "key"), ("application", "key"), ("db", "key"), ("database", "key"),
    ("account", "key"), ("subscription", "key"), ("storage", "key"), ("shared", "key"), ("license", "key"),
    ("secret", "id"), ("session", "key"), ("host", "key"), ("function", "key"),
];

#[rustfmt::skip]
const WEAK: &[&str] = &[
    "key", "keys", "signature", "sig", "salt", "pepper", "pin", "seed", "nonce", "license", "licence", "webhook",
    "hmac", "dsn", "enc", "cipher", "kek", "dek",
];

/// Issuers of keys: a random value under their name is one of theirs, whatever else the name says.
#[rustfmt::skip]
const ISSUERS: &[&str] = &[
    "adafruit", "adobe", "airtable", "algolia", "alibaba", "anthropic", "artifactory", "asana", "atlassian", "aws",
    "azure", "beamer", "bitbucket", "bittrex", "circleci", "cloudflare", "codecov", "cohere", "coinbase",
    "confluence", "confluent", "contentful", "databricks", "datadog", "discord", "docker", "droneci", "dropbox",
    "etsy", "facebook", "fastly", "finicity", "finnhub", "flickr", "freshbooks", "gcp", "github", "gitlab", "gitter",
    "gocardless", "grafana", "heroku", "hubspot", "huggingface", "intercom", "jfrog", "jira", "kraken", "kucoin",
    "launchdarkly", "linear", "linkedin", "lob", "mailchimp", "mailgun", "mapbox", "mattermost", "meraki",
    "messagebird", "mixpanel", "netlify", "newrelic", "notion", "npm", "nytimes", "okta", "openai", "pagerduty",
    "paypal", "plaid", "privateai", "rapidapi", "salesforce", "segment", "sendbird", "sendgrid", "sentry", "shopify",
    "slack", "snowflake", "snyk", "sonar", "sonarqube", "splunk", "square", "squarespace", "stripe", "sumologic",
    "supabase", "telegram", "travis", "twilio", "twitch", "twitter", "typeform", "vault", "yandex", "zendesk",
];

/// A name that ends like this is about a secret, and does not hold one.
#[rustfmt::skip]
const ABOUT: &[&str] = &[
    "id", "ids", "name", "names", "type", "types", "policy", "length", "len", "size", "count", "counts", "hint",
    "url", "uri", "endpoint", "path", "paths", "file", "filename", "dir", "directory", "field", "fields", "column",
    "columns", "label", "labels", "description", "desc", "comment", "note", "notes", "expiry", "expires",
    "expiration", "expired", "at", "on", "ttl", "age", "rotation", "version", "alias", "manager", "store", "provider",
    "reference", "ref", "refs", "required", "enabled", "disabled", "min", "max", "limit", "limits", "format",
    "algorithm", "algo", "alg", "source", "env", "variable", "var", "usage", "budget", "status", "state", "days",
    "hours", "minutes", "seconds", "ms", "updated", "changed", "created", "used", "method", "methods", "mode",
    "scheme", "strategy", "scope", "scopes", "role", "roles", "location", "arn", "prefix", "suffix", "header",
    "param", "parameter", "table", "tables", "dataset", "schema", "reset", "resets", "strength", "rules", "rule",
    "template", "validity", "lifetime", "window", "price", "cost", "model", "owner", "contact", "group", "groups",
    "kind", "class", "category", "link", "page", "event", "events", "log", "logs", "audit", "history", "server",
    "host", "port", "user", "username", "email", "org", "organization", "project", "team", "region", "channel",
    "repo", "repository", "branch", "level", "levels", "control", "list", "lists", "rights", "permissions", "commit",
    "sha", "digest", "checksum", "date", "time", "timestamp",
];

/// A name that begins like this asks or counts.
#[rustfmt::skip]
const ASKING: &[&str] = &[
    "max", "min", "num", "count", "total", "has", "is", "use", "uses", "require", "requires", "needs", "no", "allow",
    "allows", "enable", "disable", "show", "hide", "forgot", "reset", "change", "public", "pub", "primary", "foreign",
    "partition", "sort", "natural", "cache", "routing", "unique", "row", "object", "publishable",
];

/// Names that say nothing themselves: what they stand in says it.
const GENERIC: &[&str] =
    &["value", "values", "val", "text", "data", "default", "current", "raw", "content", "plain", "plaintext", "string"];

/// Longer names are none that anybody gave a secret; a bound on the work for each.
const LONGEST_NAME: usize = 200;

/// What `name` says about its value.
pub(super) fn suspicion(name: &str) -> Suspicion {
    if name.len() > LONGEST_NAME {
        return Suspicion::None;
    }
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    let has_pair = |list: &[(&str, &str)]| {
        words.windows(2).any(|pair| list.iter().any(|(first, second)| pair[0] == *first && pair[1] == *second))
    };
    if has_pair(&[("secret", "id")]) {
        return Suspicion::Token;
    }
    if ends_with_one_of(&words, ABOUT) || words.first().is_some_and(|word| ASKING.contains(&word.as_str())) {
        return Suspicion::None;
    }
    let lower = name.to_lowercase();
    if has(CERTAIN)
        || has_pair(CERTAIN_PAIRS)
        || is_token(&words)
        || CERTAIN_PARTS.iter().any(|part| lower.contains(part))
    {
        Suspicion::Certain
    } else if has(TOKEN) || has_pair(TOKEN_PAIRS) {
        Suspicion::Token
    } else if has(WEAK) || has(ISSUERS) {
        Suspicion::Weak
    } else {
        Suspicion::None
    }
}

/// A name that is or ends in "token": whatever stands under it is one, short or bare.
fn is_token(words: &[String]) -> bool {
    let before = words.len().checked_sub(2).map_or("", |at| words[at].as_str());
    words.last().is_some_and(|last| last == "token") && !TOKENS_OF_TEXT.contains(&before)
}

/// Whether a name says that its value is made from something public.
pub(super) fn is_of_a_digest(name: &str) -> bool {
    const DIGESTS: &[&str] = &[
        "sha",
        "hash",
        "hashes",
        "digest",
        "digests",
        "checksum",
        "fingerprint",
        "etag",
        "commit",
        "integrity",
        "layer",
        "block",
        "tx",
        "txid",
        "transaction",
        "blob",
        "cid",
        "merkle",
        "root",
        "image",
        "revision",
    ];
    suspicion(name) == Suspicion::None && words(name).iter().any(|word| DIGESTS.contains(&word.as_str()))
}

/// Whether a name says that its value identifies something, in public: there, randomness means nothing.
pub(super) fn is_public(name: &str) -> bool {
    const PUBLIC: &[&str] =
        &["id", "ids", "sha", "digest", "checksum", "commit", "etag", "fingerprint", "integrity", "cursor", "arn"];
    suspicion(name) == Suspicion::None && ends_with_one_of(&words(name), PUBLIC)
}

/// Whether a name says nothing itself.
pub(super) fn is_generic(name: &str) -> bool {
    GENERIC.contains(&name) || name.bytes().all(|byte| byte.is_ascii_digit())
}

fn ends_with_one_of(words: &[String], list: &[&str]) -> bool {
    words.last().is_some_and(|word| list.contains(&word.as_str()))
}

/// The words of a name, in lower case: separated by what is no letter or digit, and by camel case; without
/// numbers.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let characters: Vec<char> = name.chars().collect();
    for (at, character) in characters.iter().copied().enumerate() {
        let after_lower = at > 0 && (characters[at - 1].is_lowercase() || characters[at - 1].is_ascii_digit());
        let before_lower = characters.get(at + 1).is_some_and(|next| next.is_lowercase());
        let after_upper = at > 0 && characters[at - 1].is_uppercase();
        let starts = character.is_uppercase() && (after_lower || (after_upper && before_lower));
        if starts || !character.is_alphanumeric() {
            words.extend(Some(std::mem::take(&mut word)).filter(|word| !word.is_empty()));
        }
        if character.is_alphanumeric() {
            word.extend(character.to_lowercase());
        }
    }
    words.push(word);
    // `password2` is a password.
    words
        .iter()
        .map(|word| word.trim_end_matches(|c: char| c.is_ascii_digit()).to_owned())
        .filter(|w| !w.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_judged_by_their_words() {
        for (name, expected) in [
            ("DB_PASSWORD", Suspicion::Certain),
            ("dbPassword", Suspicion::Certain),
            ("APIKey", Suspicion::Certain),
            ("api-key", Suspicion::Certain),
            ("api_key_hash", Suspicion::Certain),
            ("aws_secret_access_key", Suspicion::Certain),
            ("credentials_base64", Suspicion::Certain),
            ("password2", Suspicion::Certain),
            ("accessToken", Suspicion::Certain),
            ("refresh_token", Suspicion::Certain),
            ("token", Suspicion::Certain),
            ("pad_token", Suspicion::Token),
            ("tokens", Suspicion::Token),
            ("pin_code", Suspicion::Certain),
            ("пароль_базы", Suspicion::Certain),
            ("数据库密码", Suspicion::Certain),
            ("DBパスワード", Suspicion::Certain),
            ("mot_de_passe", Suspicion::Certain),
            ("contraseña", Suspicion::Certain),
            ("Passwort", Suspicion::Certain),
            ("vault_secret_id", Suspicion::Token),
            ("datadog", Suspicion::Weak),
            ("signature", Suspicion::Weak),
            ("password_policy", Suspicion::None),
            ("token_limit", Suspicion::None),
            ("max_tokens", Suspicion::None),
            ("primary_key", Suspicion::None),
            ("public_key", Suspicion::None),
            ("secret_name", Suspicion::None),
            ("credentials_path", Suspicion::None),
            ("author", Suspicion::None),
            ("compass", Suspicion::None),
            ("keyboard", Suspicion::None),
            ("monkey", Suspicion::None),
            ("connection_name", Suspicion::None),
            ("", Suspicion::None),
        ] {
            assert_eq!(suspicion(name), expected, "{name}");
        }
    }
}
